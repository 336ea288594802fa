using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Sources;

namespace Ctas.Sinks;

/// <summary>Writes some columns of a row in one format, so that reading it in that format gives the same values.</summary>
internal abstract class RowEncoder
{
    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>An encoder of record keys.</summary>
    /// <exception cref="SinkException">The columns have no form in the format that was asked for.</exception>
    public static RowEncoder OfKey(SinkDefinition definition, Schema schema, int[] columns)
    {
        bool isPlain = columns is [var only] && schema.Fields[only].Type.Kind
            is DataTypeKind.Varchar or DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Double;
        return (definition.KeyFormat ?? (isPlain ? RecordFormat.Kafka : RecordFormat.Json)) switch
        {
            RecordFormat.Kafka when isPlain => new PlainEncoder(columns[0]),
            RecordFormat.Json => new JsonEncoder(schema, columns),
            RecordFormat.Delimited => new DelimitedEncoder(columns, definition.Delimiter),
            var format => throw new SinkException(
                definition.Name,
                $"key columns ({string.Join(", ", columns.Select(column => schema.Fields[column].Type))}) cannot be "
                + $"written in key format {format.ToString().ToUpperInvariant()}",
                isTransient: false),
        };
    }

    /// <summary>An encoder of record values.</summary>
    public static RowEncoder OfValue(SinkDefinition definition, Schema schema, int[] columns) =>
        definition.ValueFormat == RecordFormat.Delimited
            ? new DelimitedEncoder(columns, definition.Delimiter)
            : new JsonEncoder(schema, columns);

    /// <summary>Appends the names of the columns, as delimited files begin with them.</summary>
    public static void WriteHeader(Schema schema, char delimiter, ArrayBufferWriter<byte> output)
    {
        var names = new DelimitedEncoder([], delimiter);
        for (int column = 0; column < schema.Fields.Count; column++)
        {
            if (column > 0) { output.Write([(byte)delimiter]); }

            names.WriteText(Encoding.UTF8.GetBytes(schema.Fields[column].Name), output);
        }
    }

    /// <summary>Appends a row.</summary>
    public abstract void Write(Batch rows, int row, ArrayBufferWriter<byte> output);

    /// <summary>The text of a value that is neither text nor nested nor NULL.</summary>
    private static string TextOf(Column column, int row) => column.GetValue(row) switch
    {
        bool boolean => boolean ? "true" : "false",
        double real => real.ToString("R", CultureInfo.InvariantCulture),
        Interval interval => IsoInterval.Write(interval),
        DateTime timestamp => timestamp.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => throw new UnreachableException($"No text for {other?.GetType().Name}."),
    };

