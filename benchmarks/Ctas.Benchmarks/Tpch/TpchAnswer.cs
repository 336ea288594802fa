using System.Globalization;

namespace Ctas.Benchmarks.Tpch;

/// <summary>Compares answers: the same rows, in any order where the query leaves it open; numbers to nine digits.</summary>
internal static class TpchAnswer
{
    /// <summary>What differs first; null when nothing does.</summary>
    public static string? Difference(IReadOnlyList<object?[]> ours, IReadOnlyList<object?[]> theirs)
    {
        if (ours.Count != theirs.Count)
        {
            return FormattableString.Invariant($"{ours.Count} rows here, {theirs.Count} in DuckDB");
        }

        string[] mine = [.. ours.Select(Line).Order(StringComparer.Ordinal)];
        string[] others = [.. theirs.Select(Line).Order(StringComparer.Ordinal)];
        for (int row = 0; row < mine.Length; row++)
        {
            if (mine[row] != others[row]) { return $"{mine[row]} here, {others[row]} in DuckDB"; }
        }

        return null;
    }

    private static string Line(object?[] row) => string.Join(" | ", row.Select(Text));

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        double or float or decimal or int or long or short or System.Numerics.BigInteger => Number(value),
        DateTime it => it.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        DateOnly it => it.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Number(object value)
    {
        double number = value is System.Numerics.BigInteger big ? (double)big : Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number.ToString("G9", CultureInfo.InvariantCulture);
    }
}
