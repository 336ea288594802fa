using System.Globalization;
using System.Text;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>What a whole segment of typical data is encoded as.</summary>
public sealed class EncodingChoiceTests
{
    private const int Rows = CompactSegment.MaxRows;

    [Theory]
    [InlineData("random key", "o-{16x}: 64 bits", 8.1)]
    [InlineData("guid", "{8x}-{4x}-{4x}-{4x}-{12x}: 32 bits, 16 bits, 16 bits, 16 bits, 48 bits", 16.1)]
    [InlineData("counting key", "order-{6d}: sequence", 0.1)]
    [InlineData("growing key", "{1d}: sequence", 0.1)]
    [InlineData("few strings", "codes, 3 bits", 0.4)]
    [InlineData("sorted few strings", "codes, runs", 0.1)]
    [InlineData("one string", "codes, constant", 0.1)]
    [InlineData("sentences", "symbols, 6 bits in blocks", 20)]
    [InlineData("random bytes", "arena, 5 bits in blocks", 12)]
    public void Strings_AreEncodedAs(string data, string form, double mostBytes)
    {
        var random = new Random(1);
        string[] words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"];
        var values = Enumerable.Range(0, Rows).Select(row => data switch
        {
            "random key" => Text($"o-{random.NextInt64():x16}"),
            "guid" => Text($"{new Guid(Bytes(random, 16))}"),
            "counting key" => Text($"order-{row:d6}"),
            "growing key" => Text($"{row + 50_000}"),
            "few strings" => Text($"city-{random.Next(8)}"),
            "sorted few strings" => Text($"city-{row / 20_000}"),
            "one string" => Text($"always"),
            "sentences" => Text($"{string.Join(' ', Enumerable.Range(0, 10).Select(_ => words[random.Next(8)]))}"),
            _ => Bytes(random, 10 + random.Next(3)),
        });

        Check(ColumnRoundTripTests.Text([.. values], null), form, mostBytes);
    }

    [Theory]
    [InlineData("counter", "sequence", 0.1)]
    [InlineData("clock", "6 bits in blocks × 1000", 1.1)]
    [InlineData("seconds", "29 bits × 1000000", 3.7)]
    [InlineData("outliers", "5 bits patched", 0.8)]
    [InlineData("far apart", "dictionary, 4 bits", 0.6)]
    [InlineData("steps", "runs", 0.1)]
    [InlineData("random", "64 bits", 8.1)]
    public void Integers_AreEncodedAs(string data, string form, double mostBytes)
    {
        var random = new Random(2);
        long now = 1_700_000_000_000_000;
        long[] values = [.. Enumerable.Range(0, Rows).Select(row => data switch
        {
            "counter" => 1_000_000 + row,
            "clock" => now += 1000 * random.Next(8, 13),
            "seconds" => 1_400_000_000_000_000 + (random.NextInt64(400_000_000) * 1_000_000),
            "outliers" => random.Next(500) == 0 ? random.NextInt64() : random.Next(25),
            "far apart" => random.Next(10) * 1_234_567_891L * (1 + random.Next(1)),
            "steps" => row / 1000 * 17,
            _ => random.NextInt64(long.MinValue, long.MaxValue),
        })];

        Check(new FixedColumn<long>(DataType.BigInt, values, Rows), form, mostBytes);
    }

    [Theory]
    [InlineData("prices", "20 bits / 100", 2.6)]
    [InlineData("prices and NaN", "20 bits / 100, exceptions", 2.7)]
    [InlineData("whole", "10 bits / 1", 1.3)]
    [InlineData("levels", "dictionary, 5 bits + 0 bits", 0.7)]
    [InlineData("floats", "23 bits + 0 bits", 3)]
    [InlineData("noise", "dictionary, 9 bits + 48 bits", 7.2)]
    [InlineData("anything", "plain", 8.1)]
    public void Doubles_AreEncodedAs(string data, string form, double mostBytes)
    {
        var random = new Random(3);
        double[] levels = [.. Enumerable.Range(0, 20).Select(_ => random.NextDouble())];
        double[] values = [.. Enumerable.Range(0, Rows).Select(row => data switch
        {
            "prices" => random.Next(100, 1_000_000) / 100.0,
            "prices and NaN" => random.Next(1000) == 0 ? double.NaN : random.Next(100, 1_000_000) / 100.0,
            "whole" => random.Next(1000),
            "levels" => levels[random.Next(levels.Length)],
            "floats" => (float)(1 + random.NextDouble()),
            "noise" => random.NextDouble() - 0.5,
            _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        })];

        Check(new FixedColumn<double>(DataType.Double, values, Rows), form, mostBytes);
    }

    private static void Check(Column column, string form, double mostBytes)
    {
        EncodedColumn encoded = ColumnCheck.SealAndRead(column);

        encoded.Form.Should().Be(form);
        ((double)encoded.SizeInBytes / Rows).Should().BeLessThan(mostBytes);
    }

    private static byte[] Text(FormattableString text) => Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture));

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
