using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution;

/// <summary>Applies the policy for rows that fail, and counts them. Single-threaded.</summary>
internal sealed class RowErrorLog(RowErrorPolicy policy)
{
    /// <summary>What happens to rows that fail.</summary>
    public RowErrorPolicy Policy => policy;

    /// <summary>Rows left out so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>Why the first of them was left out; null when none was.</summary>
    public ExecutionException? FirstSkipped { get; private set; }

    /// <summary>Where the kernels report failing rows of a batch.</summary>
    /// <param name="rowCount">Rows of the batch.</param>
    /// <param name="rowsBefore">Rows evaluated before it.</param>
    /// <param name="input">Names of the columns.</param>
    public RowErrors ForBatch(int rowCount, long rowsBefore, Schema input) => policy == RowErrorPolicy.Skip
        ? new CollectedRowErrors(rowCount, rowsBefore, input)
        : new FailingRowErrors(rowsBefore, input);

    /// <summary>The rows that did not fail, ascending; null when none did.</summary>
    public int[]? Passed(RowErrors errors)
    {
        if (errors is not CollectedRowErrors { Count: > 0 } collected) { return null; }

        Skipped += collected.Count;
        FirstSkipped ??= collected.First;
        return collected.Passed();
    }

    /// <summary>Leaves rows of a result out, or fails the query, as the policy says.</summary>
    /// <param name="count">How many.</param>
    /// <param name="first">Why the first of them cannot be computed.</param>
    public void Skip(long count, ExecutionException first)
    {
        if (policy == RowErrorPolicy.Fail) { throw first; }

        Skipped += count;
        FirstSkipped ??= first;
    }

    /// <summary>Adds what another log has noted.</summary>
    public void Add(RowErrorLog other)
    {
        Skipped += other.Skipped;
        FirstSkipped ??= other.FirstSkipped;
    }
}
