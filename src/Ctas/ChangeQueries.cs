using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas;

/// <summary>Runs SELECT … EMIT CHANGES: the result over the tables of one moment, and then what each tick changes in it.</summary>
/// <remarks>
/// The query runs on the reader's own time: ticks only hand it what they did to the tables, so that neither waits for the
/// other.
/// </remarks>
internal static class ChangeQueries
{
    /// <summary>The result, and then its changes, until one of the live tables it reads ends; then their error.</summary>
    public static async IAsyncEnumerable<QueryChanges> RunAsync(
        string sql, LoadServices services, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Maintainer maintainer = services.Maintainer!;
        ChangeQuery query = await StartAsync(sql, services, maintainer, cancellationToken).ConfigureAwait(false);
        try
        {
            yield return query.Snapshot(cancellationToken);

            // Tables that are loaded once have no changes to wait for.
            while (query.Subscription.Tables.Count > 0)
            {
                TickChanges tick = await query.Subscription.ReadAsync(cancellationToken).ConfigureAwait(false);
                QueryChanges changes = query.Advance(tick);
                if (changes.Count > 0) { yield return changes; }
            }
        }
        finally { maintainer.Unsubscribe(query.Subscription); }
    }

    /// <summary>Between two ticks: what is subscribed to begins where the tables that are read end.</summary>
    private static async Task<ChangeQuery> StartAsync(
        string sql, LoadServices services, Maintainer maintainer, CancellationToken cancellationToken)
    {
        using IDisposable held = await maintainer.HoldAsync(cancellationToken).ConfigureAwait(false);
        RegistrySnapshot tables = services.Registry.Snapshot();
        QueryContext context = LoadPlanning.Context(tables, services);
        PlannedQuery planned = QueryPlanner.PlanChanges(
            sql,
            context with { Relations = name => AsChanging(context.Relations(name)) });
        var query = new MaintainedQuery(planned.Plan);
        foreach (LogicalScan scan in query.Scans) { _ = tables[scan.Relation]; }

        MaintainedTable[] live =
            [.. query.Scans.Select(scan => maintainer.Find(scan.Relation)).OfType<MaintainedTable>().Distinct()];
        return live.FirstOrDefault(table => table.Failure is not null) is { Failure: { } failure }
            ? throw failure
            : new ChangeQuery(planned.Schema, query, tables, maintainer.Subscribe(live));
    }

    // Rows of a table may go, also where it has no key.
    private static RelationInfo? AsChanging(RelationInfo? relation) => relation is null ? null : relation with { IsStream = false };

    /// <summary>A query that is being read.</summary>
    private sealed class ChangeQuery(
        Schema schema, MaintainedQuery query, RegistrySnapshot tables, ChangeSubscription subscription)
    {
        public ChangeSubscription Subscription => subscription;

        public QueryChanges Snapshot(CancellationToken cancellationToken)
        {
            foreach (LogicalScan scan in query.Scans)
            {
                foreach (Batch batch in TableScans.Read(tables[scan.Relation], scan))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    query.Push(scan, new ChangeBatch(batch));
                }
            }

            return Complete(tables.Version, isSnapshot: true);
        }

        public QueryChanges Advance(TickChanges tick)
        {
            foreach (LogicalScan scan in query.Scans)
            {
                foreach ((MaintainedTable table, (IReadOnlyList<ChangeBatch> batches, _)) in tick.Changes)
                {
                    if (!string.Equals(table.Name, scan.Relation, StringComparison.OrdinalIgnoreCase)) { continue; }

                    foreach (ChangeBatch changes in batches)
                    {
                        query.Push(scan, changes with { Rows = changes.Rows.Select([.. scan.Columns]) });
                    }
                }
            }

            return Complete(tick.Version, isSnapshot: false);
        }

        private QueryChanges Complete(long version, bool isSnapshot)
        {
            ChangeBatch[] changes = [.. query.Complete().Select(batch => batch.Densify()).Where(batch => batch.Count > 0)
                .Select(batch => batch with { Rows = batch.Rows.Named(schema) })];
            query.Commit();
            return new QueryChanges(version, isSnapshot, schema, changes);
        }
    }
}
