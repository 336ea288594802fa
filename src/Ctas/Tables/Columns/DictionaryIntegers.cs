using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Few different integers far apart, as codes of a list of them. Immutable.</summary>
internal sealed class DictionaryIntegers : EncodedIntegers
{
    /// <summary>More different integers are not coded.</summary>
    public const int MaxDistinct = 4096;

    private readonly PackedIntegers _codes;
    private readonly PackedIntegers _values;

    private DictionaryIntegers(PackedIntegers codes, PackedIntegers values)
        : base(codes.Count)
    {
        _codes = codes;
        _values = values;
    }

    public override long SizeInBytes => 48 + _codes.SizeInBytes + _values.SizeInBytes;

    public override IntegerEncoding Encoding => IntegerEncoding.Dictionary;

    public override string Form => $"dictionary, {_codes.Form}";

    public override long this[int index] => _values[(int)_codes[index]];

    /// <summary>Codes integers; null when they are more than <see cref="MaxDistinct"/> different ones.</summary>
    public static DictionaryIntegers? Pack(ReadOnlySpan<long> values)
    {
        long[] codes = ArrayPool<long>.Shared.Rent(values.Length);
        long[] distinct = ArrayPool<long>.Shared.Rent(MaxDistinct);
        int count = Number(values, codes, distinct);
        DictionaryIntegers? packed = count < 0 ? null : new DictionaryIntegers(
            PackedIntegers.Pack(codes.AsSpan(0, values.Length), 0, Math.Max(0, count - 1)),
            PackedIntegers.Pack(distinct.AsSpan(0, count)));
        ArrayPool<long>.Shared.Return(codes);
        ArrayPool<long>.Shared.Return(distinct);
        return packed;
    }

    /// <summary>Numbers different integers in the order in which they come; gives how many, negative when too many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Number(ReadOnlySpan<long> values, Span<long> codes, Span<long> distinct)
    {
        // Code + 1 by a hash, at most half full; 0 is free.
        const int slotBits = 13;
        ushort[] slots = new ushort[1 << slotBits];
        int count = 0;
        for (int index = 0; index < values.Length; index++)
        {
            long value = values[index];
            int slot = (int)(unchecked((ulong)value * 0x9E3779B97F4A7C15) >> (64 - slotBits));
            while (slots[slot] != 0 && distinct[slots[slot] - 1] != value) { slot = (slot + 1) & (slots.Length - 1); }

            if (slots[slot] == 0)
            {
                if (count == MaxDistinct) { return -1; }

                distinct[count++] = value;
                slots[slot] = (ushort)count;
            }

            codes[index] = slots[slot] - 1;
        }

        return count;
    }

    public override void CopyTo<T>(int start, Span<T> values)
    {
        T[] distinct = new T[_values.Count];
        _values.CopyTo<T>(0, distinct);
        int[] codes = ArrayPool<int>.Shared.Rent(values.Length);
        _codes.CopyTo(start, codes.AsSpan(0, values.Length));
        for (int i = 0; i < values.Length; i++) { values[i] = distinct[codes[i]]; }

        ArrayPool<int>.Shared.Return(codes);
    }

    internal static DictionaryIntegers ReadContent(ISegmentReader reader, int count)
    {
        PackedIntegers codes = PackedIntegers.ReadContent(reader, count);
        long distinct = reader.ReadInt64();
        if (distinct is < 0 or > MaxDistinct || !codes.AreBelow(distinct)) { throw new InvalidDataException("A code of no integer."); }

        return new DictionaryIntegers(codes, PackedIntegers.ReadContent(reader, (int)distinct));
    }

    protected override void WriteContent(ISegmentWriter writer)
    {
        _codes.WriteTo(writer);
        writer.Write(_values.Count);
        _values.WriteTo(writer);
    }
}
