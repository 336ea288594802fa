using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>Three-valued AND and OR.</summary>
/// <remarks>
/// <code>
/// AND    T F N      OR     T F N      The right operand is evaluated only for the rows the left one leaves open
/// T      T F N      T      T T T      (not FALSE in AND, not TRUE in OR) when it might fail there, so that
/// F      F F F      F      T F N      <c>x &lt;&gt; 0 AND 1 / x &gt; 2</c> is safe.
/// N      N F N      N      T N N
/// </code>
/// </remarks>
internal sealed class LogicKernel(bool isAnd, Kernel left, Branch right)
    : Kernel(DataType.Boolean, left.CanFail || right.CanFail)
{
    private KernelResults<bool> _results;

    /// <summary>True when NULL is as good as FALSE: after a NULL the right operand of AND decides nothing.</summary>
    public bool DropsNull { get; init; }

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var lefts = (FixedColumn<bool>)left.Evaluate(input, errors);
        if (!right.CanFail) { return Combine(lefts, (FixedColumn<bool>)right.Evaluate(input, errors)); }

        int[] open = OpenRows(lefts);
        if (open.Length == 0) { return lefts; }

        return Combine(lefts, Spread((FixedColumn<bool>)right.Evaluate(input, open, errors), open, input.RowCount));
    }

    private int[] OpenRows(FixedColumn<bool> lefts)
    {
        var open = new int[lefts.Length];
        int count = 0;
        ReadOnlySpan<bool> values = lefts.Values;
        for (int row = 0; row < open.Length; row++)
        {
            bool isDecided = values[row] != isAnd && (DropsNull || !lefts.IsNull(row));
            if (!isDecided) { open[count++] = row; }
        }

        return count == open.Length ? open : open[..count];
    }

    // Rows that were not evaluated get the operand that changes nothing: TRUE in AND, FALSE in OR.
    private FixedColumn<bool> Spread(FixedColumn<bool> rights, int[] rows, int rowCount)
    {
        if (rows.Length == rowCount) { return rights; }

        var values = new bool[rowCount];
        if (isAnd) { Array.Fill(values, true); }

        Bitmap? validity = rights.Validity is null ? null : new Bitmap(rowCount, value: true);
        for (int row = 0; row < rows.Length; row++)
        {
            values[rows[row]] = rights.Values[row];
            if (validity is not null && rights.IsNull(row)) { validity[rows[row]] = false; }
        }

        return new FixedColumn<bool>(Type, values, rowCount, validity);
    }

    // A NULL row holds false, so the values of AND and OR follow from the values alone.
    private FixedColumn<bool> Combine(FixedColumn<bool> lefts, FixedColumn<bool> rights)
    {
        bool[] kept = _results.Take(lefts.Length, ReusesResults);
        Span<bool> results = kept.AsSpan(0, lefts.Length);
        ReadOnlySpan<bool> first = lefts.Values;
        ReadOnlySpan<bool> second = rights.Values;
        for (int row = 0; row < results.Length; row++)
        {
            results[row] = isAnd ? first[row] & second[row] : first[row] | second[row];
        }

        return new FixedColumn<bool>(Type, kept, lefts.Length, Validity(lefts, rights));
    }

    // Known is: both known, or one known and decisive (FALSE in AND, TRUE in OR).
    private Bitmap? Validity(FixedColumn<bool> lefts, FixedColumn<bool> rights)
    {
        if (lefts.Validity is null && rights.Validity is null) { return null; }

        var validity = new Bitmap(lefts.Length, value: true);
        for (int row = 0; row < lefts.Length; row++)
        {
            bool leftIsNull = lefts.IsNull(row);
            bool rightIsNull = rights.IsNull(row);
            if (!leftIsNull && !rightIsNull) { continue; }

            bool isDecided = (!leftIsNull && lefts.Values[row] != isAnd)
                || (!rightIsNull && rights.Values[row] != isAnd);
            validity[row] = isDecided;
        }

        return validity;
    }
}

/// <summary>Three-valued NOT.</summary>
internal sealed class NotKernel(Kernel operand) : Kernel(DataType.Boolean, operand.CanFail)
{
    private KernelResults<bool> _results;

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var operands = (FixedColumn<bool>)operand.Evaluate(input, errors);
        bool[] kept = _results.Take(operands.Length, ReusesResults);
        Span<bool> results = kept.AsSpan(0, operands.Length);
        ReadOnlySpan<bool> values = operands.Values;
        for (int row = 0; row < results.Length; row++) { results[row] = !values[row]; }

        NullRows.Fill(results, operands.Validity, false);
        return new FixedColumn<bool>(Type, kept, results.Length, operands.Validity);
    }
}

/// <summary>IS NULL, or IS NOT NULL; never NULL.</summary>
internal sealed class IsNullKernel(Kernel operand, bool isNegated) : Kernel(DataType.Boolean, operand.CanFail)
{
    private KernelResults<bool> _results;

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        Column operands = operand.Evaluate(input, errors);
        bool[] kept = _results.Take(operands.Length, ReusesResults);
        Span<bool> results = kept.AsSpan(0, operands.Length);
        results.Fill(isNegated);
        NullRows.Fill(results, operands.Validity, !isNegated);
        return new FixedColumn<bool>(Type, kept, results.Length);
    }
}

/// <summary>IS [NOT] DISTINCT FROM; never NULL.</summary>
/// <param name="equality">left = right over a batch of the two operands.</param>
internal sealed class DistinctFromKernel(Kernel left, Kernel right, Kernel equality, bool isDistinct)
    : Kernel(DataType.Boolean, left.CanFail || right.CanFail)
{
    public override Column Evaluate(Batch input, RowErrors errors)
    {
        Column lefts = left.Evaluate(input, errors);
        Column rights = right.Evaluate(input, errors);
        var areEqual = (FixedColumn<bool>)equality.Evaluate(new Batch([lefts, rights], input.RowCount), errors);
        var results = new bool[input.RowCount];
        for (int row = 0; row < results.Length; row++)
        {
            bool bothNull = lefts.IsNull(row) && rights.IsNull(row);
            results[row] = (bothNull || areEqual.Values[row]) != isDistinct;
        }

        return new FixedColumn<bool>(Type, results, results.Length);
    }
}
