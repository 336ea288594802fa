using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Kernels;

/// <summary>
/// x [NOT] IN (constants) for fixed-width types: NULL when x is NULL, or when nothing matches and the list holds
/// NULL.
/// </summary>
internal sealed class InListKernel<T, TOrder>(Kernel operand, T[] values, bool hasNull, bool isNegated)
    : Kernel(DataType.Boolean, operand.CanFail)
    where T : unmanaged
    where TOrder : struct, IOrder<T>
{
    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var operands = (FixedColumn<T>)operand.Evaluate(input, errors);
        var results = new bool[operands.Length];
        ReadOnlySpan<T> candidates = operands.Values;
        for (int row = 0; row < results.Length; row++) { results[row] = Contains(values, candidates[row]); }

        return InListResult.Finish(results, operands.Validity, hasNull, isNegated);
    }

    private static bool Contains(T[] values, T candidate)
    {
        foreach (T value in values)
        {
            if (TOrder.AreEqual(value, candidate)) { return true; }
        }

        return false;
    }
}

/// <summary>x [NOT] IN (constants) for strings; each distinct string is looked up once.</summary>
internal sealed class StringInListKernel(Kernel operand, OwnPool values, bool hasNull, bool isNegated)
    : Kernel(DataType.Boolean, operand.CanFail)
{
    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var operands = (StringColumn)operand.Evaluate(input, errors);
        CodeMap map = values.MapOf(operands.Pool);
        var results = new bool[operands.Length];
        ReadOnlySpan<int> codes = operands.Codes;
        for (int row = 0; row < results.Length; row++) { results[row] = map.Find(codes[row]) >= 0; }

        return InListResult.Finish(results, operands.Validity, hasNull, isNegated);
    }
}

/// <summary>The NULL rule of IN.</summary>
internal static class InListResult
{
    public static FixedColumn<bool> Finish(bool[] matches, Bitmap? validity, bool hasNull, bool isNegated)
    {
        if (hasNull)
        {
            validity = NullRows.CopyOf(validity, matches.Length);
            for (int row = 0; row < matches.Length; row++)
            {
                if (!matches[row]) { validity[row] = false; }
            }
        }

        for (int row = 0; isNegated && row < matches.Length; row++) { matches[row] = !matches[row]; }

        NullRows.Fill(matches, validity, false);
        return new FixedColumn<bool>(DataType.Boolean, matches, matches.Length, validity);
    }
}
