using System.Collections;
using System.Globalization;
using System.Numerics;
using Ctas.Data;
using DuckDB.NET.Native;

namespace Ctas.SqlTests.Oracle;

/// <summary>Values of both engines in one form: a double, or a text that is equal for equal values.</summary>
internal static class ComparableValue
{
    private const double RelativeTolerance = 1e-9;
    private const double AbsoluteTolerance = 1e-12;

    /// <summary>A value of a column of the type: one with more digits than .NET has comes as text.</summary>
    public static object? Of(object? value, DataType type) =>
        value is string text && type.Kind == DataTypeKind.Decimal ? Digits(text) : Of(value);

    /// <summary>The text of a DECIMAL, without zeros at its end.</summary>
    public static string Digits(string text)
    {
        string digits = text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
        return digits is "-0" or "" ? "0" : digits;
    }

    public static object? Of(object? value) => value switch
    {
        null or DBNull => null,
        double it => it,
        float it => (double)it,
        bool it => it ? "true" : "false",
        decimal it => (it / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        BigInteger or Int128 or UInt128 => Invariant($"{value}"),
        byte[] it => "0x" + Convert.ToHexString(it),
        Stream it => "0x" + Hex(it),
        DateOnly it => it.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly it => it.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateTime it => it.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        Interval it => Span(it.Months, it.Days, it.Microseconds),
        DuckDBInterval it => Span(it.Months, it.Days, (long)it.Micros),
        string it => it,
        IDictionary it => "{" + string.Join(", ", Entries(it).Order(StringComparer.Ordinal)) + "}",
        IEnumerable it => "[" + string.Join(", ", it.Cast<object?>().Select(Nested)) + "]",
        IFormattable it => it.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>True for equal values, and for doubles that differ by no more than the order of a sum explains.</summary>
    public static bool AreEqual(object? left, object? right)
    {
        if (left is double or string && right is double || left is double && right is string)
        {
            return Number(left) is { } a && Number(right) is { } b && AreNear(a, b);
        }

        return Equals(left, right);
    }

    public static string Show(object? value) => value switch
    {
        null => "NULL",
        double it => it.ToString("R", CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static bool AreNear(double left, double right) =>
        left.Equals(right) || left == right
        || Math.Abs(left - right) <= Math.Max(
            AbsoluteTolerance, RelativeTolerance * Math.Max(Math.Abs(left), Math.Abs(right)));

    private static double? Number(object? value) => value switch
    {
        double it => it,
        string it when double.TryParse(it, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ => null,
    };

    private static IEnumerable<string> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map) { yield return $"{Nested(entry.Key)}: {Nested(entry.Value)}"; }
    }

    private static string Nested(object? value) => Of(value) switch
    {
        null => "NULL",
        double it => it.ToString("G10", CultureInfo.InvariantCulture),
        var it => it.ToString()!,
    };

    // Intervals that are equal in SQL have one text: 30 days make a month.
    private static string Span(int months, int days, long microseconds)
    {
        Int128 all = ((((Int128)months * 30) + days) * 86_400_000_000) + microseconds;
        return Invariant($"interval of {all} us");
    }

    private static string Hex(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return Convert.ToHexString(copy.ToArray());
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
