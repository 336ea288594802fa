using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Analysis;
using Ctas.Loading;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas;

/// <summary>Runs SELECTs over loaded tables.</summary>
internal static class TableQueries
{
    /// <summary>Plans a SELECT against the tables of a snapshot.</summary>
    public static PlannedQuery Plan(
        string sql, RegistrySnapshot tables, LoadServices services) =>
        QueryPlanner.PlanQuery(sql, LoadPlanning.Context(tables, services));

    /// <summary>Runs a SELECT; every table is read as it is at the moment of the call.</summary>
    public static async Task<QueryResult> RunAsync(
        string sql, LoadServices services, CancellationToken cancellationToken, PlanProfile? profile = null)
    {
        long started = services.TimeProvider.GetTimestamp();
        RegistrySnapshot tables = services.Registry.Snapshot();
        PlannedQuery query = Plan(sql, tables, services);
        var rows = new GatheredRows(query.Schema);
        var options = new ExecutionOptions
        {
            Memory = services.QueryMemory,
            Profile = profile,
            MaxDegreeOfParallelism = services.Options.MaxDegreeOfParallelism,
        };
        await PlanExecutor.ExecuteAsync(query.Plan, new SnapshotScans(tables), rows, options, cancellationToken)
            .ConfigureAwait(false);
        return new QueryResult(query.Schema, rows.Batches, services.TimeProvider.GetElapsedTime(started));
    }

    /// <summary>Scans over the tables of a snapshot.</summary>
    private sealed class SnapshotScans(RegistrySnapshot tables) : IScanProvider
    {
        public IAsyncEnumerable<ChangeBatch> ReadAsync(LogicalScan scan, CancellationToken cancellationToken) =>
            ReadAsync(TableScans.Read(tables[scan.Relation], scan), cancellationToken);

        public IAsyncEnumerable<ChangeBatch> ReadAsync(LogicalScan scan, ScanKeys keys, CancellationToken cancellationToken) =>
            ReadAsync(TableScans.Read(tables[scan.Relation], scan, keys), cancellationToken);

        private static async IAsyncEnumerable<ChangeBatch> ReadAsync(
            IEnumerable<Batch> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            foreach (Batch batch in batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ChangeBatch(batch);
            }
        }
    }

    /// <summary>The result, batch by batch.</summary>
    private sealed class GatheredRows(Schema schema) : IChangeConsumer
    {
        public List<Batch> Batches { get; } = [];

        public void Consume(ChangeBatch changes)
        {
            if (changes.Count > 0) { Batches.Add(changes.Densify().Rows.Named(schema)); }
        }
    }
}
