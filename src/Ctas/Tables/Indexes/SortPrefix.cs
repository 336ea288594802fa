using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>64 bits of a value that sort as the value does: most rows are told apart without looking at them again.</summary>
/// <remarks>
/// Equal prefixes mean equal values for integers, booleans, dates, times and doubles. Of a string they hold seven bytes and
/// how many there are, of a DECIMAL the range of BIGINT. NaN sorts above every number, and the two zeros are equal.
/// </remarks>
[SkipLocalsInit] // Strings are decoded on the stack.
internal static class SortPrefix
{
    /// <summary>Bytes of a string in its prefix.</summary>
    public const int TextBytes = sizeof(ulong) - 1;

    private const int BufferBytes = 256;
    private const ulong Sign = 1UL << 63;

    /// <summary>True when an index can hold values of the type in order.</summary>
    public static bool CanSort(DataType type) =>
        !type.IsNested && type.Kind is not (DataTypeKind.Interval or DataTypeKind.Unknown);

    /// <summary>True when equal prefixes may leave open which value is smaller.</summary>
    public static bool IsCut(DataType type) =>
        type.Kind is DataTypeKind.Varchar or DataTypeKind.Bytes or DataTypeKind.Decimal;

    /// <summary>True when all values with this prefix are equal.</summary>
    public static bool IsWhole(ulong prefix, DataType type) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Bytes => (byte)prefix <= TextBytes,
        PhysicalType.Int128 => prefix is not (0 or ulong.MaxValue),
        _ => true,
    };

    /// <summary>The prefix of a value that is not NULL.</summary>
    public static ulong Of(RowStore rows, int row, int ordinal)
    {
        switch (PhysicalTypes.Of(rows.TypeOf(ordinal)))
        {
            case PhysicalType.Bytes:
                Span<byte> buffer = stackalloc byte[BufferBytes];
                return OfText(Read(rows, row, ordinal, buffer));
            case PhysicalType.Double: return Of(rows.GetDouble(row, ordinal));
            case PhysicalType.Int128: return Of(rows.GetInt128(row, ordinal));
            default: return Of(rows.GetInt64(row, ordinal));
        }
    }

    /// <summary>The prefix of a value of a lookup, in the form of the column.</summary>
    public static ulong Of(in KeyPart part, DataType type, ReadOnlySpan<byte> text) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Bytes => OfText(text.Slice(part.TextStart, part.TextLength)),
        PhysicalType.Double => Of(BitConverter.Int64BitsToDouble((long)part.Number)),
        PhysicalType.Int128 => Of(part.Number),
        _ => Of((long)part.Number),
    };

    /// <summary>The prefix of what a string has from a byte on: of strings equal before it, which sorts first.</summary>
    public static ulong OfText(RowStore rows, int row, int ordinal, int start)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        ReadOnlySpan<byte> text = Read(rows, row, ordinal, buffer);
        return OfText(text[Math.Min(start, text.Length)..]);
    }

    /// <summary>The bits of a prefix that the first bytes of a string take.</summary>
    public static ulong Mask(int bytes) => bytes == 0 ? 0 : ulong.MaxValue << ((sizeof(ulong) - Math.Min(bytes, TextBytes)) * 8);

    /// <summary>Which of a row's value and a value of a lookup sorts first; neither is NULL.</summary>
    public static int Compare(RowStore rows, int row, int ordinal, in KeyPart part, ReadOnlySpan<byte> text)
    {
        DataType type = rows.TypeOf(ordinal);
        switch (PhysicalTypes.Of(type))
        {
            case PhysicalType.Bytes:
                Span<byte> buffer = stackalloc byte[BufferBytes];
                return Read(rows, row, ordinal, buffer).SequenceCompareTo(text.Slice(part.TextStart, part.TextLength));
            case PhysicalType.Int128: return rows.GetInt128(row, ordinal).CompareTo(part.Number);
            default: return Of(rows, row, ordinal).CompareTo(Of(part, type, text));
        }
    }

    /// <summary>Where a row's text stands against the texts that begin so.</summary>
    public static int CompareStart(RowStore rows, int row, int ordinal, in KeyPart start, ReadOnlySpan<byte> text)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        ReadOnlySpan<byte> wanted = text.Slice(start.TextStart, start.TextLength);
        ReadOnlySpan<byte> value = Read(rows, row, ordinal, buffer);
        return value.StartsWith(wanted) ? 0 : value.SequenceCompareTo(wanted);
    }

    /// <summary>Which of two rows' values sorts first; neither is NULL.</summary>
    public static int Compare(RowStore rows, int left, int right, int ordinal)
    {
        switch (PhysicalTypes.Of(rows.TypeOf(ordinal)))
        {
            case PhysicalType.Bytes:
                Span<byte> leftBuffer = stackalloc byte[BufferBytes];
                Span<byte> rightBuffer = stackalloc byte[BufferBytes];
                return Read(rows, left, ordinal, leftBuffer).SequenceCompareTo(Read(rows, right, ordinal, rightBuffer));
            case PhysicalType.Int128: return rows.GetInt128(left, ordinal).CompareTo(rows.GetInt128(right, ordinal));
            default: return Of(rows, left, ordinal).CompareTo(Of(rows, right, ordinal));
        }
    }

    /// <summary>A string of a row: in the buffer when it fits, which never allocates.</summary>
    private static ReadOnlySpan<byte> Read(RowStore rows, int row, int ordinal, Span<byte> buffer)
    {
        int length = rows.CopyBytes(row, ordinal, buffer);
        return length < 0 ? rows.GetBytes(row, ordinal) : buffer[..length];
    }

    private static ulong Of(long value) => (ulong)value ^ Sign;

    private static ulong Of(Int128 value) =>
        Of(value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value);

    private static ulong Of(double value)
    {
        ulong bits = (ulong)KeyPart.Bits(double.IsNaN(value) ? double.PositiveInfinity : value);
        ulong ordered = (bits & Sign) == 0 ? bits | Sign : ~bits;
        return double.IsNaN(value) ? ulong.MaxValue : ordered;
    }

    // Seven bytes, then how many bytes there are: a string sorts behind those that it begins with.
    private static ulong OfText(ReadOnlySpan<byte> text)
    {
        if (text.Length > TextBytes) { return (BinaryPrimitives.ReadUInt64BigEndian(text) & ~0xFFUL) | (TextBytes + 1); }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        text.CopyTo(padded);
        padded[TextBytes] = (byte)text.Length;
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
