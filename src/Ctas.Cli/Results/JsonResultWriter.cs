using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ctas.Data;

namespace Ctas.Cli.Results;

/// <summary>One JSON object a row, one row a line, members in column order.</summary>
/// <remarks>
/// Numbers are exact: INT, BIGINT and DECIMAL with all their digits, DOUBLE in its shortest round-trip form; NaN and
/// the infinities, which JSON has no numbers for, are strings. NULL is null, BYTES are base64, dates and times ISO 8601.
/// </remarks>
internal sealed class JsonResultWriter(TextWriter output) : IResultWriter
{
    private const int FlushBytes = 64 * 1024;

    private static readonly JsonWriterOptions Options = new()
    {
        // The output is no part of a web page: letters stay letters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // DECIMAL is written as raw digits.
        SkipValidation = true,
    };

    /// <inheritdoc/>
    public void Write(QueryResult result)
    {
        JsonEncodedText[] names =
            [.. result.Schema.Fields.Select(field => JsonEncodedText.Encode(field.Name, Options.Encoder))];
        var buffer = new ArrayBufferWriter<byte>(FlushBytes);
        using var json = new Utf8JsonWriter(buffer, Options);
        foreach (Batch batch in result.Batches)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                WriteRow(json, names, batch, row);
                json.Flush();
                json.Reset();
                buffer.Write("\n"u8);
                if (buffer.WrittenCount >= FlushBytes) { Drain(buffer); }
            }
        }

        Drain(buffer);
    }

    private static void WriteRow(Utf8JsonWriter json, JsonEncodedText[] names, Batch batch, int row)
    {
        json.WriteStartObject();
        for (int ordinal = 0; ordinal < names.Length; ordinal++)
        {
            json.WritePropertyName(names[ordinal]);
            Column column = batch[ordinal];
            if (column.IsNull(row)) { json.WriteNullValue(); }
            else { WriteValue(json, column, row); }
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, Column column, int row)
    {
        switch (column.Type.Kind)
        {
            case DataTypeKind.Boolean: json.WriteBooleanValue(ValueText.Values<bool>(column)[row]); break;
            case DataTypeKind.Int: json.WriteNumberValue(ValueText.Values<int>(column)[row]); break;
            case DataTypeKind.BigInt: json.WriteNumberValue(ValueText.Values<long>(column)[row]); break;
            case DataTypeKind.Double: WriteDouble(json, ValueText.Values<double>(column)[row]); break;
            case DataTypeKind.Decimal: json.WriteRawValue(ValueText.Of(column, row), skipInputValidation: true); break;
            case DataTypeKind.Varchar: json.WriteStringValue(((StringColumn)column).GetBytes(row)); break;
            case DataTypeKind.Bytes: json.WriteBase64StringValue(((StringColumn)column).GetBytes(row)); break;
            case DataTypeKind.Date or DataTypeKind.Time or DataTypeKind.Timestamp or DataTypeKind.Interval:
                json.WriteStringValue(ValueText.Of(column, row));
                break;
            case DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Struct:
                json.WriteRawValue(column.GetJson(row), skipInputValidation: true);
                break;
            default: throw new UnreachableException($"No JSON form for {column.Type}.");
        }
    }

    private static void WriteDouble(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value)) { json.WriteNumberValue(value); }
        else { json.WriteStringValue(ValueText.OfDouble(value)); }
    }

    private void Drain(ArrayBufferWriter<byte> buffer)
    {
        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        output.Flush();
        buffer.ResetWrittenCount();
    }
}
