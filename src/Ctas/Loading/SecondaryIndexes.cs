using Ctas.Data;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Builds the indexes of tables.</summary>
internal static class SecondaryIndexes
{
    /// <summary>Builds those of a table that is about to be published, and those of the one that it replaces.</summary>
    /// <exception cref="InvalidOperationException">A column is missing, or cannot be indexed.</exception>
    public static void Build(ITable table, IReadOnlyList<NamedIndex> indexes, TableRegistry registry)
    {
        IEnumerable<TableIndex> former = registry.TryGetMetadata(table.Name, out TableMetadata? replaced)
            ? replaced.Indexes.Where(index => index.Columns.All(column => table.Schema.IndexOf(column) >= 0))
            : [];
        foreach (NamedIndex index in indexes.Concat(former.Select(index => new NamedIndex(index.Columns, index.Kind))))
        {
            Build((Table)table, index);
        }
    }

    /// <summary>Builds one on a table that is loaded; one that is kept fresh stays as it is meanwhile.</summary>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data.</exception>
    /// <exception cref="InvalidOperationException">It cannot have the index.</exception>
    public static async Task BuildAsync(LoadServices services, string name, NamedIndex index, CancellationToken cancellationToken)
    {
        // No version is published while the index of the last one is built, so that the next one goes on from it.
        using IDisposable? held = services.Maintainer is { } maintainer
            ? await maintainer.HoldAsync(cancellationToken).ConfigureAwait(false)
            : null;
        Build(
            services.Registry.Snapshot()[name] as Table
                ?? throw new InvalidOperationException($"Table \"{name}\" is not one that the engine has loaded."),
            index);
    }

    private static void Build(Table table, NamedIndex index)
    {
        int[] ordinals = [.. index.Columns.Select(table.Schema.IndexOf)];
        int missing = Array.IndexOf(ordinals, -1);
        if (missing >= 0)
        {
            throw new InvalidOperationException($"Table \"{table.Name}\" has no column \"{index.Columns[missing]}\" for its index.");
        }

        table.AddIndex(new IndexDefinition(new OrdinalList(ordinals), index.Kind));
    }
}
