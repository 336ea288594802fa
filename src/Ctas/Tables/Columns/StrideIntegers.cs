using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Integers that are a base and multiples of one number, as seconds are in microseconds. Immutable.</summary>
internal sealed class StrideIntegers : EncodedIntegers
{
    private readonly long _base;
    private readonly long _stride;
    private readonly EncodedIntegers _multiples;

    /// <summary>The integers base + stride · multiple; the sums may wrap around.</summary>
    public StrideIntegers(long @base, long stride, EncodedIntegers multiples)
        : base(multiples.Count)
    {
        _base = @base;
        _stride = stride;
        _multiples = multiples;
    }

    public override long SizeInBytes => 48 + _multiples.SizeInBytes;

    public override IntegerEncoding Encoding => IntegerEncoding.Stride;

    public override string Form => $"{_multiples.Form} × {_stride}";

    public override long this[int index] => unchecked(_base + (_stride * _multiples[index]));

    public override (long Min, long Max) Bounds()
    {
        (long min, long max) = _multiples.Bounds();
        Int128 first = _base + ((Int128)_stride * min), last = _base + ((Int128)_stride * max);
        return Int128.Min(first, last) < long.MinValue || Int128.Max(first, last) > long.MaxValue
            ? (long.MinValue, long.MaxValue)
            : ((long)Int128.Min(first, last), (long)Int128.Max(first, last));
    }

    public override void CopyTo<T>(int start, Span<T> values)
    {
        _multiples.CopyTo(start, values);
        if (typeof(T) == typeof(long))
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = BitPacking.Narrow<T>(unchecked(_base + (_stride * Unsafe.As<T, long>(ref values[i]))));
            }

            return;
        }

        // The low bytes of a product need the low bytes of its factors only.
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BitPacking.Narrow<T>(unchecked(_base + (_stride * BitPacking.Low(values[i]))));
        }
    }

    internal static StrideIntegers ReadContent(ISegmentReader reader, int count)
    {
        long first = reader.ReadInt64();
        long stride = reader.ReadInt64();
        EncodedIntegers multiples = Read(reader, count);
        return multiples is StrideIntegers
            ? throw new InvalidDataException("Multiples of multiples.")
            : new StrideIntegers(first, stride, multiples);
    }

    protected override void WriteContent(ISegmentWriter writer)
    {
        writer.Write(_base);
        writer.Write(_stride);
        _multiples.Write(writer);
    }
}
