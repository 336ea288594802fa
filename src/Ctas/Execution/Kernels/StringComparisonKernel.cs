using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>
/// Compares strings by their bytes (the order of UTF-8 code points, no locale), nested values as
/// <see cref="NestedOrder"/> says. NULL gives NULL.
/// </summary>
/// <param name="comparison">Equal, NotEqual, Less or LessOrEqual; the others are these with operands swapped.</param>
internal sealed class StringComparisonKernel(BinaryOperator comparison, Kernel left, Kernel right)
    : Kernel(DataType.Boolean, left.CanFail || right.CanFail)
{
    private KernelResults<bool> _results;

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var lefts = (StringColumn)left.Evaluate(input, errors);
        var rights = (StringColumn)right.Evaluate(input, errors);
        bool[] kept = _results.Take(input.RowCount, ReusesResults);
        Span<bool> results = kept.AsSpan(0, input.RowCount);
        if (comparison is BinaryOperator.Equal or BinaryOperator.NotEqual) { Equality(lefts, rights, results); }
        else { Order(lefts, rights, results, comparison == BinaryOperator.LessOrEqual); }

        Bitmap? validity = _results.And(lefts.Validity, rights.Validity, ReusesResults);
        NullRows.Fill(results, validity, false);
        return new FixedColumn<bool>(Type, kept, results.Length, validity);
    }

    private void Equality(StringColumn lefts, StringColumn rights, Span<bool> results)
    {
        bool whenEqual = comparison == BinaryOperator.Equal;
        bool codesDecide = ReferenceEquals(lefts.Pool, rights.Pool) && lefts.Pool.IsInterned;
        ReadOnlySpan<int> leftCodes = lefts.Codes;
        ReadOnlySpan<int> rightCodes = rights.Codes;
        for (int row = 0; row < results.Length; row++)
        {
            bool areEqual = codesDecide
                ? leftCodes[row] == rightCodes[row]
                : lefts.GetBytes(row).SequenceEqual(rights.GetBytes(row));
            results[row] = areEqual == whenEqual;
        }
    }

    private static void Order(StringColumn lefts, StringColumn rights, Span<bool> results, bool orEqual)
    {
        var byteOrder = ByteStringOrder.Of(lefts.Type);
        for (int row = 0; row < results.Length; row++)
        {
            if (lefts.IsNull(row) || rights.IsNull(row)) { continue; }

            int order = byteOrder.Compare(lefts.GetBytes(row), rights.GetBytes(row));
            results[row] = orEqual ? order <= 0 : order < 0;
        }
    }
}
