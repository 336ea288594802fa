using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>A function of two values. A struct, so that loops over it are compiled for it.</summary>
internal interface IBinaryOperation<TLeft, TRight, TResult>
{
    /// <summary>True when some pair has no result.</summary>
    bool CanFail { get; }

    /// <summary>Computes one value; false, with <c>default</c>, when there is no result. Never throws.</summary>
    bool TryApply(TLeft left, TRight right, out TResult result);
}

/// <summary>
/// Applies an operation to every row; NULL on either side gives NULL. A constant operand is not made a column.
/// </summary>
internal sealed class BinaryKernel<TLeft, TRight, TResult, TOperation>(
    DataType type, Kernel left, Kernel right, TOperation operation, FailureText failure)
    : Kernel(type, left.CanFail || right.CanFail || operation.CanFail)
    where TLeft : unmanaged
    where TRight : unmanaged
    where TResult : unmanaged
    where TOperation : struct, IBinaryOperation<TLeft, TRight, TResult>
{
    private KernelResults<TResult> _results;

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        TResult[] kept = _results.Take(input.RowCount, ReusesResults);
        Span<TResult> results = kept.AsSpan(0, input.RowCount);
        FixedColumn<TLeft>? lefts = null;
        FixedColumn<TRight>? rights = null;
        Bitmap? validity;
        bool passed;
        if (right is ConstantKernel<TRight> { Value: { } rightValue })
        {
            lefts = (FixedColumn<TLeft>)left.Evaluate(input, errors);
            validity = lefts.Validity;
            passed = Apply(operation, lefts.Values, rightValue, results);
        }
        else if (left is ConstantKernel<TLeft> { Value: { } leftValue })
        {
            rights = (FixedColumn<TRight>)right.Evaluate(input, errors);
            validity = rights.Validity;
            passed = Apply(operation, leftValue, rights.Values, results);
        }
        else
        {
            lefts = (FixedColumn<TLeft>)left.Evaluate(input, errors);
            rights = (FixedColumn<TRight>)right.Evaluate(input, errors);
            validity = _results.And(lefts.Validity, rights.Validity, ReusesResults);
            passed = Apply(operation, lefts.Values, rights.Values, results);
        }

        if (!passed)
        {
            // Only constants are left to be evaluated: another operand may give something else the next time.
            lefts ??= (FixedColumn<TLeft>)left.Evaluate(input, errors);
            rights ??= (FixedColumn<TRight>)right.Evaluate(input, errors);
            validity = MarkFailures(lefts, rights, validity, errors);
        }

        NullRows.Fill(results, validity, default);
        return new FixedColumn<TResult>(Type, kept, input.RowCount, validity);
    }

    private static bool Apply(
        TOperation operation, ReadOnlySpan<TLeft> lefts, ReadOnlySpan<TRight> rights, Span<TResult> results)
    {
        bool passed = true;
        lefts = lefts[..results.Length];
        rights = rights[..results.Length];
        for (int row = 0; row < results.Length; row++)
        {
            passed &= operation.TryApply(lefts[row], rights[row], out results[row]);
        }

        return passed;
    }

    private static bool Apply(TOperation operation, ReadOnlySpan<TLeft> lefts, TRight right, Span<TResult> results)
    {
        bool passed = true;
        lefts = lefts[..results.Length];
        for (int row = 0; row < results.Length; row++)
        {
            passed &= operation.TryApply(lefts[row], right, out results[row]);
        }

        return passed;
    }

    private static bool Apply(TOperation operation, TLeft left, ReadOnlySpan<TRight> rights, Span<TResult> results)
    {
        bool passed = true;
        rights = rights[..results.Length];
        for (int row = 0; row < results.Length; row++)
        {
            passed &= operation.TryApply(left, rights[row], out results[row]);
        }

        return passed;
    }

    // Second pass, only when a row failed: NULL rows hold a default value, whose failure does not count.
    private Bitmap? MarkFailures(
        FixedColumn<TLeft> lefts, FixedColumn<TRight> rights, Bitmap? validity, RowErrors errors)
    {
        Bitmap? marked = null;
        for (int row = 0; row < lefts.Length; row++)
        {
            bool isNull = validity is not null && !validity[row];
            if (isNull || operation.TryApply(lefts.Values[row], rights.Values[row], out _)) { continue; }

            marked ??= NullRows.CopyOf(validity, lefts.Length);
            marked[row] = false;
            errors.Report(row, failure.For(row, lefts, rights));
        }

        return marked ?? validity;
    }
}
