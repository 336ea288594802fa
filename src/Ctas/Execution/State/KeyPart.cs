using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// One column of a packed key: at most 64 bits at a fixed place, and one bit that says it is not NULL.
/// </summary>
/// <param name="type">Type of the column.</param>
internal abstract class KeyPart(DataType type)
{
    protected DataType Type { get; } = type;

    /// <summary>Bytes held beside the keys.</summary>
    public virtual long SizeInBytes => 0;

    /// <summary>The part of a type; takes its place at the end of the bits used so far.</summary>
    public static KeyPart Create(DataType type, ref int bits) => type.Kind switch
    {
        DataTypeKind.Boolean => new WordPart<bool, BooleanBits>(type, KeyBits.Take(1, ref bits)),
        DataTypeKind.Int or DataTypeKind.Date => new WordPart<int, IntBits>(type, KeyBits.Take(32, ref bits)),
        DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp =>
            new WordPart<long, BigIntBits>(type, KeyBits.Take(64, ref bits)),
        DataTypeKind.Double => new WordPart<double, DoubleBits>(type, KeyBits.Take(64, ref bits)),
        DataTypeKind.Decimal => new DecimalPart(type, KeyBits.Take(64, ref bits), KeyBits.Take(64, ref bits)),
        DataTypeKind.Interval => new IntervalPart(type, KeyBits.Take(32, ref bits)),
        _ when type.IsByteString =>
            new StringPart(type, KeyBits.TakeWithoutValidity(32, ref bits)),
        _ => throw new UnreachableException($"No key form for {type}."),
    };

    /// <summary>Like <see cref="Create"/>, but values are equal only when every bit of them is: −0 is not 0.</summary>
    public static KeyPart CreateExact(DataType type, ref int bits) => type.Kind switch
    {
        DataTypeKind.Double => new WordPart<double, RawDoubleBits>(type, KeyBits.Take(64, ref bits)),
        DataTypeKind.Interval => new RawIntervalPart(type, KeyBits.Take(64, ref bits), KeyBits.Take(64, ref bits)),
        _ => Create(type, ref bits),
    };

    /// <summary>Writes a column into packed rows whose bits here are clear.</summary>
    /// <param name="marks">
    /// Gets −1 for a row with NULL, or with a string that is not known and is not to be added.
    /// </param>
    public abstract void Pack(Column column, Span<ulong> packed, int width, Span<int> marks, bool adds);

    /// <summary>Reads the column back, in memory of a kind.</summary>
    public abstract Column Unpack(ReadOnlySpan<ulong> packed, int width, ColumnMemory memory);
}

/// <summary>Where a value and its validity bit lie in a packed key.</summary>
internal readonly record struct KeyBits(int Word, int Shift, int ValidWord, int ValidShift)
{
    /// <summary>Takes the next bits, and one that says the value is not NULL; a value never crosses a word.</summary>
    public static KeyBits Take(int length, ref int bits)
    {
        KeyBits taken = TakeWithoutValidity(length, ref bits);
        int validAt = bits++;
        return taken with { ValidWord = validAt >> 6, ValidShift = validAt & 63 };
    }

    /// <summary>Takes the next bits for a value that tells NULL by itself.</summary>
    public static KeyBits TakeWithoutValidity(int length, ref int bits)
    {
        if ((bits & 63) + length > 64) { bits = (bits + 63) & ~63; }

        int at = bits;
        bits += length;
        return new KeyBits(at >> 6, at & 63, 0, 0);
    }

    public void Write(Span<ulong> key, ulong value)
    {
        key[Word] |= value << Shift;
        key[ValidWord] |= 1UL << ValidShift;
    }

    public bool IsValid(ReadOnlySpan<ulong> key) => (key[ValidWord] >> ValidShift & 1) != 0;

    public ulong Read(ReadOnlySpan<ulong> key) => key[Word] >> Shift;
}

/// <summary>A value as bits that are equal exactly when the values are.</summary>
internal interface IBits<T>
{
    static abstract ulong Of(T value);

    /// <summary>The value; bits above its own do not count.</summary>
    static abstract T From(ulong bits);
}

internal readonly struct BooleanBits : IBits<bool>
{
    public static ulong Of(bool value) => value ? 1UL : 0;

    public static bool From(ulong bits) => (bits & 1) != 0;
}

internal readonly struct IntBits : IBits<int>
{
    public static ulong Of(int value) => (uint)value;

    public static int From(ulong bits) => (int)(uint)bits;
}

internal readonly struct BigIntBits : IBits<long>
{
    public static ulong Of(long value) => (ulong)value;

    public static long From(ulong bits) => (long)bits;
}

