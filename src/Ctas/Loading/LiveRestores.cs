using Ctas.Planning;
using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>Which live tables of a load hang together, and what is stored of them.</summary>
internal sealed class LiveRestores : IAsyncDisposable
{
    private readonly Dictionary<string, LiveRestore> _restoreOf = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Looks what is stored; touches no source.</summary>
    /// <param name="graph">The tables.</param>
    /// <param name="snapshots">Where they are stored.</param>
    /// <param name="whyNot">Why a table has to be loaded in full; null where that depends on what is stored.</param>
    /// <param name="whyNotFrom">Why tables cannot go on from what is stored of their sources; null where they can.</param>
    public LiveRestores(
        LoadGraph graph,
        TableSnapshots snapshots,
        Func<TableToLoad, string?> whyNot,
        Func<IReadOnlyList<TableToLoad>, IReadOnlyList<StoredSource>, string?> whyNotFrom)
    {
        List<TableToLoad> left = [.. graph.Tables.Where(table => table is { IsLoaded: false, Plan.Emit: not EmitMode.Snapshot })];
        while (left.Count > 0)
        {
            HashSet<TableToLoad> tied = TiedTo(left[0], left);
            TableToLoad[] tables = [.. left.Where(tied.Contains)];
            left.RemoveAll(tied.Contains);
            string? reason = tables.Select(whyNot).Append(ReadBySomeOtherTable(tables, graph)).FirstOrDefault(why => why is not null);
            StoredDecision decision = reason is null ? snapshots.DecideLive([.. tables.Select(table => table.Plan)]) : new StoredDecision(null, reason);
            if (decision.Snapshot is { } stored && whyNotFrom(tables, stored.Sources) is { } other)
            {
                decision = new StoredDecision(null, other, tables.Any(table => LoadProperties.Unified(table.Plan.Properties) == UnifiedLoading.On));
            }

            var restore = new LiveRestore(tables, decision);
            foreach (TableToLoad table in tables) { _restoreOf.Add(table.Plan.Name, restore); }
        }
    }

    /// <summary>Tables that went on from where they were stored, together each.</summary>
    public IEnumerable<LiveRestore> Used => _restoreOf.Values.Distinct().Where(restore => restore.Stored is not null);

    /// <summary>What a table belongs to; null for one that is loaded once.</summary>
    public LiveRestore? Of(TableToLoad table) => _restoreOf.GetValueOrDefault(table.Plan.Name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (LiveRestore restore in _restoreOf.Values.Distinct()) { await restore.DisposeAsync().ConfigureAwait(false); }
    }

    private static HashSet<TableToLoad> TiedTo(TableToLoad first, List<TableToLoad> tables)
    {
        HashSet<TableToLoad> tied = [first];
        while (tables.FirstOrDefault(table => !tied.Contains(table) && tied.Any(other => AreTied(table, other))) is { } next) { tied.Add(next); }

        return tied;
    }

    private static bool AreTied(TableToLoad table, TableToLoad other) => Reads(table, other) || Reads(other, table)
        || IdentitiesOf(table).Overlaps(IdentitiesOf(other));

    private static bool Reads(TableToLoad table, TableToLoad other) =>
        table.Producers.Contains(other.Plan.Name, StringComparer.OrdinalIgnoreCase);

    private static HashSet<string> IdentitiesOf(TableToLoad table) =>
        [.. table.Plan.SourceNames.Select(source => ScanGroups.IdentityOf(table, source))];

    // It would be made of the table as it was stored, and never see what came since then.
    private static string? ReadBySomeOtherTable(TableToLoad[] tables, LoadGraph graph) => graph.Tables
        .Where(table => table is { IsLoaded: false, Plan.Emit: EmitMode.Snapshot } && tables.Any(read => Reads(table, read)))
        .Select(table => $"table \"{table.Plan.Name}\", which is loaded once, reads it").FirstOrDefault();
}
