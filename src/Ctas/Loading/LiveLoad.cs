using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Loading;

/// <summary>Loads a table that will be kept fresh: its query is given all that there is as its first tick.</summary>
/// <param name="plan">The table.</param>
/// <param name="scans">Its sources by name.</param>
/// <param name="staged">Those of them that have been read whole.</param>
internal sealed class LiveLoad(
    TablePlan plan,
    IReadOnlyDictionary<string, ScanSubscription> scans,
    IReadOnlyDictionary<string, StagedTable> staged)
{
    /// <summary>How the table will be kept fresh.</summary>
    public required MaintenanceOptions Maintenance { get; init; }

    /// <summary>What the table goes on from; null: everything is its first tick.</summary>
    public StoredLiveTable? Stored { get; init; }

    /// <summary>Runs the first tick.</summary>
    /// <param name="query">The query, planned for maintenance.</param>
    /// <param name="inputs">What gives the rows of a scan.</param>
    /// <param name="check">Called after each batch; throws when there is too much.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ExecutionException">A row could not be computed.</exception>
    /// <exception cref="NotContinuedException">What is stored is that of another table.</exception>
    public async Task<LoadedLiveTable> RunAsync(
        PlannedQuery query, LoadInputs inputs, Action<long> check, CancellationToken cancellationToken)
    {
        var maintained = new MaintainedQuery(
            Maintainability.OverExactSources(query.Plan),
            LoadProperties.RowErrors(plan.Properties),
            isFinal: plan.Emit == EmitMode.Final,
            lookedUp: scan => scan.IsSource ? ChangelogOf(scan) : VersionOf(scan, inputs)?.Statistics);
        Guid operators = DefinitionDigest.OfOperators(maintained);
        if (Stored is not null) { TakeUp(Stored, maintained, operators, query.Schema); }

        foreach (LogicalScan scan in Stored is null ? maintained.Scans : [])
        {
            await foreach (ChangeBatch changes in inputs.ReadAsync(scan, cancellationToken).ConfigureAwait(false))
            {
                maintained.Push(scan, changes);
                check(maintained.StateBytes);
            }
        }

        TableWriter writer = TableWriter.Create(
            LoadProperties.Model(plan.Properties),
            plan.Name,
            query.Schema,
            new WriterOptions
            {
                NullKeys = query.IsKeyDeclared ? NullKeyRule.Refuse : NullKeyRule.Keep,
                Retractions = RetractionRule.ByRow,
                MaxHistoryChanges = Maintenance.MaxChangesKept,
            });
        foreach (ChangeBatch changes in Stored?.Rows.Select(rows => new ChangeBatch(rows)) ?? maintained.Complete())
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.Apply(changes);
            check(maintained.StateBytes + writer.Current.Memory.Total);
        }

        if (Stored is null) { maintained.Commit(); }

        foreach (LookedUpTable table in maintained.LookedUp)
        {
            if (VersionOf(table.Scan, inputs) is { } version) { table.MoveTo(version); }
        }

        writer.Publish(maintained.StateBytes);
        return new LoadedLiveTable(plan, maintained, writer, Followed(maintained)) { Operators = operators };
    }

    private static void TakeUp(StoredLiveTable stored, MaintainedQuery query, Guid operators, Schema schema)
    {
        if (stored.Plan != operators || stored.Schema != schema) { throw new NotContinuedException("its operators have changed"); }

        query.Restore(stored.State);
        if (!stored.State.IsAtEnd) { throw new InvalidDataException("The state is that of more operators."); }
    }

    private static Table? VersionOf(LogicalScan scan, LoadInputs inputs) =>
        scan.IsSource ? null : inputs.Tables[scan.Relation].Snapshot() as Table;

    /// <summary>How rows are found in a changelog that will be followed; null for any other source.</summary>
    private ChangelogStatistics? ChangelogOf(LogicalScan scan) =>
        scans[scan.Relation].Scan is { Source: ITailSource } read && staged.TryGetValue(scan.Relation, out StagedTable? rows)
            ? ChangelogStatistics.Of(scan.Schema, FollowedScan.SchemaOf(read, rows), rows.RowCount)
            : null;

    private Dictionary<string, FollowedScan> Followed(MaintainedQuery query)
    {
        var followed = new Dictionary<string, FollowedScan>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in query.Scans.Where(scan => scan.IsSource).Select(scan => scan.Relation))
        {
            SharedScan scan = scans[name].Scan;
            if (scan.Source is ITailSource source)
            {
                ITailSource whole = scan.Share is { } share ? new GroupTail(source, share) : source;
                followed.TryAdd(name, FollowedScan.Of(scan, whole, staged.GetValueOrDefault(name)));
            }
        }

        return followed;
    }
}

/// <summary>A table that was loaded to be kept fresh.</summary>
/// <param name="Plan">Its statement.</param>
/// <param name="Query">Its query, after the first tick.</param>
/// <param name="Writer">Its writer, after the first version.</param>
/// <param name="Sources">The sources among its scans that go on, by name.</param>
internal sealed record LoadedLiveTable(
    TablePlan Plan, MaintainedQuery Query, TableWriter Writer, IReadOnlyDictionary<string, FollowedScan> Sources)
{
    /// <summary>Its name.</summary>
    public string Name => Plan.Name;

    /// <summary>The digest of what its operators are.</summary>
    public required Guid Operators { get; init; }

    /// <summary>What its stored form is compared by; null where nothing is stored.</summary>
    public LiveDefinition? Definition { get; init; }

    /// <summary>Where its rows and changes are written; null when nowhere.</summary>
    public SinkStart? Sink { get; init; }
}
