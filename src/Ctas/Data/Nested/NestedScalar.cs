using System.Buffers.Binary;

namespace Ctas.Data.Nested;

/// <summary>Scalars inside nested values: from bytes and to bytes. The forms are at <see cref="ValueShape"/>.</summary>
internal static class NestedScalar
{
    /// <summary>A BOOLEAN, INT, BIGINT, DATE, TIME or TIMESTAMP.</summary>
    public static long ReadInt64(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        sizeof(bool) => bytes[0],
        sizeof(int) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };

    /// <summary>A DOUBLE.</summary>
    public static double ReadDouble(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadDoubleLittleEndian(bytes);

    /// <summary>A DECIMAL, unscaled.</summary>
    public static Int128 ReadInt128(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt128LittleEndian(bytes);

    /// <summary>An INTERVAL.</summary>
    public static Interval ReadInterval(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));

    /// <summary>Writes a BOOLEAN, INT, BIGINT, DATE, TIME or TIMESTAMP of the width of <paramref name="target"/>.</summary>
    public static void Write(Span<byte> target, long value)
    {
        switch (target.Length)
        {
            case sizeof(bool): target[0] = (byte)value; break;
            case sizeof(int): BinaryPrimitives.WriteInt32LittleEndian(target, (int)value); break;
            default: BinaryPrimitives.WriteInt64LittleEndian(target, value); break;
        }
    }

    /// <summary>Writes a DOUBLE in its one form: −0 becomes 0, every NaN the same NaN.</summary>
    public static void Write(Span<byte> target, double value) => BinaryPrimitives.WriteDoubleLittleEndian(
        target, double.IsNaN(value) ? double.NaN : value == 0 ? 0 : value);

    /// <summary>Writes a DECIMAL, unscaled.</summary>
    public static void Write(Span<byte> target, Int128 value) =>
        BinaryPrimitives.WriteInt128LittleEndian(target, value);

    /// <summary>Writes an INTERVAL.</summary>
    public static void Write(Span<byte> target, Interval value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, value.Months);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], value.Days);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], value.Microseconds);
    }
}
