using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>A function of one value. A struct, so that loops over it are compiled for it.</summary>
internal interface IUnaryOperation<TOperand, TResult>
{
    /// <summary>True when some value has no result.</summary>
    bool CanFail { get; }

    /// <summary>Computes one value; false, with <c>default</c>, when there is no result. Never throws.</summary>
    bool TryApply(TOperand operand, out TResult result);
}

/// <summary>Applies an operation to every row; NULL gives NULL.</summary>
/// <param name="isTry">True when a row without a result is NULL instead of an error.</param>
internal sealed class UnaryKernel<TOperand, TResult, TOperation>(
    DataType type, Kernel operand, TOperation operation, FailureText failure, bool isTry = false)
    : Kernel(type, operand.CanFail || (operation.CanFail && !isTry))
    where TOperand : unmanaged
    where TResult : unmanaged
    where TOperation : struct, IUnaryOperation<TOperand, TResult>
{
    private KernelResults<TResult> _results;

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var operands = (FixedColumn<TOperand>)operand.Evaluate(input, errors);
        TResult[] kept = _results.Take(input.RowCount, ReusesResults);
        Span<TResult> results = kept.AsSpan(0, input.RowCount);
        Bitmap? validity = operands.Validity;
        if (!Apply(operation, operands.Values, results)) { validity = MarkFailures(operands, errors); }

        NullRows.Fill(results, validity, default);
        return new FixedColumn<TResult>(Type, kept, input.RowCount, validity);
    }

    private static bool Apply(TOperation operation, ReadOnlySpan<TOperand> operands, Span<TResult> results)
    {
        bool passed = true;
        for (int row = 0; row < results.Length; row++)
        {
            passed &= operation.TryApply(operands[row], out results[row]);
        }

        return passed;
    }

    // Second pass, only when a row failed: NULL rows hold a default value, whose failure does not count.
    private Bitmap? MarkFailures(FixedColumn<TOperand> operands, RowErrors errors)
    {
        Bitmap? validity = null;
        for (int row = 0; row < operands.Length; row++)
        {
            if (operands.IsNull(row) || operation.TryApply(operands.Values[row], out _)) { continue; }

            validity ??= NullRows.CopyOf(operands.Validity, operands.Length);
            validity[row] = false;
            if (!isTry) { errors.Report(row, failure.For(row, operands)); }
        }

        return validity ?? operands.Validity;
    }
}
