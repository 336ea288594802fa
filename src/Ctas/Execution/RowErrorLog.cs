using Ctas.Execution.Kernels;

namespace Ctas.Execution;

/// <summary>Applies the policy for rows that fail, and counts them. Single-threaded.</summary>
internal sealed class RowErrorLog(RowErrorPolicy policy)
{
    private readonly FailingRowErrors _failing = new();

    /// <summary>Rows left out so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>Why the first of them was left out; null when none was.</summary>
    public ExecutionException? FirstSkipped { get; private set; }

    /// <summary>Where the kernels report failing rows of a batch.</summary>
    /// <param name="rowCount">Rows of the batch.</param>
    /// <param name="rowsBefore">Rows evaluated before it.</param>
    public RowErrors ForBatch(int rowCount, long rowsBefore)
    {
        if (policy == RowErrorPolicy.Skip) { return new CollectedRowErrors(rowCount, rowsBefore); }

        _failing.RowsBefore = rowsBefore;
        return _failing;
    }

    /// <summary>The rows that did not fail, ascending; null when none did.</summary>
    public int[]? Passed(RowErrors errors)
    {
        if (errors is not CollectedRowErrors { Count: > 0 } collected) { return null; }

        Skipped += collected.Count;
        FirstSkipped ??= collected.First;
        return collected.Passed();
    }
}
