using System.Collections;
using System.Globalization;
using System.Text;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Tests.Data.Nested;

/// <summary>Writes boxed .NET values as nested values.</summary>
/// <remarks>
/// Linked into other test projects.
/// An ARRAY is any sequence, a MAP any dictionary, a STRUCT a dictionary by field name or a sequence in the order of
/// the fields; scalars are as documented at <see cref="Column.GetValue"/>, and numbers may be of a narrower type.
/// </remarks>
internal static class NestedUnboxing
{
    /// <summary>The bytes of an ARRAY, MAP or STRUCT; valid until the writer is used again.</summary>
    /// <exception cref="InvalidCastException">The value, or a value in it, is of another type.</exception>
    public static ReadOnlySpan<byte> Write(NestedValueWriter writer, ValueShape shape, object value)
    {
        writer.Abandon();
        WriteValue(writer, shape, value);
        return writer.Written;
    }

    private static void WriteValue(NestedValueWriter writer, ValueShape shape, object? value)
    {
        switch (shape.Type.Kind)
        {
            case var _ when value is null: writer.WriteNull(); break;
            case DataTypeKind.Array: WriteArray(writer, shape, value); break;
            case DataTypeKind.Map: WriteMap(writer, shape, value); break;
            case DataTypeKind.Struct: WriteStruct(writer, shape, value); break;
            case DataTypeKind.Boolean: writer.WriteInt64((bool)value ? 1 : 0); break;
            case DataTypeKind.Int: writer.WriteInt64((int)value); break;
            case DataTypeKind.BigInt: writer.WriteInt64(value is int narrow ? narrow : (long)value); break;
            case DataTypeKind.Double: writer.WriteDouble(ToDouble(value)); break;
            case DataTypeKind.Decimal: writer.WriteInt128(ToUnscaled(shape.Type, value)); break;
            case DataTypeKind.Varchar: writer.WriteBytes(Encoding.UTF8.GetBytes((string)value)); break;
            case DataTypeKind.Bytes: writer.WriteBytes((byte[])value); break;
            case DataTypeKind.Date:
                writer.WriteInt64(((DateOnly)value).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);
                break;
            case DataTypeKind.Time: writer.WriteInt64(((TimeOnly)value).Ticks / TimeSpan.TicksPerMicrosecond); break;
            case DataTypeKind.Timestamp: writer.WriteInt64(ToMicroseconds(value)); break;
            case DataTypeKind.Interval: writer.WriteInterval((Interval)value); break;
            default: throw DoesNotFit(shape.Type, value);
        }
    }

    private static void WriteArray(NestedValueWriter writer, ValueShape shape, object value)
    {
        if (value is not IEnumerable items || value is string) { throw DoesNotFit(shape.Type, value); }

        writer.Begin(shape);
        foreach (object? item in items) { WriteValue(writer, shape.Element, item); }

        writer.End();
    }

    private static void WriteMap(NestedValueWriter writer, ValueShape shape, object value)
    {
        if (value is not IDictionary entries) { throw DoesNotFit(shape.Type, value); }

        writer.Begin(shape);
        foreach (DictionaryEntry entry in entries)
        {
            WriteValue(writer, shape.Key, entry.Key);
            WriteValue(writer, shape.Element, entry.Value);
        }

        writer.End();
    }

    private static void WriteStruct(NestedValueWriter writer, ValueShape shape, object value)
    {
        writer.Begin(shape);
        int ordinal = 0;
        if (value is IDictionary named)
        {
            foreach (FieldShape field in shape.Fields)
            {
                WriteValue(writer, field.Shape, named[shape.Type.Fields[ordinal++].Name]);
            }
        }
        else if (value is ICollection { Count: var count } items && count == shape.Fields.Length)
        {
            foreach (object? item in items) { WriteValue(writer, shape.Fields[ordinal++].Shape, item); }
        }
        else { throw DoesNotFit(shape.Type, value); }

        writer.End();
    }

    private static double ToDouble(object value) => value switch
    {
        int narrow => narrow,
        long narrow => narrow,
        _ => (double)value,
    };

    private static Int128 ToUnscaled(DataType type, object value)
    {
        decimal exact = value switch
        {
            int narrow => narrow,
            long narrow => narrow,
            string digits => decimal.Parse(digits, CultureInfo.InvariantCulture),
            _ => (decimal)value,
        };
        Int128 unscaled = (Int128)(decimal.GetBits(exact) is var bits
            ? ((UInt128)(uint)bits[2] << 64) | ((UInt128)(uint)bits[1] << 32) | (uint)bits[0]
            : default);
        for (int scale = exact.Scale; scale != type.Scale; scale += scale < type.Scale ? 1 : -1)
        {
            if (scale > type.Scale && unscaled % 10 != 0) { throw DoesNotFit(type, value); }

            unscaled = scale < type.Scale ? checked(unscaled * 10) : unscaled / 10;
        }

        return exact < 0 ? -unscaled : unscaled;
    }

    private static long ToMicroseconds(object value)
    {
        DateTime time = value is DateTimeOffset moment ? moment.UtcDateTime : ((DateTime)value).ToUniversalTime();
        return (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    }

    private static InvalidCastException DoesNotFit(DataType type, object value) =>
        new($"A {value.GetType().Name} is not a value of type {type}.");
}
