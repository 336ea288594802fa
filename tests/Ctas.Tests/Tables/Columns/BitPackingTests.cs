using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>Values of any width come out of packed data as they went in, from any place on and at any length.</summary>
public sealed class BitPackingTests
{
    public static TheoryData<int> Widths => [.. Enumerable.Range(0, BitPacking.MaxPackedBits + 1), 64];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Unpack_OfAnyPart_GivesWhatWasPacked(int bits)
    {
        const long first = -12_345;
        var random = new Random(bits);
        ulong mask = BitPacking.MaskOf(bits);
        long[] values = [.. Enumerable.Range(0, 300)
            .Select(row => unchecked(first + (long)((row == 7 ? ulong.MaxValue : (ulong)random.NextInt64() * 3) & mask)))];
        byte[] data = BitPacking.Pack(values, first, bits);

        foreach (int start in (int[])[0, 1, 7, 8, 16, 61, 299, 300])
        {
            foreach (int count in (int[])[0, 1, 8, 15, 64, 239, 300 - start])
            {
                if (start + count > values.Length) { continue; }

                ReadOnlySpan<long> expected = values.AsSpan(start, count);
                long[] longs = new long[count];
                int[] ints = new int[count];
                byte[] bytes = new byte[count];
                BitPacking.Unpack<long>(data, bits, first, start, longs);
                BitPacking.Unpack<int>(data, bits, first, start, ints);
                BitPacking.Unpack<byte>(data, bits, first, start, bytes);

                longs.Should().Equal(expected.ToArray());
                ints.Should().Equal(longs.Select(value => unchecked((int)value)));
                bytes.Should().Equal(longs.Select(value => unchecked((byte)value)));
            }
        }
    }
}
