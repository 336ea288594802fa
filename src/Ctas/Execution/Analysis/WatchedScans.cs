using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Analysis;

/// <summary>Notes what scans read and how long they take for it.</summary>
internal sealed class WatchedScans(PlanProfile profile, IScanProvider scans) : IScanProvider
{
    public IAsyncEnumerable<ChangeBatch> ReadAsync(LogicalScan scan, CancellationToken cancellationToken) =>
        WatchAsync(scan, scans.ReadAsync(scan, cancellationToken), cancellationToken);

    public IAsyncEnumerable<ChangeBatch> ReadAsync(LogicalScan scan, ScanKeys keys, CancellationToken cancellationToken) =>
        WatchAsync(scan, scans.ReadAsync(scan, keys, cancellationToken), cancellationToken);

    private async IAsyncEnumerable<ChangeBatch> WatchAsync(
        LogicalScan scan, IAsyncEnumerable<ChangeBatch> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NodeProfile node = profile[scan];

        // The clock runs for the scan until it has ended or is left; its readers take it over while they have a batch.
        profile.Switch(node);
        try
        {
            await foreach (ChangeBatch batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                foreach (Column column in batch.Rows.Columns) { node.ScanBytes += column.SizeInBytes; }

                yield return batch;
            }
        }
        finally { profile.Switch(null); }
    }
}