/// <summary>All NaNs are one, and −0 is 0.</summary>
internal readonly struct DoubleBits : IBits<double>
{
    public static ulong Of(double value) =>
        BitConverter.DoubleToUInt64Bits(double.IsNaN(value) ? double.NaN : value == 0 ? 0 : value);

    public static double From(ulong bits) => BitConverter.UInt64BitsToDouble(bits);
}

/// <summary>The bits as they are.</summary>
internal readonly struct RawDoubleBits : IBits<double>
{
    public static ulong Of(double value) => BitConverter.DoubleToUInt64Bits(value);

    public static double From(ulong bits) => BitConverter.UInt64BitsToDouble(bits);
}

/// <summary>A value of at most 64 bits.</summary>
internal sealed class WordPart<T, TBits>(DataType type, KeyBits bits) : KeyPart(type)
    where T : unmanaged
    where TBits : struct, IBits<T>
{
    [MethodImpl(HotLoop.Options)]
    public override void Pack(Column column, Span<ulong> packed, int width, Span<int> marks, bool adds)
    {
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values;
        for (int row = 0; row < values.Length; row++)
        {
            if (column.IsNull(row)) { marks[row] = -1; }
            else { bits.Write(packed.Slice(row * width, width), TBits.Of(values[row])); }
        }
    }

    [MethodImpl(HotLoop.Options)]
    public override Column Unpack(ReadOnlySpan<ulong> packed, int width, ColumnMemory memory)
    {
        int count = packed.Length / width;
        T[] values = memory.Allocate<T>(count);
        Bitmap? validity = null;
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<ulong> key = packed.Slice(row * width, width);
            bool isValid = bits.IsValid(key);
            values[row] = isValid ? TBits.From(bits.Read(key)) : default;
            if (isValid) { continue; }

            validity ??= new Bitmap(count, value: true);
            validity[row] = false;
        }

        return memory.Column(Type, values, count, validity);
    }
}

/// <summary>A DECIMAL, in two words.</summary>
internal sealed class DecimalPart(DataType type, KeyBits low, KeyBits high) : KeyPart(type)
{
    [MethodImpl(HotLoop.Options)]
    public override void Pack(Column column, Span<ulong> packed, int width, Span<int> marks, bool adds)
    {
        ReadOnlySpan<Int128> values = ((FixedColumn<Int128>)column).Values;
        for (int row = 0; row < values.Length; row++)
        {
            if (column.IsNull(row))
            {
                marks[row] = -1;
                continue;
            }

            low.Write(packed.Slice(row * width, width), (ulong)values[row]);
            high.Write(packed.Slice(row * width, width), (ulong)(values[row] >> 64));
        }
    }

    [MethodImpl(HotLoop.Options)]
    public override Column Unpack(ReadOnlySpan<ulong> packed, int width, ColumnMemory memory)
    {
        var builder = new FixedColumnBuilder<Int128>(Type);
        for (int row = 0; row < packed.Length / width; row++)
        {
            ReadOnlySpan<ulong> key = packed.Slice(row * width, width);
            if (low.IsValid(key)) { builder.Append(new Int128(high.Read(key), low.Read(key))); }
            else { builder.AppendNull(); }
        }

        return builder.Finish();
    }
}

/// <summary>An INTERVAL as it is written: its parts, in two words.</summary>
internal sealed class RawIntervalPart(DataType type, KeyBits calendar, KeyBits clock) : KeyPart(type)
{
    [MethodImpl(HotLoop.Options)]
    public override void Pack(Column column, Span<ulong> packed, int width, Span<int> marks, bool adds)
    {
        ReadOnlySpan<Interval> values = ((FixedColumn<Interval>)column).Values;
        for (int row = 0; row < values.Length; row++)
        {
            if (column.IsNull(row))
            {
                marks[row] = -1;
                continue;
            }

            Span<ulong> key = packed.Slice(row * width, width);
            calendar.Write(key, ((ulong)(uint)values[row].Months << 32) | (uint)values[row].Days);
            clock.Write(key, (ulong)values[row].Microseconds);
        }
    }

    [MethodImpl(HotLoop.Options)]
    public override Column Unpack(ReadOnlySpan<ulong> packed, int width, ColumnMemory memory)
    {
        var builder = new FixedColumnBuilder<Interval>(Type);
        for (int row = 0; row < packed.Length / width; row++)
        {
            ReadOnlySpan<ulong> key = packed.Slice(row * width, width);
            ulong parts = calendar.Read(key);
            if (!calendar.IsValid(key)) { builder.AppendNull(); }
            else { builder.Append(new Interval((int)(parts >> 32), (int)(uint)parts, (long)clock.Read(key))); }
        }

        return builder.Finish();
    }
}
