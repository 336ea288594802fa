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
    public static Task<ExecutionStatistics> ExecuteAsync(
        LogicalPlan plan,
        IScanProvider scans,
        IChangeConsumer consumer,
        ExecutionOptions options,
        CancellationToken cancellationToken) =>
        new Execution(options, new MemoryMeter(options.Memory, options.Held)).RunAsync(plan, scans, consumer, cancellationToken);

    /// <summary>Executes a plan once and keeps its rows; they count among what the operators hold.</summary>
    /// <inheritdoc cref="ExecuteAsync" path="/exception"/>
    public static async Task<KeptRows> KeepAsync(
        LogicalPlan plan, IScanProvider scans, ExecutionOptions options, CancellationToken cancellationToken)
    {
        var memory = new MemoryMeter(options.Memory, options.Held);
        var rows = new SpooledRows(plan.Schema, memory.For(() => $"what is kept of \"{ExplainText.Describe(plan)}\""));
        ExecutionStatistics statistics =
            await new Execution(options, memory).RunAsync(plan, scans, rows, cancellationToken).ConfigureAwait(false);
        return new KeptRows([.. rows.View()], rows.SizeInBytes, statistics);
    }

    private sealed record Execution(ExecutionOptions Options, MemoryMeter Memory)
    {
        public async Task<ExecutionStatistics> RunAsync(
            LogicalPlan plan, IScanProvider scans, IChangeConsumer consumer, CancellationToken cancellationToken)
        {
            var log = new RowErrorLog(Options.OnRowError);
            var output = new ConsumerOperator(consumer);
            var builder = new OperatorBuilder(log, Memory, Options.Profile)
            {
                // What each operator did is told of one thread that did it.
                Lanes = Options.MaxDegreeOfParallelism > 1 && Options.Profile is null
                    ? new LaneSettings(Options.MaxDegreeOfParallelism, Options.MinRowsPerThread, log, cancellationToken)
                    : null,
            };
            Options.Profile?.Begin(plan);
            builder.Build(plan, output);

            long rowsRead = 0;
            foreach (PlannedScan scan in builder.Scans)
            {
                IScanProvider provider = Options.Profile is { } profile ? new WatchedScans(profile, scans) : scans;
                rowsRead += await PlanExecutor.RunAsync(scan, provider, cancellationToken).ConfigureAwait(false);
            }

            return new ExecutionStatistics(rowsRead, output.RowsEmitted, log.Skipped, log.FirstSkipped);
        }
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
                if (!planned.Input.KeepsColumns) { batch.Rows.GiveBackDecoded(); }

                if (planned.Input.IsSatisfied) { break; }
            }
        }

        planned.Input.Complete();
        return rowsRead;
    }
}
