using System.Buffers;

namespace Ctas.Tables.Columns;

/// <summary>A sequence of integers in some compressed form. Immutable.</summary>
internal abstract class EncodedIntegers
{
    private protected EncodedIntegers(int count) => Count = count;

    /// <summary>Number of integers.</summary>
    public int Count { get; }

    /// <summary>Bytes kept alive, object headers included.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>The form.</summary>
    public abstract IntegerEncoding Encoding { get; }

    /// <summary>The encoding in words.</summary>
    public abstract string Form { get; }

    /// <summary>One integer. Cost of a load or two; of a binary search among runs.</summary>
    public abstract long this[int index] { get; }

    /// <summary>The form that takes the least room, or nearly: chosen by a sample. Cost of a few nanoseconds each.</summary>
    public static EncodedIntegers Encode(ReadOnlySpan<long> values) => IntegerEncoder.Encode(values);

    /// <summary>Integers from <paramref name="start"/> on; of each its low bytes are kept.</summary>
    /// <typeparam name="T">A type of at most eight bytes.</typeparam>
    public abstract void CopyTo<T>(int start, Span<T> values)
        where T : unmanaged;

    /// <summary>Bounds, both inclusive, of all integers; wider than need be where that is quicker.</summary>
    public virtual (long Min, long Max) Bounds()
    {
        if (Count == 0) { return (0, 0); }

        long[] values = ArrayPool<long>.Shared.Rent(Count);
        CopyTo(0, values.AsSpan(0, Count));
        (long min, long max) = (values[0], values[0]);
        foreach (long value in values.AsSpan(1, Count - 1)) { (min, max) = (Math.Min(min, value), Math.Max(max, value)); }

        ArrayPool<long>.Shared.Return(values);
        return (min, max);
    }

    /// <summary>Writes the form down and what it needs.</summary>
    public void Write(ISegmentWriter writer)
    {
        writer.Write((long)Encoding);
        WriteContent(writer);
    }

    /// <summary>Reads what was written of <paramref name="count"/> integers.</summary>
    /// <exception cref="InvalidDataException">It is no form of so many integers.</exception>
    public static EncodedIntegers Read(ISegmentReader reader, int count)
    {
        long encoding = reader.ReadInt64();
        return (IntegerEncoding)encoding switch
        {
            IntegerEncoding.Packed => PackedIntegers.ReadContent(reader, count),
            IntegerEncoding.Blocks => BlockIntegers.ReadContent(reader, count),
            IntegerEncoding.Patched => PatchedIntegers.ReadContent(reader, count),
            IntegerEncoding.Runs => RunIntegers.ReadContent(reader, count),
            IntegerEncoding.Dictionary => DictionaryIntegers.ReadContent(reader, count),
            IntegerEncoding.Stride => StrideIntegers.ReadContent(reader, count),
            _ => throw new InvalidDataException($"There is no form {encoding} of integers."),
        };
    }

    /// <summary>True when all are from 0 to below a number.</summary>
    public bool AreBelow(long end)
    {
        const int atOnce = 256;
        Span<long> values = stackalloc long[atOnce];
        for (int start = 0; start < Count; start += atOnce)
        {
            Span<long> some = values[..Math.Min(atOnce, Count - start)];
            CopyTo(start, some);
            if (some.ContainsAnyExceptInRange(0, end - 1)) { return false; }
        }

        return true;
    }

    protected abstract void WriteContent(ISegmentWriter writer);
}
