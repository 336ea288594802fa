using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ctas.Data.Nested;

/// <summary>Writes values as JSON text: what CAST to VARCHAR gives. Reused; single-threaded.</summary>
/// <remarks>
/// ARRAYs are arrays, STRUCTs and MAPs objects (fields in order, NULLs included; keys ascending, as text). Numbers have
/// all their digits; NaN and the infinities, which JSON has no numbers for, are strings. BYTES are base64, dates, times
/// and intervals ISO 8601. No blanks.
/// </remarks>
internal sealed class NestedJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The text is no part of a web page: letters stay letters. Numbers are written raw.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private Utf8JsonWriter? _json;

    /// <summary>The text of a value, UTF-8; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(ValueShape shape, ReadOnlySpan<byte> value)
    {
        _buffer.ResetWrittenCount();
        _json ??= new Utf8JsonWriter(_buffer, Options);
        _json.Reset();
        WriteValue(_json, shape, value);
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    /// <summary>Writes a value that is not NULL where <paramref name="json"/> stands.</summary>
    public static void WriteValue(Utf8JsonWriter json, ValueShape shape, ReadOnlySpan<byte> value)
    {
        switch (shape.Type.Kind)
        {
            case DataTypeKind.Boolean: json.WriteBooleanValue(value[0] != 0); break;
            case DataTypeKind.Int or DataTypeKind.BigInt: json.WriteNumberValue(NestedScalar.ReadInt64(value)); break;
            case DataTypeKind.Double: WriteDouble(json, NestedScalar.ReadDouble(value)); break;
            case DataTypeKind.Decimal: json.WriteRawValue(ScalarText(shape.Type, value), skipInputValidation: true); break;
            case DataTypeKind.Varchar: json.WriteStringValue(value); break;
            case DataTypeKind.Bytes: json.WriteBase64StringValue(value); break;
            case DataTypeKind.Array: WriteArray(json, shape, value); break;
            case DataTypeKind.Map: WriteMap(json, shape, value); break;
            case DataTypeKind.Struct: WriteStruct(json, shape, value); break;
            default: json.WriteStringValue(ScalarText(shape.Type, value)); break;
        }
    }

    private static void WriteDouble(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value)) { json.WriteNumberValue(value); }
        else { json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture)); }
    }

    private static void WriteArray(Utf8JsonWriter json, ValueShape shape, ReadOnlySpan<byte> value)
    {
        json.WriteStartArray();
        var array = new ArrayValue(shape.Element, value);
        for (int index = 0; index < array.Count; index++)
        {
            if (array.IsNull(index)) { json.WriteNullValue(); }
            else { WriteValue(json, shape.Element, array[index]); }
        }

        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, ValueShape shape, ReadOnlySpan<byte> value)
    {
        json.WriteStartObject();
        var map = new MapValue(shape, value);
        for (int entry = 0; entry < map.Count; entry++)
        {
            WriteKey(json, shape.Key, map.Keys[entry]);
            if (map.Values.IsNull(entry)) { json.WriteNullValue(); }
            else { WriteValue(json, shape.Element, map.Values[entry]); }
        }

        json.WriteEndObject();
    }

    private static void WriteStruct(Utf8JsonWriter json, ValueShape shape, ReadOnlySpan<byte> value)
    {
        json.WriteStartObject();
        var fields = new StructValue(shape, value);
        for (int ordinal = 0; ordinal < shape.Fields.Length; ordinal++)
        {
            json.WritePropertyName(shape.Type.Fields[ordinal].Name);
            if (fields.IsNull(ordinal)) { json.WriteNullValue(); }
            else { WriteValue(json, shape.Fields[ordinal].Shape, fields[ordinal]); }
        }

        json.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter json, ValueShape shape, ReadOnlySpan<byte> key)
    {
        if (shape.Type.Kind == DataTypeKind.Varchar) { json.WritePropertyName(key); }
        else if (shape.Type.IsNested)
        {
            var nested = new NestedJson();
            json.WritePropertyName(nested.Write(shape, key));
        }
        else { json.WritePropertyName(ScalarText(shape.Type, key)); }
    }

    private static string ScalarText(DataType type, ReadOnlySpan<byte> value) => type.Kind switch
    {
        DataTypeKind.Boolean => value[0] != 0 ? "true" : "false",
        DataTypeKind.Double => NestedScalar.ReadDouble(value).ToString(CultureInfo.InvariantCulture),
        DataTypeKind.Decimal => ColumnValues.DecimalText(NestedScalar.ReadInt128(value), type.Scale),
        DataTypeKind.Bytes => Convert.ToBase64String(value),
        DataTypeKind.Date => ColumnValues.ToDate((int)NestedScalar.ReadInt64(value))
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DataTypeKind.Time => ColumnValues.ToTime(NestedScalar.ReadInt64(value))
            .ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DataTypeKind.Timestamp => ColumnValues.ToTimestamp(NestedScalar.ReadInt64(value))
            .ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture),
        DataTypeKind.Interval => IsoInterval.Write(NestedScalar.ReadInterval(value)),
        _ => NestedScalar.ReadInt64(value).ToString(CultureInfo.InvariantCulture),
    };
}
