using System.Text;
using CsCheck;
using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>Values of every type, of any distribution and with any NULLs, come out of a column as they went in.</summary>
public sealed class ColumnRoundTripTests
{
    private static readonly double[] OddDoubles =
    [
        0, -0.0, double.NaN, BitConverter.Int64BitsToDouble(unchecked((long)0xFFF8_0000_0000_0001)), double.PositiveInfinity,
        double.NegativeInfinity, double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon, 0.1, 1e15, 1e22, 1e23,
        9007199254740993, 123456789.123456789, 1.0 / 3,
    ];

    [Fact]
    public void Integers_ReadBack() =>
        Gen.Select(IntegerEncodingTests.Sequences, Gen.Int[0, 4], Gen.Int).Sample(
            (values, nulls, seed) =>
            {
                Check(DataType.BigInt, values, nulls, seed);
                Check(DataType.Timestamp, values, nulls, seed);
                Check(DataType.Int, [.. values.Select(value => (int)value)], nulls, seed);
                Check(DataType.Boolean, [.. values.Select(value => (value & 1) != 0)], nulls, seed);
            },
            iter: 150);

    [Fact]
    public void Decimals_ReadBack() =>
        Gen.Select(IntegerEncodingTests.Sequences, Gen.Bool, Gen.Int[0, 4], Gen.Int).Sample(
            (values, isWide, nulls, seed) => Check(
                DataType.Decimal(38, 2), [.. values.Select(value => isWide ? (Int128)value * value : value)], nulls, seed),
            iter: 100);

    [Fact]
    public void Intervals_ReadBack() =>
        Gen.Select(IntegerEncodingTests.Sequences, Gen.Int[0, 4], Gen.Int).Sample(
            (values, nulls, seed) => Check(
                DataType.Interval, [.. values.Select(value => new Interval((int)value, (int)(value >> 3), value))], nulls, seed),
            iter: 50);

    [Fact]
    public void Doubles_ReadBack() =>
        Gen.Select(Gen.Int[0, 2500], Gen.Int[0, 7], Gen.Int[0, 4], Gen.Int).Sample(
            (count, temper, nulls, seed) => Check(DataType.Double, MakeDoubles(count, temper, seed), nulls, seed),
            iter: 300);

    [Fact]
    public void Strings_ReadBack() =>
        Gen.Select(Gen.Int[0, 2500], Gen.Int[0, 13], Gen.Int[0, 4], Gen.Int).Sample(
            (count, temper, nulls, seed) =>
            {
                foreach (bool isUnique in (bool[])[false, true])
                {
                    StringColumn column = Text(MakeStrings(count, temper, seed), Nulls(count, nulls, seed));
                    ColumnCheck.SealAndRead(column, new ColumnStrings(isUnique));
                }
            },
            iter: 200);

    [Fact]
    public void Strings_LongerThanAChunk_ReadBack()
    {
        byte[][] values = [.. Enumerable.Range(0, 12).Select(i => Encoding.UTF8.GetBytes(new string((char)('a' + i), i * 100_000)))];

        ColumnCheck.SealAndRead(Text(values, null), new ColumnStrings(isUnique: true));
        ColumnCheck.SealAndRead(Text(values, null), new ColumnStrings());
    }

    [Fact]
    public void Strings_OfSymbols_ReadBack()
    {
        byte[][] values = MakeStrings(5000, 7, seed: 5);
        StringColumn column = Text(values, null);
        StringRows rows = new(column.Pool, column.Codes);
        var symbols = SymbolTraining.Of(rows.Sample(300));

        var coded = ArenaStrings.Of(DataType.Varchar, rows, symbols, null);

        ColumnCheck.Read(column, coded);
        ColumnCheck.Read(column, ColumnCheck.WriteAndRead(coded, null));
        coded.StringBytes.Should().BeLessThan(values.Sum(value => value.Length) / 2);
    }

    [Fact]
    public void SegmentsOfAColumn_BecomeShared_WhenTheirStringsRepeat()
    {
        var strings = new ColumnStrings();
        string[] forms = [.. Enumerable.Range(0, 6).Select(segment => ColumnCheck.SealAndRead(
            Text(MakeStrings(5000, segment < 2 ? 13 : 2, segment), null), strings).Form)];

        forms[..2].Should().AllSatisfy(form => form.Should().StartWith("symbols"));
        forms[4..].Should().AllSatisfy(form => form.Should().StartWith("codes"));
    }

