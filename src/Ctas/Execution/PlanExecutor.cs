using Ctas.Data;
using Ctas.Execution.Analysis;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution;

/// <summary>Runs a logical plan: scans push changes through operators into a consumer.</summary>
/// <remarks>
/// <code>
/// scan orders ─► filter ─► join.Probe ─► aggregate ─► consumer      Scans run one after another, in the order that
/// scan users  ────────────► join.Build                               joins need: users to the end, then orders.
/// </code>
/// </remarks>
internal static class PlanExecutor
{
    /// <summary>Executes a plan once; the consumer has everything when the task is done.</summary>
    /// <exception cref="ExecutionException">A row failed under the policy Fail, a sum overflowed, or memory ran
    /// out.</exception>
    public static async Task<ExecutionStatistics> ExecuteAsync(
        LogicalPlan plan,
        IScanProvider scans,
        IChangeConsumer consumer,
        ExecutionOptions options,
        CancellationToken cancellationToken)
    {
        var log = new RowErrorLog(options.OnRowError);
        var output = new ConsumerOperator(consumer);
        var builder = new OperatorBuilder(log, new MemoryMeter(options.Memory, options.Held), options.Profile)
        {
            // What each operator did is told of one thread that did it.
            Lanes = options.MaxDegreeOfParallelism > 1 && options.Profile is null
                ? new LaneSettings(
                    options.MaxDegreeOfParallelism, options.MinRowsPerThread, log, cancellationToken)
                : null,
        };
        options.Profile?.Begin(plan);
        builder.Build(plan, output);

        long rowsRead = 0;
        foreach (PlannedScan scan in builder.Scans)
        {
            IScanProvider provider = options.Profile is { } profile ? new WatchedScans(profile, scans) : scans;
            rowsRead += await RunAsync(scan, provider, cancellationToken).ConfigureAwait(false);
        }

        return new ExecutionStatistics(rowsRead, output.RowsEmitted, log.Skipped, log.FirstSkipped);
    }

    private static async Task<long> RunAsync(
        PlannedScan planned, IScanProvider scans, CancellationToken cancellationToken)
    {
        long rowsRead = 0;
        cancellationToken.ThrowIfCancellationRequested();
        if (planned.Scan is null)
        {
            planned.Input.Push(new ChangeBatch(new Batch([], 1)));
        }
        else if (!planned.Input.IsSatisfied)
        {
            IAsyncEnumerable<ChangeBatch> changes = planned.Keys?.Take() is { } keys
                ? scans.ReadAsync(planned.Scan, keys, cancellationToken)
                : scans.ReadAsync(planned.Scan, cancellationToken);
            await foreach (ChangeBatch batch in changes.ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                rowsRead += batch.Count;
                planned.Input.Push(batch);
                if (planned.Input.IsSatisfied) { break; }
            }
        }

        planned.Input.Complete();
        return rowsRead;
    }
}
