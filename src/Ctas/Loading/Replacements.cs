using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Tables of a load that become visible together, in place of those of their names. Immutable.</summary>
/// <param name="Tables">The tables, each after those it reads.</param>
internal sealed record ReplacementSet(IReadOnlyList<TableToLoad> Tables);

/// <summary>Which tables of a load have to wait for each other before anybody sees them. Immutable.</summary>
/// <remarks>
/// A table that replaces a live one waits until it has caught up with it, and so does whatever reads it: the old tables stay
/// consistent with each other until then, and the new ones are from then on.
/// </remarks>
internal sealed class Replacements
{
    private readonly Dictionary<string, ReplacementSet> _setOf = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds them.</summary>
    public Replacements(LoadGraph graph, LoadServices services)
    {
        if (services.Maintainer is not { } maintainer) { return; }

        RegistrySnapshot tables = services.Registry.Snapshot();
        TableToLoad[] loading = [.. graph.Tables.Where(table => !table.IsLoaded)];
        HashSet<TableToLoad> replacing = [.. loading.Where(table => HasData(tables, table.Plan.Name))];
        HashSet<TableToLoad> held =
        [
            .. replacing.Where(table => table.Plan.Emit != EmitMode.Snapshot || maintainer.Find(table.Plan.Name) is not null),
        ];
        while (loading.FirstOrDefault(table => !held.Contains(table) && IsTied(table)) is { } tied) { held.Add(tied); }

        Sets = [.. Group([.. loading.Where(held.Contains)])];
        foreach (ReplacementSet set in Sets)
        {
            foreach (TableToLoad table in set.Tables) { _setOf.Add(table.Plan.Name, set); }
        }

        // It reads one that waits, or one that waits reads it in place of what is there.
        bool IsTied(TableToLoad table) => held.Any(other => Reads(table, other) || (replacing.Contains(table) && Reads(other, table)));
    }

    /// <summary>The sets; none has anything to do with another.</summary>
    public IReadOnlyList<ReplacementSet> Sets { get; } = [];

    /// <summary>True for a table that waits for others.</summary>
    public bool Contains(string name) => _setOf.ContainsKey(name);

    /// <summary>
    /// The same graph, with the live tables that read one which is loaded now in place of another: they are loaded with it, since
    /// they could not go on from another.
    /// </summary>
    public static LoadGraph WithReaders(LoadGraph graph, LoadServices services)
    {
        if (services.Maintainer is not { } maintainer) { return graph; }

        RegistrySnapshot known = services.Registry.Snapshot();
        Dictionary<string, TableToLoad> tables = graph.Tables.ToDictionary(table => table.Plan.Name, StringComparer.OrdinalIgnoreCase);
        var again = new HashSet<string>(
            graph.Tables.Where(table => !table.IsLoaded && HasData(known, table.Plan.Name)).Select(table => table.Plan.Name),
            StringComparer.OrdinalIgnoreCase);

        // Each of them stands after those it reads.
        foreach (MaintainedTable reader in maintainer.Tables)
        {
            string[] producers = [.. reader.Definition.Dependencies.Where(again.Contains)];
            if (producers.Length == 0 || !again.Add(reader.Name)) { continue; }

            TablePlan plan = reader.Definition with { OrReplace = true };
            int wave = producers.Max(producer => tables[producer].Wave) + 1;
            tables[reader.Name] = tables.TryGetValue(reader.Name, out TableToLoad? loaded)
                ? loaded with { Plan = loaded.Plan with { OrReplace = true }, IsLoaded = false }
                : new TableToLoad(plan, wave, Priority: 0, plan.Dependencies);
        }

        return new LoadGraph([.. tables.Values.OrderBy(table => table.Wave).ThenBy(table => table.Plan.Name, StringComparer.Ordinal)]);
    }

    private static IEnumerable<ReplacementSet> Group(List<TableToLoad> tables)
    {
        while (tables.Count > 0)
        {
            HashSet<TableToLoad> set = [tables[0]];
            while (tables.Find(table => !set.Contains(table) && set.Any(other => Reads(table, other) || Reads(other, table))) is { } tied)
            {
                set.Add(tied);
            }

            yield return new ReplacementSet([.. tables.Where(set.Contains)]);
            tables.RemoveAll(set.Contains);
        }
    }

    private static bool HasData(RegistrySnapshot tables, string name) =>
        tables.Entries.TryGetValue(name, out RegistryEntry? entry) && entry.Table is not null;

    private static bool Reads(TableToLoad reader, TableToLoad producer) =>
        reader.Producers.Contains(producer.Plan.Name, StringComparer.OrdinalIgnoreCase);
}
