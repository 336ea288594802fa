using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>
/// Integers as differences to a line through their block: for sorted, time-like and slowly moving values. Immutable.
/// </summary>
/// <remarks>
/// All blocks have the slope of the whole sequence and a base of their own, so a read stays two loads, where sums of
/// differences would need the whole block. Source: Liu et al., LeCo: Lightweight Compression via Learning Serial
/// Correlations, SIGMOD 2024 (linear models of fixed partitions).
/// </remarks>
internal sealed class BlockIntegers : EncodedIntegers
{
    private const int BlockBits = 6;
    private const int BlockLength = 1 << BlockBits;
    private const int BlockMask = BlockLength - 1;

    // The slope is a fixed-point number of so many binary places.
    private const int SlopeBits = 16;

    private readonly long _slope;
    private readonly PackedIntegers _bases;
    private readonly int _bits;
    private readonly ulong _mask;
    private readonly byte[] _data;

    private BlockIntegers(long slope, PackedIntegers bases, int bits, byte[] data, int count)
        : base(count)
    {
        _slope = slope;
        _bases = bases;
        _bits = bits;
        _mask = BitPacking.MaskOf(bits);
        _data = data;
    }

    public override long SizeInBytes => 72 + _bases.SizeInBytes + ArraySize.Of(_data);

    public override IntegerEncoding Encoding => IntegerEncoding.Blocks;

    public override string Form => $"{_bits} bits in blocks";

    public override long this[int index]
    {
        get
        {
            ulong difference = _bits == 0 ? 0 : BitPacking.Read(_data, index, _bits, _mask);
            return unchecked(_bases[index >> BlockBits] + Line(_slope, index & BlockMask) + (long)difference);
        }
    }

    /// <summary>Packs integers block by block.</summary>
    public static BlockIntegers Pack(ReadOnlySpan<long> values)
    {
        long slope = SlopeOf(values);
        long[] differences = ArrayPool<long>.Shared.Rent(values.Length);
        long[] bases = new long[(values.Length + BlockMask) >> BlockBits];
        ulong max = 0;
        for (int block = 0; block < bases.Length; block++)
        {
            int start = block << BlockBits;
            ReadOnlySpan<long> given = values.Slice(start, Math.Min(BlockLength, values.Length - start));
            max |= Reduce(given, slope, differences.AsSpan(start, given.Length), out bases[block]);
        }

        int bits = BitPacking.WidthOf(max);
        byte[] data = BitPacking.Pack(differences.AsSpan(0, values.Length), 0, bits);
        ArrayPool<long>.Shared.Return(differences);
        return new BlockIntegers(slope, PackedIntegers.Pack(bases), bits, data, values.Length);
    }

    /// <summary>The bits an integer would take, bases included, as far as some of the blocks tell.</summary>
    public static int EstimateBits(ReadOnlySpan<long> values)
    {
        const int wanted = 16, baseBits = 1;
        if (values.Length < BlockLength) { return 64; }

        long slope = SlopeOf(values);
        int blocks = values.Length >> BlockBits;
        Span<long> differences = stackalloc long[BlockLength];
        ulong max = 0;
        for (int sample = 0; sample < wanted; sample++)
        {
            int block = (int)((long)sample * blocks / wanted);
            max |= Reduce(values.Slice(block << BlockBits, BlockLength), slope, differences, out _);
        }

        return BitPacking.WidthOf(max) + baseBits;
    }

    public override void CopyTo<T>(int start, Span<T> values)
    {
        BitPacking.Unpack(_data, _bits, 0, start, values);
        for (int i = 0; i < values.Length;)
        {
            int index = start + i;
            long first = _bases[index >> BlockBits];
            int inBlock = index & BlockMask;
            int end = Math.Min(values.Length, i + BlockLength - inBlock);
            for (; i < end; i++, inBlock++)
            {
                long difference = typeof(T) == typeof(long) ? Unsafe.As<T, long>(ref values[i]) : BitPacking.Low(values[i]);
                values[i] = BitPacking.Narrow<T>(unchecked(first + Line(_slope, inBlock) + difference));
            }
        }
    }

    internal static BlockIntegers ReadContent(ISegmentReader reader, int count)
    {
        long slope = reader.ReadInt64();
        int bits = (int)reader.ReadInt64();
        PackedIntegers bases = PackedIntegers.ReadContent(reader, (count + BlockMask) >> BlockBits);
        return new BlockIntegers(slope, bases, bits, BitPacking.Checked(reader.ReadArray<byte>(), count, bits), count);
    }

    protected override void WriteContent(ISegmentWriter writer)
    {
        writer.Write(_slope);
        writer.Write(_bits);
        _bases.WriteTo(writer);
        writer.Write<byte>(_data);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Line(long slope, int inBlock) => unchecked(slope * inBlock) >> SlopeBits;

    private static long SlopeOf(ReadOnlySpan<long> values)
    {
        if (values.Length < 2) { return 0; }

        Int128 slope = (((Int128)values[^1] - values[0]) << SlopeBits) / (values.Length - 1);

        // A line so steep would leave the range inside a block.
        return Int128.Abs(slope) > long.MaxValue >> BlockBits ? 0 : (long)slope;
    }

    /// <summary>The differences of a block to its line, from its lowest on; gives their bits, or-ed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Reduce(ReadOnlySpan<long> values, long slope, Span<long> differences, out long lowest)
    {
        lowest = long.MaxValue;
        for (int i = 0; i < values.Length; i++)
        {
            long difference = unchecked(values[i] - Line(slope, i));
            differences[i] = difference;
            lowest = Math.Min(lowest, difference);
        }

        ulong bits = 0;
        for (int i = 0; i < values.Length; i++)
        {
            differences[i] = unchecked(differences[i] - lowest);
            bits |= (ulong)differences[i];
        }

        return bits;
    }
}
