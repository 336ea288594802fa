using System.Buffers.Binary;
using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>64 bits of a value that sort as the value does: most rows are told apart without looking at them again.</summary>
/// <remarks>
/// Equal prefixes mean equal values for integers, booleans, dates, times and doubles; strings are cut to eight bytes, and
/// DECIMALs to the range of BIGINT. NaN sorts above every number, and the two zeros are equal.
/// </remarks>
internal static class SortPrefix
{
    private const ulong Sign = 1UL << 63;

    /// <summary>True when an index can hold values of the type in order.</summary>
    public static bool CanSort(DataType type) =>
        !type.IsNested && type.Kind is not (DataTypeKind.Interval or DataTypeKind.Unknown);

    /// <summary>True when equal prefixes leave open which value is smaller.</summary>
    public static bool IsCut(DataType type) =>
        type.Kind is DataTypeKind.Varchar or DataTypeKind.Bytes or DataTypeKind.Decimal;

    /// <summary>The prefix of a value that is not NULL.</summary>
    public static ulong Of(RowStore rows, int row, int ordinal) => PhysicalTypes.Of(rows.TypeOf(ordinal)) switch
    {
        PhysicalType.Bytes => Of(rows.GetBytes(row, ordinal)),
        PhysicalType.Double => Of(rows.GetDouble(row, ordinal)),
        PhysicalType.Int128 => Of(rows.GetInt128(row, ordinal)),
        _ => Of(rows.GetInt64(row, ordinal)),
    };

    /// <summary>The prefix of a value of a lookup, in the form of the column.</summary>
    public static ulong Of(in KeyPart part, DataType type, ReadOnlySpan<byte> text) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Bytes => Of(text.Slice(part.TextStart, part.TextLength)),
        PhysicalType.Double => Of(BitConverter.Int64BitsToDouble((long)part.Number)),
        PhysicalType.Int128 => Of(part.Number),
        _ => Of((long)part.Number),
    };

    /// <summary>The bits that the first bytes of a string take.</summary>
    public static ulong Mask(int bytes) => bytes switch
    {
        0 => 0,
        >= sizeof(ulong) => ulong.MaxValue,
        _ => ulong.MaxValue << ((sizeof(ulong) - bytes) * 8),
    };

    /// <summary>Which of a row's value and a value of a lookup sorts first; neither is NULL.</summary>
    public static int Compare(RowStore rows, int row, int ordinal, in KeyPart part, ReadOnlySpan<byte> text)
    {
        DataType type = rows.TypeOf(ordinal);
        return PhysicalTypes.Of(type) switch
        {
            PhysicalType.Bytes => rows.GetBytes(row, ordinal).SequenceCompareTo(text.Slice(part.TextStart, part.TextLength)),
            PhysicalType.Int128 => rows.GetInt128(row, ordinal).CompareTo(part.Number),
            _ => Of(rows, row, ordinal).CompareTo(Of(part, type, text)),
        };
    }

    /// <summary>Which of two rows' values sorts first; neither is NULL.</summary>
    public static int Compare(RowStore rows, int left, int right, int ordinal) => PhysicalTypes.Of(rows.TypeOf(ordinal)) switch
    {
        PhysicalType.Bytes => rows.GetBytes(left, ordinal).SequenceCompareTo(rows.GetBytes(right, ordinal)),
        PhysicalType.Int128 => rows.GetInt128(left, ordinal).CompareTo(rows.GetInt128(right, ordinal)),
        _ => Of(rows, left, ordinal).CompareTo(Of(rows, right, ordinal)),
    };

    private static ulong Of(long value) => (ulong)value ^ Sign;

    private static ulong Of(Int128 value) =>
        Of(value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value);

    private static ulong Of(double value)
    {
        ulong bits = (ulong)KeyPart.Bits(double.IsNaN(value) ? double.PositiveInfinity : value);
        ulong ordered = (bits & Sign) == 0 ? bits | Sign : ~bits;
        return double.IsNaN(value) ? ulong.MaxValue : ordered;
    }

    private static ulong Of(ReadOnlySpan<byte> text)
    {
        if (text.Length >= sizeof(ulong)) { return BinaryPrimitives.ReadUInt64BigEndian(text); }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        text.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
