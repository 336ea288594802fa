using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>Why one row could not be computed.</summary>
/// <param name="Expression">The expression that failed.</param>
/// <param name="Value">Text of its operands.</param>
/// <param name="Reason">What was wrong, lower case.</param>
internal sealed record RowError(ScalarExpression Expression, string Value, string Reason);

/// <summary>Where kernels report the rows they cannot compute. Single-threaded.</summary>
internal abstract class RowErrors
{
    /// <summary>Takes note of a failing row of the batch under evaluation.</summary>
    public abstract void Report(int row, RowError error);

    /// <summary>The same place, for a batch made of the given rows of this one.</summary>
    public RowErrors ForRows(int[] rows) => new GatheredRowErrors(this, rows);

    private sealed class GatheredRowErrors(RowErrors outer, int[] rows) : RowErrors
    {
        public override void Report(int row, RowError error) => outer.Report(rows[row], error);
    }
}

/// <summary>The first failing row fails the query.</summary>
/// <param name="rowsBefore">Rows evaluated before the batch.</param>
/// <param name="input">Names of the columns.</param>
internal sealed class FailingRowErrors(long rowsBefore, Schema input) : RowErrors
{
    public override void Report(int row, RowError error) =>
        throw ExecutionErrors.RowFailed(error, rowsBefore + row, input);
}

/// <summary>Remembers the failing rows of one batch.</summary>
/// <param name="rowCount">Rows of the batch.</param>
/// <param name="rowsBefore">Rows evaluated before it.</param>
/// <param name="input">Names of the columns.</param>
internal sealed class CollectedRowErrors(int rowCount, long rowsBefore, Schema input) : RowErrors
{
    private Bitmap? _failed;

    /// <summary>Number of different failing rows.</summary>
    public int Count { get; private set; }

    /// <summary>The error of the first reported row.</summary>
    public ExecutionException? First { get; private set; }

    /// <summary>True when the row failed.</summary>
    public bool HasFailed(int row) => _failed is not null && _failed[row];

    public override void Report(int row, RowError error)
    {
        First ??= ExecutionErrors.RowFailed(error, rowsBefore + row, input);
        _failed ??= new Bitmap(rowCount);
        if (_failed[row]) { return; }

        _failed[row] = true;
        Count++;
    }

    /// <summary>The rows that did not fail, ascending.</summary>
    public int[] Passed()
    {
        var passed = new int[rowCount - Count];
        for (int row = 0, count = 0; row < rowCount; row++)
        {
            if (!HasFailed(row)) { passed[count++] = row; }
        }

        return passed;
    }
}
