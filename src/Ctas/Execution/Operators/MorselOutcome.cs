using System.Runtime.ExceptionServices;

namespace Ctas.Execution.Operators;

/// <summary>How morsels ended, those that one thread would have come to.</summary>
internal sealed class MorselOutcome
{
    /// <summary>Why the first morsel failed that did; null when none did.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>True when it failed for a row, by the policy.</summary>
    public bool HasRowFailed { get; private set; }

    /// <summary>Rows left out.</summary>
    public long Skipped { get; private set; }

    /// <summary>Why the first of them was left out, with a place that only its lane knows; null when none was.</summary>
    public ExecutionException? FirstSkipped { get; private set; }

    /// <summary>Adds the next morsel.</summary>
    /// <param name="skipped">Rows of it that were left out.</param>
    /// <param name="firstSkipped">Why the first row of its lane was.</param>
    /// <param name="failure">Why it failed; null when it did not.</param>
    /// <param name="isRow">True when it failed for a row.</param>
    public void Add(long skipped, ExecutionException? firstSkipped, ExceptionDispatchInfo? failure, bool isRow)
    {
        Skipped += skipped;
        FirstSkipped ??= firstSkipped;
        Failure = failure;
        HasRowFailed = isRow;
    }
}