    [Fact]
    public void SegmentOfStringsOfSeveralPools_ReadsBack_WhenNoneIsLookedFor()
    {
        byte[][] values = [.. Enumerable.Range(0, 6000).Select(row => Encoding.UTF8.GetBytes($"o-{row * 7919L:x16}"))];
        var strings = new ColumnStrings(isUnique: true);
        OpenColumn open = OpenColumn.Create(DataType.Bytes, strings);
        foreach (byte[][] part in values.Chunk(2500)) { open.Append(Text(part, null), 0, part.Length); }

        StringColumn all = Text(values, null);
        ColumnCheck.Read(all, open);
        EncodedColumn isSealed = open.Seal();
        ColumnCheck.Read(all, isSealed);
        isSealed.Form.Should().StartWith("o-{16x}");
    }

    internal static StringColumn Text(IReadOnlyList<byte[]> values, Bitmap? validity)
    {
        var builder = new StringColumnBuilder(DataType.Bytes, new StringPool(isInterned: true));
        for (int row = 0; row < values.Count; row++)
        {
            if (validity is not null && !validity[row]) { builder.AppendNull(); }
            else { builder.Append(values[row]); }
        }

        return (StringColumn)builder.Finish();
    }

    private static void Check<T>(DataType type, T[] values, int nulls, int seed)
        where T : unmanaged
    {
        Bitmap? validity = Nulls(values.Length, nulls, seed);
        for (int row = 0; validity is not null && row < values.Length; row++)
        {
            if (!validity[row]) { values[row] = default; }
        }

        ColumnCheck.SealAndRead(new FixedColumn<T>(type, values, values.Length, validity));
    }

    internal static Bitmap? Nulls(int count, int kind, int seed)
    {
        if (kind == 0 || count == 0) { return null; }

        var random = new Random(seed);
        var validity = new Bitmap(count, value: true);
        for (int row = 0; row < count; row++)
        {
            validity[row] = kind switch
            {
                1 => random.Next(2) == 0,
                2 => random.Next(50) != 0,
                3 => row > count / 2,
                _ => false,
            };
        }

        return validity;
    }

    private static double[] MakeDoubles(int count, int temper, int seed)
    {
        var random = new Random(seed);
        double[] few = [.. Enumerable.Range(0, 30).Select(_ => random.NextDouble())];
        return [.. Enumerable.Range(0, count).Select(_ => temper switch
        {
            0 => random.Next(1_000_000) / 100.0,
            1 => random.NextDouble(),
            2 => 20 + (random.NextDouble() * 5),
            3 => few[random.Next(few.Length)],
            4 => random.Next(40) == 0 ? OddDoubles[random.Next(OddDoubles.Length)] : random.Next(-5000, 5000) / 1000.0,
            5 => OddDoubles[random.Next(OddDoubles.Length)],
            6 => (float)random.NextDouble(),
            _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        })];
    }

    internal static byte[][] MakeStrings(int count, int temper, int seed)
    {
        string[] words = ["the", "quick", "brown", "fox", "Ünïcode", "日本", "\U0001F600", "jumps", "over", "lazy dogs", "http://"];
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(row => temper switch
        {
            8 => RandomBytes(random, random.Next(30)),
            9 => random.Next(100) == 0 ? RandomBytes(random, 70_000) : [],
            _ => Encoding.UTF8.GetBytes(temper switch
            {
                0 => $"o-{random.NextInt64():x16}",
                1 => $"order-{row:d6}",
                2 => $"c-{random.Next(50)}",
                3 => $"{Guid.NewGuid()}",
                4 => $"2024-{random.Next(1, 13):d2}-{random.Next(1, 29):d2}T{random.Next(24):d2}:00:00Z",
                5 => random.Next(60) == 0 ? $"odd {row:x}" : $"item {random.Next(100_000)} of {random.Next(9)}",
                6 => $"+49 170 {random.NextInt64(1_000_000_000_000_000_000):d19}",
                10 => $"{random.Next():X8}-{random.NextInt64():X12}",
                11 => $"{random.NextInt64(0, long.MaxValue):d20}0007",
                12 => "constant",
                13 => string.Join(' ', Enumerable.Range(0, 9).Select(_ => words[random.Next(words.Length)])),
                _ => string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => words[random.Next(words.Length)])),
            }),
        })];
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
