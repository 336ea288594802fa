using System.Globalization;
using System.Numerics;

namespace Ctas.Benchmarks.Tpch;

/// <summary>Compares answers: the same rows, in any order where the query leaves it open.</summary>
/// <remarks>
/// Numbers may differ by their millionth part of a unit or hundred-millionth of themselves: a quotient of DECIMALs has
/// six places here and is a DOUBLE in DuckDB.
/// </remarks>
internal static class TpchAnswer
{
    private const double Absolute = 1e-6;
    private const double Relative = 1e-8;

    /// <summary>What differs first; null when nothing does.</summary>
    public static string? Difference(IReadOnlyList<object?[]> ours, IReadOnlyList<object?[]> theirs)
    {
        if (ours.Count != theirs.Count)
        {
            return FormattableString.Invariant($"{ours.Count} rows here, {theirs.Count} in DuckDB");
        }

        object?[][] mine = [.. ours.OrderBy(Line, StringComparer.Ordinal)];
        object?[][] others = [.. theirs.OrderBy(Line, StringComparer.Ordinal)];
        for (int row = 0; row < mine.Length; row++)
        {
            if (!mine[row].Zip(others[row]).All(pair => IsSame(pair.First, pair.Second)))
            {
                return $"{Line(mine[row])} here, {Line(others[row])} in DuckDB";
            }
        }

        return null;
    }

    private static bool IsSame(object? ours, object? theirs) =>
        AsNumber(ours) is { } a && AsNumber(theirs) is { } b
            ? Math.Abs(a - b) <= Math.Max(Absolute, Relative * Math.Abs(b))
            : Text(ours) == Text(theirs);

    private static string Line(object?[] row) => string.Join(" | ", row.Select(Text));

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        DateTime it => it.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        DateOnly it => it.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ when AsNumber(value) is { } number => number.ToString("G6", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static double? AsNumber(object? value) => value switch
    {
        double or float or decimal or int or long or short => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        BigInteger it => (double)it,
        _ => null,
    };
}