    /// <summary>Kafka's own form of one value; NULL is empty.</summary>
    private sealed class PlainEncoder(int ordinal) : RowEncoder
    {
        public override void Write(Batch rows, int row, ArrayBufferWriter<byte> output)
        {
            Column column = rows[ordinal];
            if (column.IsNull(row)) { return; }

            switch (column)
            {
                case StringColumn text: output.Write(text.GetBytes(row)); break;
                case FixedColumn<int> ints:
                    BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), ints.Values[row]);
                    output.Advance(sizeof(int));
                    break;
                case FixedColumn<long> longs:
                    BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(sizeof(long)), longs.Values[row]);
                    output.Advance(sizeof(long));
                    break;
                case FixedColumn<double> doubles:
                    BinaryPrimitives.WriteDoubleBigEndian(output.GetSpan(sizeof(double)), doubles.Values[row]);
                    output.Advance(sizeof(double));
                    break;
                default: throw new UnreachableException($"No plain form for {column.Type}.");
            }
        }
    }

    /// <summary>One JSON object; NULLs are written as null.</summary>
    private sealed class JsonEncoder(Schema schema, int[] columns) : RowEncoder
    {
        private readonly JsonEncodedText[] _names =
            [.. columns.Select(column => JsonEncodedText.Encode(schema.Fields[column].Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];

        private readonly NestedJson _nested = new();
        private Utf8JsonWriter? _json;

        public override void Write(Batch rows, int row, ArrayBufferWriter<byte> output)
        {
            Utf8JsonWriter json = _json ??= new Utf8JsonWriter(output, JsonOptions);
            json.Reset(output);
            json.WriteStartObject();
            for (int field = 0; field < columns.Length; field++)
            {
                json.WritePropertyName(_names[field]);
                Column column = rows[columns[field]];
                if (column.IsNull(row)) { json.WriteNullValue(); }
                else { WriteValue(json, column, row); }
            }

            json.WriteEndObject();
            json.Flush();
        }

        private void WriteValue(Utf8JsonWriter json, Column column, int row)
        {
            switch (column.Type.Kind)
            {
                case DataTypeKind.Boolean: json.WriteBooleanValue(((FixedColumn<bool>)column).Values[row]); break;
                case DataTypeKind.Int: json.WriteNumberValue(((FixedColumn<int>)column).Values[row]); break;
                case DataTypeKind.BigInt: json.WriteNumberValue(((FixedColumn<long>)column).Values[row]); break;
                case DataTypeKind.Varchar: json.WriteStringValue(((StringColumn)column).GetBytes(row)); break;
                case DataTypeKind.Bytes: json.WriteBase64StringValue(((StringColumn)column).GetBytes(row)); break;
                case DataTypeKind.Double when double.IsFinite(((FixedColumn<double>)column).Values[row]):
                    json.WriteNumberValue(((FixedColumn<double>)column).Values[row]);
                    break;
                case DataTypeKind.Decimal:
                    json.WriteRawValue(
                        ColumnValues.DecimalText(((FixedColumn<Int128>)column).Values[row], column.Type.Scale),
                        skipInputValidation: true);
                    break;
                case DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Struct:
                    json.WriteRawValue(
                        _nested.Write(ValueShape.Of(column.Type), ((StringColumn)column).GetBytes(row)),
                        skipInputValidation: true);
                    break;
                default: json.WriteStringValue(TextOf(column, row)); break;
            }
        }
    }

    /// <summary>Fields between separators; text is quoted where it must be, NULL is an empty field.</summary>
    private sealed class DelimitedEncoder(int[] columns, char delimiter) : RowEncoder
    {
        private readonly NestedJson _nested = new();
        private readonly SearchValues<byte> _special = SearchValues.Create([(byte)delimiter, (byte)'"', (byte)'\n', (byte)'\r']);

        public override void Write(Batch rows, int row, ArrayBufferWriter<byte> output)
        {
            for (int field = 0; field < columns.Length; field++)
            {
                if (field > 0) { output.Write([(byte)delimiter]); }

                Column column = rows[columns[field]];
                if (column.IsNull(row)) { continue; }

                switch (column)
                {
                    case StringColumn nested when column.Type.IsNested:
                        WriteText(_nested.Write(ValueShape.Of(column.Type), nested.GetBytes(row)), output);
                        break;
                    case StringColumn bytes when column.Type.Kind == DataTypeKind.Bytes:
                        WriteText(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes.GetBytes(row))), output);
                        break;
                    case StringColumn text:
                        WriteText(text.GetBytes(row), output);
                        break;
                    case FixedColumn<Int128> exact:
                        WriteText(Encoding.ASCII.GetBytes(ColumnValues.DecimalText(exact.Values[row], column.Type.Scale)), output);
                        break;
                    default:
                        WriteText(Encoding.ASCII.GetBytes(TextOf(column, row)), output);
                        break;
                }
            }
        }

        public void WriteText(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
        {
            // An empty text between quotes is not NULL.
            if (text.Length > 0 && text.IndexOfAny(_special) < 0)
            {
                output.Write(text);
                return;
            }

            output.Write("\""u8);
            for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
            {
                output.Write(text[..(quote + 1)]);
                output.Write("\""u8);
            }

            output.Write(text);
            output.Write("\""u8);
        }
    }
}
