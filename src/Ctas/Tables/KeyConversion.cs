using System.Text;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>What became of a key value on its way to the type of a key column.</summary>
internal enum KeyConversionResult
{
    /// <summary>It has the column's form now.</summary>
    Converted,

    /// <summary>Its type fits, but no value of the column's type equals it.</summary>
    CannotOccur,

    /// <summary>Its type does not fit.</summary>
    WrongType,
}

/// <summary>Brings key values of lookups into the physical form of the key column.</summary>
internal static class KeyConversion
{
    /// <summary>Converts one value; a string's bytes go to <paramref name="text"/>.</summary>
    /// <param name="value">The value as the caller gave it.</param>
    /// <param name="type">The column's type.</param>
    /// <param name="text">Room for strings; large enough for all parts, see <see cref="MaxTextBytes"/>.</param>
    /// <param name="used">Bytes of <paramref name="text"/> in use.</param>
    /// <param name="part">The value in the column's form.</param>
    public static KeyConversionResult Convert(
        in KeyValue value, DataType type, Span<byte> text, ref int used, out KeyPart part)
    {
        part = new KeyPart(IsNull: true, 0, 0, 0);
        if (value.Kind == KeyValueKind.Null) { return KeyConversionResult.Converted; }

        switch (type.Kind)
        {
            case DataTypeKind.Varchar when value.Kind is KeyValueKind.Text or KeyValueKind.Bytes:
            case DataTypeKind.Bytes when value.Kind == KeyValueKind.Bytes:
                int length = Write(value, text[used..]);
                part = new KeyPart(IsNull: false, 0, used, length);
                used += length;
                return KeyConversionResult.Converted;
            case DataTypeKind.Double:
                return ToDouble(value, out part);
            default:
                return ToNumber(value, type, out part);
        }
    }

    /// <summary>The most bytes the strings of a key can take.</summary>
    public static int MaxTextBytes(ReadOnlySpan<KeyValue> key)
    {
        int bytes = 0;
        foreach (ref readonly KeyValue value in key)
        {
            if (value.Kind == KeyValueKind.Text) { bytes += Encoding.UTF8.GetMaxByteCount(value.Text.Length); }
            else if (value.Kind == KeyValueKind.Bytes) { bytes += value.Bytes.Length; }
        }

        return bytes;
    }

    private static int Write(in KeyValue value, Span<byte> text)
    {
        if (value.Kind == KeyValueKind.Text) { return Encoding.UTF8.GetBytes(value.Text, text); }

        value.Bytes.CopyTo(text);
        return value.Bytes.Length;
    }

    private static KeyConversionResult ToDouble(in KeyValue value, out KeyPart part)
    {
        part = default;
        double number;
        switch (value.Kind)
        {
            case KeyValueKind.Double: number = BitConverter.Int64BitsToDouble((long)value.Number); break;
            case KeyValueKind.Integer: number = (long)value.Number; break;
            default: return KeyConversionResult.WrongType;
        }

        // A BIGINT between two doubles equals neither.
        bool isRounded = value.Kind == KeyValueKind.Integer && (Int128)number != value.Number;
        if (isRounded) { return KeyConversionResult.CannotOccur; }

        part = new KeyPart(IsNull: false, KeyPart.Bits(number), 0, 0);
        return KeyConversionResult.Converted;
    }

    private static KeyConversionResult ToNumber(in KeyValue value, DataType type, out KeyPart part)
    {
        part = default;
        Int128? number;
        switch (type.Kind, value.Kind)
        {
            case (DataTypeKind.Boolean, KeyValueKind.Boolean):
            case (DataTypeKind.Date, KeyValueKind.Date):
            case (DataTypeKind.Interval, KeyValueKind.Interval):
            case (DataTypeKind.BigInt, KeyValueKind.Integer):
                number = value.Number;
                break;
            case (DataTypeKind.Int, KeyValueKind.Integer):
                number = value.Number >= int.MinValue && value.Number <= int.MaxValue ? value.Number : null;
                break;
            case (DataTypeKind.Time, KeyValueKind.Time):
            case (DataTypeKind.Timestamp, KeyValueKind.Timestamp):
                number = ToMicroseconds(value.Number);
                break;
            case (DataTypeKind.Decimal, KeyValueKind.Integer or KeyValueKind.Decimal):
                number = Rescale(value.Number, value.Scale, type.Scale);
                break;
            default:
                return KeyConversionResult.WrongType;
        }

        if (number is not { } found) { return KeyConversionResult.CannotOccur; }

        part = new KeyPart(IsNull: false, found, 0, 0);
        return KeyConversionResult.Converted;
    }

    private static Int128? ToMicroseconds(Int128 ticks) =>
        ticks % TimeSpan.TicksPerMicrosecond == 0 ? ticks / TimeSpan.TicksPerMicrosecond : null;

    /// <summary>An unscaled number with another count of digits after its point; null when it has none such.</summary>
    public static Int128? Rescale(Int128 unscaled, int scale, int wanted)
    {
        for (; scale < wanted; scale++)
        {
            if (Int128.Abs(unscaled) > Int128.MaxValue / 10) { return null; }

            unscaled *= 10;
        }

        for (; scale > wanted; scale--)
        {
            if (unscaled % 10 != 0) { return null; }

            unscaled /= 10;
        }

        return unscaled;
    }
}
