using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;

namespace Ctas.Loading;

/// <summary>What one table reads of the parts that it shares with others. Used by the table's load.</summary>
internal sealed class TableParts(SharedParts parts, string table)
{
    private IReadOnlyList<SharedPart> _parts = [];
    private readonly Dictionary<int, KeptRows> _rows = [];

    /// <summary>Bytes of the rows that it reads.</summary>
    public long SizeInBytes => _rows.Values.Sum(rows => rows.SizeInBytes);

    /// <summary>What became of them; for those that were read.</summary>
    public IReadOnlyList<SharedPartResult> Results =>
        [.. from part in _parts where _rows.ContainsKey(part.Number) select part.ToResult(_rows[part.Number])];

    /// <summary>The table's plan with scans of shared parts in their places. Once.</summary>
    /// <param name="plan">Its plan, whose own equal parts stand apart.</param>
    /// <param name="inputs">What it reads; sources that only the parts stream are released.</param>
    /// <param name="options">How it runs.</param>
    public async Task<LogicalPlan> ShareAsync(LogicalPlan plan, LoadInputs inputs, ExecutionOptions options)
    {
        (LogicalPlan shared, _parts) = parts.Share(table, plan, inputs, options);
        await inputs.ReleaseUnreadAsync(shared).ConfigureAwait(false);
        return shared;
    }

    /// <summary>Waits until the rows are all there; false when they will not be, and the table can run its own plan instead.</summary>
    /// <remarks>What fails for all may not for one: it fails by itself, with its own words and under its own limits, or does not.</remarks>
    /// <exception cref="ExecutionException">A part failed, and what it read cannot be read again.</exception>
    public async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        foreach (SharedPart part in _parts) { part.Start(table); }

        try
        {
            foreach (SharedPart part in _parts)
            {
                _rows[part.Number] = await part.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ExecutionException) when (_parts.All(part => part.IsRepeatable))
        {
            _rows.Clear();
            return false;
        }

        return true;
    }

    /// <summary>The table's inputs, the parts among them.</summary>
    public IScanProvider Over(LoadInputs inputs) => new Scans(_rows, inputs);

    /// <summary>What the table's execution did, with the rows that were left out of its parts.</summary>
    public ExecutionStatistics Added(ExecutionStatistics own) => own with
    {
        RowsSkipped = own.RowsSkipped + _rows.Values.Sum(rows => rows.Statistics.RowsSkipped),
        FirstSkipped = _rows.Values.Select(rows => rows.Statistics.FirstSkipped).FirstOrDefault(first => first is not null) ?? own.FirstSkipped,
    };

    private sealed class Scans(IReadOnlyDictionary<int, KeptRows> parts, LoadInputs inputs) : IScanProvider
    {
        public IAsyncEnumerable<ChangeBatch> ReadAsync(LogicalScan scan, CancellationToken cancellationToken) =>
            scan.Part is { } number ? ReadAsync(parts[number], cancellationToken) : inputs.ReadAsync(scan, cancellationToken);

        public IAsyncEnumerable<ChangeBatch> ReadAsync(LogicalScan scan, ScanKeys keys, CancellationToken cancellationToken) =>
            scan.Part is null ? inputs.ReadAsync(scan, keys, cancellationToken) : ReadAsync(scan, cancellationToken);

        private static async IAsyncEnumerable<ChangeBatch> ReadAsync(
            KeptRows rows, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            foreach (Batch batch in rows.Batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ChangeBatch(batch);
            }
        }
    }
}
