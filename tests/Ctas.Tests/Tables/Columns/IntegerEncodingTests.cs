using CsCheck;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

public sealed class IntegerEncodingTests
{
    /// <summary>Sequences of every temper: wide, narrow, sorted, repeating, with outliers, at the ends of the range.</summary>
    internal static readonly Gen<long[]> Sequences =
        from count in Gen.Frequency((1, Gen.Int[0, 70]), (2, Gen.Int[250, 3000]))
        from temper in Gen.Int[0, 10]
        from low in Gen.Long
        from width in Gen.Int[0, 63]
        from seed in Gen.Int
        select Make(count, temper, low, width, seed);

    [Fact]
    public void Encode_AnySequence_ReadsBack() =>
        Sequences.Sample(values => Check(values, EncodedIntegers.Encode(values)), iter: 400);

    [Fact]
    public void EachForm_AnySequence_ReadsBack() => Sequences.Sample(
        values =>
        {
            Check(values, PackedIntegers.Pack(values));
            Check(values, BlockIntegers.Pack(values));
            Check(values, DictionaryIntegers.Pack(values));
            long[] multiples = [.. values.Select(value => unchecked(value * 1_000_003))];
            Check([.. multiples.Select(value => unchecked(7 + (value * 60)))], new StrideIntegers(7, 60, PackedIntegers.Pack(multiples)));
            if (values.Length == 0) { return; }

            int runs = 1 + Enumerable.Range(1, values.Length - 1).Count(i => values[i] != values[i - 1]);
            Check(values, RunIntegers.Pack(values, runs));
            for (int bits = 1; bits <= BitPacking.MaxPackedBits; bits += 11)
            {
                Check(values, PatchedIntegers.Pack(values, values[values.Length / 2], bits, values.Length));
            }
        },
        iter: 200);

    [Fact]
    public void Encode_WholeSegmentOfEveryWidth_ReadsBack()
    {
        for (int width = 0; width <= 64; width++) { Check(Make(65_536, 0, -5, width, width)); }
    }

    [Theory]
    [InlineData(new long[0], "constant")]
    [InlineData(new[] { long.MinValue, long.MaxValue, 0 }, "64 bits")]
    [InlineData(new[] { 7L, 7, 7 }, "constant")]
    [InlineData(new[] { 7L, 5, 3 }, "sequence")]
    [InlineData(new[] { long.MaxValue, long.MinValue }, "sequence")]
    public void Encode_FewValues_HasForm(long[] values, string form)
    {
        var encoded = EncodedIntegers.Encode(values);

        encoded.Form.Should().Be(form);
        Check(values, encoded);
    }

    [Fact]
    public void Pack_MoreOutliersThanAllowed_IsRefused() =>
        PatchedIntegers.Pack([1, 2, 3, 1000, 2000], @base: 0, bits: 3, maxOutliers: 1).Should().BeNull();

    [Fact]
    public void Pack_MoreDistinctThanAllowed_IsRefused() =>
        DictionaryIntegers.Pack([.. Enumerable.Range(0, DictionaryIntegers.MaxDistinct + 1).Select(i => (long)i)])
            .Should().BeNull();

    private static void Check(long[] values) => Check(values, EncodedIntegers.Encode(values));

    private static void Check(long[] values, EncodedIntegers? encoded)
    {
        if (encoded is null) { return; }

        var buffer = new SegmentBuffer();
        encoded.Write(buffer);
        var read = EncodedIntegers.Read(buffer, values.Length);
        buffer.IsEmpty.Should().BeTrue();
        foreach (EncodedIntegers form in (EncodedIntegers[])[encoded, read])
        {
            form.Count.Should().Be(values.Length);
            for (int i = 0; i < values.Length; i++)
            {
                if (form[i] != values[i]) { throw new InvalidOperationException($"{form.Form}: {form[i]} for {values[i]} at {i}"); }
            }

            foreach (int start in (int[])[0, values.Length / 3, Math.Max(0, values.Length - 1)])
            {
                long[] wide = new long[values.Length - start];
                int[] narrow = new int[values.Length - start];
                byte[] least = new byte[values.Length - start];
                form.CopyTo<long>(start, wide);
                form.CopyTo<int>(start, narrow);
                form.CopyTo<byte>(start, least);
                bool isEqual = wide.AsSpan().SequenceEqual(values.AsSpan(start))
                    && narrow.SequenceEqual(values.Skip(start).Select(value => (int)value))
                    && least.SequenceEqual(values.Skip(start).Select(value => (byte)value));
                if (!isEqual) { throw new InvalidOperationException($"{form.Form} copied from {start} differs"); }
            }
        }
    }

    private static long[] Make(int count, int temper, long low, int width, int seed)
    {
        var random = new Random(seed);
        long mask = width == 0 ? 0 : (long)(ulong.MaxValue >> (64 - width));
        long[] values = new long[count];
        long last = low;
        for (int i = 0; i < count; i++)
        {
            long any = random.NextInt64(long.MinValue, long.MaxValue) & mask;
            values[i] = temper switch
            {
                0 => low + any,
                1 => last += any & 1023,
                2 => random.Next(20) == 0 ? last = low + any : last,
                3 => random.Next(50) == 0 ? any : low + (any & 15),
                4 => low + ((any & 31) * 1_000_000_007),
                5 => last += 1_000_003 + (any & 255),
                6 => random.Next(3) == 0 ? long.MaxValue : long.MinValue,
                7 => last -= any & 7,
                9 => low + ((any & 0xFFFFFF) * 1_000_000),
                10 => unchecked(low + (any << 10)),
                _ => low + i,
            };
        }

        return values;
    }
}
