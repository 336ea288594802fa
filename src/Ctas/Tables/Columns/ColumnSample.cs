using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>What the first rows of a column hold.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="Nulls">NULLs among them.</param>
/// <param name="Distinct">Different values.</param>
/// <param name="Once">Values that came once only.</param>
/// <param name="Min">Least whole number; null for other types.</param>
/// <param name="Max">Greatest whole number; null for other types.</param>
internal sealed record ColumnSample(int Rows, int Nulls, int Distinct, int Once, long? Min, long? Max)
{
    /// <summary>Looks at values of fixed width.</summary>
    public static ColumnSample Of<T>(FixedColumn<T> column, int rows, Func<T, long>? number = null)
        where T : unmanaged
    {
        var counts = new Dictionary<T, int>(rows);
        int nulls = 0;
        for (int row = 0; row < rows; row++)
        {
            if (column.IsNull(row)) { nulls++; }
            else { counts[column.Values[row]] = counts.GetValueOrDefault(column.Values[row]) + 1; }
        }

        bool hasNumbers = number is not null && counts.Count > 0;
        return new ColumnSample(
            rows,
            nulls,
            counts.Count,
            counts.Values.Count(count => count == 1),
            hasNumbers ? counts.Keys.Min(number!) : null,
            hasNumbers ? counts.Keys.Max(number!) : null);
    }

    /// <summary>Looks at strings: equal ones have one code.</summary>
    public static ColumnSample Of(StringColumn column, int rows) =>
        Of(new FixedColumn<int>(DataType.Int, column.Codes.ToArray(), column.Length, column.Validity), rows);

    /// <summary>What the sample says of the whole column.</summary>
    /// <remarks>
    /// Values seen more than once are taken for all there are of their kind; those seen once stand for √(all / seen) of
    /// theirs (Charikar et al., Towards Estimation Error Guarantees for Distinct Values, PODS 2000).
    /// </remarks>
    public ColumnStatistics Of(long tableRows, bool isKey)
    {
        double nullFraction = Rows == 0 ? 0 : (double)Nulls / Rows;
        double distinct = isKey ? tableRows : (Math.Sqrt((double)tableRows / Math.Max(1, Rows)) * Once) + (Distinct - Once);
        return new ColumnStatistics(Math.Clamp(distinct, Math.Min(1, tableRows), tableRows), Min, Max, nullFraction);
    }
}
