using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Builds the indexes of tables.</summary>
internal static class SecondaryIndexes
{
    /// <summary>Builds those of a table that is about to be published, and those of the one that it replaces.</summary>
    /// <exception cref="InvalidOperationException">A column is missing, or cannot be sorted by.</exception>
    public static void Build(ITable table, IReadOnlyList<IReadOnlyList<string>> indexes, TableRegistry registry)
    {
        IEnumerable<IReadOnlyList<string>> former = registry.TryGetMetadata(table.Name, out TableMetadata? replaced)
            ? replaced.Indexes.Where(index => index.All(column => table.Schema.IndexOf(column) >= 0))
            : [];
        foreach (IReadOnlyList<string> columns in indexes.Concat(former)) { Build((Table)table, columns); }
    }

    /// <summary>Builds one on a table that is loaded.</summary>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data.</exception>
    /// <exception cref="InvalidOperationException">It cannot have the index.</exception>
    public static void Build(TableRegistry registry, string name, IReadOnlyList<string> columns)
    {
        RegistrySnapshot tables = registry.Snapshot();
        if (tables.TryGetMetadata(name, out TableMetadata? metadata) && metadata.State == TableState.Live)
        {
            throw new InvalidOperationException($"Table \"{name}\" is kept fresh; an index on it is not supported yet.");
        }

        Build(
            tables[name] as Table ?? throw new InvalidOperationException($"Table \"{name}\" is not one that the engine has loaded."),
            columns);
    }

    private static void Build(Table table, IReadOnlyList<string> columns)
    {
        int[] ordinals = [.. columns.Select(table.Schema.IndexOf)];
        int missing = Array.IndexOf(ordinals, -1);
        if (missing >= 0)
        {
            throw new InvalidOperationException($"Table \"{table.Name}\" has no column \"{columns[missing]}\" for its index.");
        }

        table.Shape.Indexes.Add(table, ordinals);
    }
}
