using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Analysis;

/// <summary>Notes what scans read and how long they take for it.</summary>
internal sealed class WatchedScans(PlanProfile profile, IScanProvider scans) : IScanProvider
{
    public async IAsyncEnumerable<ChangeBatch> ReadAsync(
        LogicalScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NodeProfile node = profile[scan];

        // The clock runs for the scan until it has ended or is left; its readers take it over while they have a batch.
        profile.Switch(node);
        try
        {
            IAsyncEnumerable<ChangeBatch> batches = scans.ReadAsync(scan, cancellationToken);
            await foreach (ChangeBatch batch in batches.ConfigureAwait(false))
            {
                foreach (Column column in batch.Rows.Columns) { node.ScanBytes += column.SizeInBytes; }

                yield return batch;
            }
        }
        finally { profile.Switch(null); }
    }
}
