using System.Collections;
using System.Globalization;
using System.Numerics;
using Ctas.Data;
using DuckDB.NET.Native;

namespace Ctas.SqlTests;

/// <summary>Values as .slt files write them: <c>[1, NULL]</c>, <c>{a: 1}</c>, one spelling for a number of any type.</summary>
internal static class SltText
{
    public static string Of(object? value) => value switch
    {
        null or DBNull => "NULL",
        "" => "(empty)",
        string it => it,
        bool it => it ? "true" : "false",
        byte[] bytes => Convert.ToHexString(bytes),
        UnmanagedMemoryStream bytes => Convert.ToHexString(Read(bytes)),
        DateOnly it => it.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly it => it.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateTime it => it.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture).TrimEnd('.'),
        Interval it =>
            string.Create(CultureInfo.InvariantCulture, $"{it.Months} months {it.Days} days {it.Microseconds} us"),
        DuckDBInterval it => Of(new Interval(it.Months, it.Days, (long)it.Micros)),
        BigInteger it => it.ToString(CultureInfo.InvariantCulture),
        IFormattable it => it.ToString(null, CultureInfo.InvariantCulture),
        IDictionary map => $"{{{string.Join(", ", Entries(map))}}}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Of))}]",
        _ => value.ToString()!,
    };

    private static IEnumerable<string> Entries(IDictionary map) =>
        map.Keys.Cast<object>().Select(key => $"{Of(key)}: {Of(map[key])}");

    private static byte[] Read(UnmanagedMemoryStream stream)
    {
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
