using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Integers as differences to a base, in as many bits as the largest difference needs. Immutable.</summary>
/// <remarks>
/// A constant takes no bits, and neither does a sequence of equal steps. Source: frame-of-reference coding (Goldstein
/// et al., Compressing Relations and Indexes, ICDE 1998).
/// </remarks>
internal sealed class PackedIntegers : EncodedIntegers
{
    private readonly long _base;
    private readonly long _step;
    private readonly int _bits;
    private readonly ulong _mask;
    private readonly byte[] _data;

    private PackedIntegers(long @base, long step, int bits, byte[] data, int count)
        : base(count)
    {
        _base = @base;
        _step = step;
        _bits = bits;
        _mask = BitPacking.MaskOf(bits);
        _data = data;
    }

    public override long SizeInBytes => 72 + ArraySize.Of(_data);

    public override IntegerEncoding Encoding => IntegerEncoding.Packed;

    public override string Form => _bits > 0 ? $"{_bits} bits" : _step == 0 ? "constant" : "sequence";

    /// <summary>Bits of each integer.</summary>
    public int Bits => _bits;

    public override long this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => unchecked(_bits == 0
            ? _base + (_step * index)
            : _base + (long)BitPacking.Read(_data, index, _bits, _mask));
    }

    /// <summary>Packs integers from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static PackedIntegers Pack(ReadOnlySpan<long> values, long min, long max)
    {
        int bits = BitPacking.WidthOf(unchecked((ulong)(max - min)));
        return new PackedIntegers(min, 0, bits, BitPacking.Pack(values, min, bits), values.Length);
    }

    /// <summary>Packs integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PackedIntegers Pack(ReadOnlySpan<long> values)
    {
        long min = values.Length == 0 ? 0 : long.MaxValue, max = values.Length == 0 ? 0 : long.MinValue;
        foreach (long value in values)
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return Pack(values, min, max);
    }

    /// <summary>The integers first, first + step, first + 2 step …</summary>
    public static PackedIntegers Sequence(long first, long step, int count) => new(first, step, 0, [], count);

    public override (long Min, long Max) Bounds()
    {
        if (_bits == 0)
        {
            // A sequence may wrap around.
            Int128 last = _base + ((Int128)_step * Math.Max(0, Count - 1));
            return last < long.MinValue || last > long.MaxValue
                ? (long.MinValue, long.MaxValue)
                : (Math.Min(_base, (long)last), Math.Max(_base, (long)last));
        }

        // Exactly where it matters: numbers of more bits lie far apart in any case.
        const int narrowBits = 31;
        if (_bits <= narrowBits) { return base.Bounds(); }

        long max = unchecked(_base + (long)_mask);
        return max < _base ? (long.MinValue, long.MaxValue) : (_base, max);
    }

    public override void CopyTo<T>(int start, Span<T> values)
    {
        if (_bits > 0 || _step == 0)
        {
            BitPacking.Unpack(_data, _bits, _base, start, values);
            return;
        }

        long value = unchecked(_base + (_step * start));
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BitPacking.Narrow<T>(value);
            value = unchecked(value + _step);
        }
    }

    internal static PackedIntegers ReadContent(ISegmentReader reader, int count)
    {
        long first = reader.ReadInt64();
        long step = reader.ReadInt64();
        int bits = (int)reader.ReadInt64();
        return new PackedIntegers(first, step, bits, BitPacking.Checked(reader.ReadArray<byte>(), count, bits), count);
    }

    /// <summary>Writes the content without its form, for owners that hold no other form.</summary>
    internal void WriteTo(ISegmentWriter writer) => WriteContent(writer);

    protected override void WriteContent(ISegmentWriter writer)
    {
        writer.Write(_base);
        writer.Write(_step);
        writer.Write(_bits);
        writer.Write<byte>(_data);
    }
}
