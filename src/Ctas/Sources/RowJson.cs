using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Json;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>Writes rows of boxed values as JSON objects that decode to the same values.</summary>
internal static class RowJson
{
    /// <summary>One row; NULLs are left out.</summary>
    /// <exception cref="ArgumentException">The row does not fit the schema.</exception>
    public static byte[] Write(Schema schema, object?[] row)
    {
        if (row.Length != schema.Fields.Count)
        {
            throw new ArgumentException(
                $"A row has {row.Length} values, the schema {schema.Fields.Count} columns.", nameof(row));
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            for (int ordinal = 0; ordinal < row.Length; ordinal++)
            {
                if (row[ordinal] is { } value) { WriteField(writer, schema.Fields[ordinal], value); }
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteField(Utf8JsonWriter writer, Field field, object value)
    {
        writer.WritePropertyName(field.Name);
        WriteValue(writer, field, value);
    }

    private static void WriteValue(Utf8JsonWriter writer, Field field, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case bool boolean: writer.WriteBooleanValue(boolean); break;
            case int int32: writer.WriteNumberValue(int32); break;
            case long int64: writer.WriteNumberValue(int64); break;
            case double real when double.IsFinite(real): writer.WriteNumberValue(real); break;
            case decimal exact: writer.WriteNumberValue(exact); break;
            case string text: writer.WriteStringValue(text); break;
            case byte[] bytes: writer.WriteBase64StringValue(bytes); break;
            case DateOnly date: writer.WriteStringValue(date.ToString("O", CultureInfo.InvariantCulture)); break;
            case TimeOnly time: writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture)); break;
            case DateTime timestamp:
                writer.WriteStringValue(timestamp.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset timestamp:
                writer.WriteStringValue(timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
                break;
            case Interval interval: writer.WriteStringValue(IsoInterval.Write(interval)); break;
            case IDictionary entries when field.Type.IsNested: WriteObject(writer, field, entries); break;
            case IEnumerable items when field.Type.IsNested: WriteArray(writer, field, items); break;
            default:
                throw new ArgumentException(
                    $"Column \"{field.Name}\" of type {field.Type} does not take this {value.GetType().Name}.",
                    nameof(value));
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, Field field, IDictionary entries)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in entries)
        {
            writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!);
            WriteValue(writer, field, entry.Value);
        }

        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, Field field, IEnumerable items)
    {
        writer.WriteStartArray();
        foreach (object? item in items) { WriteValue(writer, field, item); }

        writer.WriteEndArray();
    }
}
