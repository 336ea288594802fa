using System.Text;
using Ctas.Data;

namespace Ctas.SqlTests.Oracle;

/// <summary>Random values in the physical forms of <see cref="Column"/>: days, microseconds, unscaled decimals.</summary>
internal static class Values
{
    private static readonly string[] Words =
    [
        "", "a", "A", "ab", "abc", "b", "ba", "žluť", "Ω", "10", "-3", "x y", "it's", "100%", "a_b", "zz", " a ", "ÿ",
        "😀", "a😀b", "𝒳yz", "\u0301e", "ﬀ", "true", "2024-02-29", "a,b,c", "aaa", "TAB\tx",
    ];

    private static readonly string[] MapKeys = ["", "a", "b", "ž"];

    private static readonly int[] FarDays = [0, -719_162, 2_932_896, -141_427, -25_509, 11_016, 10_956, -1, 47_541];

    private static readonly double[] WildDoubles =
    [
        0.0, -0.0, 1e308, -1e308, 5e-324, 1e-300, 4503599627370497.5, 9007199254740993, 0.1, -0.1, 1e15, 123456.789,
        2147483648.0, -9.3e18,
    ];

    private static readonly Interval[] Intervals =
    [
        new(0, 0, 0), new(1, 0, 0), new(0, 30, 0), new(0, 1, 0), new(0, 0, 86_400_000_000), new(-1, 31, 0), new(14, 3, 5_000_000),
        new(0, 0, -3_600_000_000), new(12, 0, 0), new(0, -7, 60_000_000),
    ];

    public static DateOnly Epoch { get; } = DateOnly.FromDateTime(DateTime.UnixEpoch);

    /// <summary>A value of the kind of data that <paramref name="tag"/> names; never NULL.</summary>
    public static object Next(Random random, ValueTag tag) => tag.Type.Kind switch
    {
        DataTypeKind.Boolean => random.Next(2) == 0,
        DataTypeKind.Int when tag.IsTame => random.Next(-4, 12),
        DataTypeKind.Int => random.Next(12) == 0 ? Pick(random, int.MaxValue, int.MinValue, 0, -1) : random.Next(-40, 1000),
        DataTypeKind.BigInt when tag.IsTame => (long)random.Next(-5, 1000),
        DataTypeKind.BigInt => random.Next(12) == 0
            ? Pick(random, long.MaxValue, long.MinValue, 0, 1L << 53, int.MaxValue + 1L, -1)
            : random.NextInt64(-1_000_000_000_000, 1_000_000_000_000),
        DataTypeKind.Double when tag.IsTame => random.Next(-8, 30) * 0.25,
        DataTypeKind.Double => random.Next(3) == 0 ? Pick(random, WildDoubles) : random.Next(-1000, 1000) * 0.37,
        DataTypeKind.Decimal => Decimal(random, tag),
        DataTypeKind.Varchar when tag.IsTame => JsonText(random),
        DataTypeKind.Varchar => Pick(random, Words),
        DataTypeKind.Bytes => random.Next(4) == 0
            ? Pick<byte[]>(random, [], [0], [0xff, 0x00, 0x7f], [0x80])
            : Encoding.UTF8.GetBytes(Pick(random, Words)),
        DataTypeKind.Date => random.Next(10) == 0 ? Pick(random, FarDays) : 19_000 + random.Next(-40, 400),
        DataTypeKind.Time => random.Next(8) == 0
            ? Pick(random, 0L, 86_399_999_999, 43_200_000_000)
            : random.Next(0, 86_400) * 1_000_000L,
        DataTypeKind.Timestamp => Timestamp(random),
        DataTypeKind.Interval => Pick(random, Intervals),
        DataTypeKind.Array => Enumerable.Range(0, random.Next(4)).Select(_ => Part(random, tag.Type.Element!)).ToArray(),
        DataTypeKind.Struct => tag.Type.Fields.ToDictionary(field => field.Name, field => Part(random, field.Type)),
        DataTypeKind.Map => MapKeys.Where(_ => random.Next(2) == 0).ToDictionary(
            key => key, _ => Part(random, tag.Type.Element!)),
        _ => throw new ArgumentException($"There are no random values of {tag}."),
    };

    /// <summary>What a nested value holds: few different ones, so that comparisons go beyond the first part.</summary>
    private static object? Part(Random random, DataType type) => random.Next(5) == 0 ? null : type.Kind switch
    {
        DataTypeKind.Int => random.Next(-2, 4),
        DataTypeKind.Varchar => Pick(random, Words),
        _ => Next(random, ValueTag.Nested.First(tag => tag.Type == type)),
    };

    /// <summary>An object or another value, without white space.</summary>
    private static string JsonText(Random random)
    {
        string Scalar() => Pick(random, "1", "-20", "\"x\"", "\"žluť 😀\"", "null", "true", "\"\"", "\"1\"");
        string List() => $"[{string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Scalar()))}]";
        return random.Next(8) switch
        {
            0 => Scalar(),
            1 => List(),
            2 => "{}",
            3 => $"{{\"a\":{List()}}}",
            _ => $"{{\"a\":{Scalar()},\"b\":{{\"c\":{Scalar()}}},\"l\":{List()}}}",
        };
    }

    private static object Decimal(Random random, ValueTag tag)
    {
        Int128 limit = 1;
        for (int digit = 0; digit < tag.Type.Precision; digit++) { limit *= 10; }

        // DECIMAL(12, 2) is what expressions calculate with; the others bring their limits.
        if (tag.IsTame) { return (Int128)random.Next(-500, 10_000); }

        return random.Next(8) == 0 ? Pick(random, limit - 1, 1 - limit, 0) : random.NextInt64(-50_000, 100_000) % limit;
    }

    private static long Timestamp(Random random) => random.Next(10) switch
    {
        0 => FarDays[random.Next(FarDays.Length)] * 86_400_000_000L,
        1 => (19_000 + random.Next(0, 400)) * 86_400_000_000L,
        2 => 1_700_000_000_000_000 + random.Next(0, 1_000_000),
        _ => 1_700_000_000_000_000 + (random.Next(0, 500_000) * 1_000_000L),
    };

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
