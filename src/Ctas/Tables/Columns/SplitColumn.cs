using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>DOUBLEs as bits: the high ones as integers that compress, the low ones packed as they are. Immutable.</summary>
/// <remarks>
/// Measurements share sign, exponent and the first bits of the fraction; low bits that are zero in all rows are left
/// out. Source: the split of ALP-RD (Afroozeh et al., SIGMOD 2024).
/// </remarks>
internal sealed class SplitColumn : EncodedColumn
{
    private readonly EncodedIntegers _high;
    private readonly int _zeroBits;
    private readonly int _lowBits;
    private readonly byte[] _low;

    private SplitColumn(DataType type, EncodedIntegers high, LowBits low, NullRows? nulls)
        : base(type, high.Count, nulls)
    {
        _high = high;
        _zeroBits = low.ZeroBits;
        _lowBits = low.Bits;
        _low = low.Data;
    }

    public override long SizeInBytes => 64 + _high.SizeInBytes + ArraySize.Of(_low) + NullBytes;

    public override string Form => $"{_high.Form} + {_lowBits} bits";

    /// <summary>Splits values.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="bits">The bits of the values, without those that are zero in all.</param>
    /// <param name="zeroBits">How many those are.</param>
    /// <param name="lowBits">The bits that are not compressed; at most <see cref="BitPacking.MaxPackedBits"/>.</param>
    /// <param name="nulls">Null when no row is NULL.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SplitColumn Of(DataType type, ReadOnlySpan<long> bits, int zeroBits, int lowBits, NullRows? nulls)
    {
        long[] high = ArrayPool<long>.Shared.Rent(bits.Length);
        for (int row = 0; row < bits.Length; row++) { high[row] = bits[row] >> lowBits; }

        EncodedIntegers encoded = EncodedIntegers.Encode(high.AsSpan(0, bits.Length));
        long mask = (1L << lowBits) - 1;
        for (int row = 0; row < bits.Length; row++) { high[row] = bits[row] & mask; }

        byte[] data = BitPacking.Pack(high.AsSpan(0, bits.Length), 0, lowBits);
        ArrayPool<long>.Shared.Return(high);
        return new SplitColumn(type, encoded, new LowBits(zeroBits, lowBits, data), nulls);
    }

    public override double GetDouble(int row)
    {
        long low = _lowBits == 0 ? 0 : (long)BitPacking.Read(_low, row, _lowBits, BitPacking.MaskOf(_lowBits));
        return BitConverter.Int64BitsToDouble((_high[row] << _lowBits | low) << _zeroBits);
    }

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false)
    {
        double[] values = ArrayFor<double>(count, isLent);
        Span<long> bits = MemoryMarshal.Cast<double, long>(values.AsSpan(0, count));
        _high.CopyTo(start, bits);
        long[] low = ArrayPool<long>.Shared.Rent(count);
        BitPacking.Unpack(_low, _lowBits, 0, start, low.AsSpan(0, count));
        for (int row = 0; row < bits.Length; row++) { bits[row] = (bits[row] << _lowBits | low[row]) << _zeroBits; }

        ArrayPool<long>.Shared.Return(low);
        return Decoded(values, start, count, isLent);
    }

    public override void Write(ISegmentWriter writer)
    {
        WriteHead(writer, ColumnEncoding.Split);
        _high.Write(writer);
        writer.Write(_zeroBits);
        writer.Write(_lowBits);
        writer.Write<byte>(_low);
    }

    internal static SplitColumn Read(DataType type, int count, NullRows? nulls, ISegmentReader reader)
    {
        EncodedIntegers high = EncodedIntegers.Read(reader, count);
        int zeroBits = (int)reader.ReadInt64();
        int lowBits = (int)reader.ReadInt64();
        byte[] data = BitPacking.Checked(reader.ReadArray<byte>(), count, lowBits);
        if (zeroBits is < 0 or > 63) { throw new InvalidDataException($"{zeroBits} bits of a DOUBLE are zero."); }

        return new SplitColumn(type, high, new LowBits(zeroBits, lowBits, data), nulls);
    }

    private readonly record struct LowBits(int ZeroBits, int Bits, byte[] Data);
}
