using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ctas.Data.Nested;

/// <summary>Reads JSON values as nested values of one type, strictly and without loss. Reused; single-threaded.</summary>
/// <remarks>
/// Objects become STRUCTs (fields by name, exactly or else ignoring case; those that are not there are NULL, those that
/// are not wanted are left out) or MAPs, arrays ARRAYs. Scalars are read as in the columns of a source: numbers exactly,
/// BYTES as base64, dates, times and intervals as ISO 8601, a TIMESTAMP also as epoch milliseconds; a VARCHAR takes every
/// value by its text. The reading methods return null when the value was taken, else what stands in its place.
/// </remarks>
/// <param name="shape">The type to read.</param>
internal sealed class NestedJsonReader(ValueShape shape)
{
    private readonly NestedValueWriter _writer = new();
    private byte[] _unescaped = new byte[256];
    private string _place = "";

    /// <summary>
    /// True to refuse what an inferred type must grow for: fields it has not, numbers it would change.
    /// </summary>
    public bool IsExact { get; init; }

    /// <summary>The bytes of the value read last; valid until the next call.</summary>
    public ReadOnlySpan<byte> Written => _writer.Written;

    /// <summary>Reads a whole JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="isNull">True for the JSON value null.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public string? Read(ReadOnlySpan<byte> json, out bool isNull)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        isNull = reader.TokenType == JsonTokenType.Null;
        string? failure = isNull ? null : Read(ref reader, json);

        // To the end of the text, so that whatever follows the value is found to be malformed.
        while (reader.Read()) { }

        return failure;
    }

    /// <summary>Reads the value that the reader stands at, which is not null, and leaves it at its end.</summary>
    /// <param name="reader">Over <paramref name="json"/>.</param>
    /// <param name="json">The text.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public string? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        _place = "";
        _writer.Abandon();
        string? failure = ReadValue(ref reader, json, shape);
        if (failure is null) { return null; }

        _writer.Abandon();
        return _place.Length == 0 ? failure : $"{failure} at {_place}";
    }

    private string? ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ValueShape target)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                _writer.WriteNull();
                return null;
            case JsonTokenType.StartObject when target.Type.Kind == DataTypeKind.Struct:
                return ReadStruct(ref reader, json, target);
            case JsonTokenType.StartObject when target.Type.Kind == DataTypeKind.Map:
                return ReadMap(ref reader, json, target);
            case JsonTokenType.StartArray when target.Type.Kind == DataTypeKind.Array:
                return ReadArray(ref reader, json, target);
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                return ReadText(ref reader, json, target);
            case JsonTokenType.String:
                return WriteText(reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan, target);
            case JsonTokenType.Number:
                return WriteNumber(reader.ValueSpan, target);
            default:
                return WriteBoolean(reader.TokenType == JsonTokenType.True, target);
        }
    }

    private string? ReadStruct(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ValueShape target)
    {
        _writer.Begin(target);
        int expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;
            int ordinal = target.FindField(name, expected);
            bool isName = ordinal >= 0 && name.SequenceEqual(target.Fields[ordinal].Name);
            if (IsExact && !isName) { return Misfit($"a field {Encoding.UTF8.GetString(name)}", target); }

            reader.Read();
            if (ordinal < 0 || (!isName && _writer.HasField(ordinal)))
            {
                reader.Skip();
                continue;
            }

            _writer.SelectField(ordinal);
            if (ReadValue(ref reader, json, target.Fields[ordinal].Shape) is { } failure)
            {
                _place = $".{target.Type.Fields[ordinal].Name}{_place}";
                return failure;
            }

            expected = ordinal + 1;
        }

        _writer.End();
        return null;
    }

    private string? ReadMap(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ValueShape target)
    {
        _writer.Begin(target);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;
            string? failure = target.Key.Type.IsNested ? ReadKey(name.ToArray(), target.Key) : WriteText(name, target.Key);
            reader.Read();
            failure ??= ReadValue(ref reader, json, target.Element);
            if (failure is not null) { return failure; }
        }

        _writer.End();
        return null;
    }

    private string? ReadKey(byte[] json, ValueShape target)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? "the key null" : ReadValue(ref reader, json, target);
    }

    private string? ReadArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ValueShape target)
    {
        _writer.Begin(target);
        for (int position = 1; reader.Read() && reader.TokenType != JsonTokenType.EndArray; position++)
        {
            if (ReadValue(ref reader, json, target.Element) is { } failure)
            {
                _place = string.Create(CultureInfo.InvariantCulture, $"[{position}]{_place}");
                return failure;
            }
        }

        _writer.End();
        return null;
    }

    private string? ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ValueShape target)
    {
        string found = reader.TokenType == JsonTokenType.StartObject ? "an object" : "an array";
        if (target.Type.Kind != DataTypeKind.Varchar) { return Misfit(found, target); }

        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        ReadOnlySpan<byte> text = json[start..(int)reader.BytesConsumed];
        if (!Utf8.IsValid(text)) { return "text that is not UTF-8"; }

        _writer.WriteBytes(text);
        return null;
    }

    private string? WriteBoolean(bool value, ValueShape target)
    {
        switch (target.Type.Kind)
        {
            case DataTypeKind.Boolean: _writer.WriteInt64(value ? 1 : 0); return null;
            case DataTypeKind.Varchar: _writer.WriteBytes(value ? "true"u8 : "false"u8); return null;
            default: return Misfit("a boolean", target);
        }
    }

    private string? WriteNumber(ReadOnlySpan<byte> number, ValueShape target)
    {
        switch (target.Type.Kind)
        {
            case DataTypeKind.Int or DataTypeKind.BigInt when IsExact && !ValueParser.TryParsePlainInteger(number, out _):
            case DataTypeKind.Double when IsExact && !JsonTypes.IsExactAsDouble(number):
                return Misfit("a number", target);
            case DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Double or DataTypeKind.Decimal:
                return WriteText(number, target, "another number");
            case DataTypeKind.Varchar:
                _writer.WriteBytes(number);
                return null;
            case DataTypeKind.Date or DataTypeKind.Time or DataTypeKind.Timestamp:
                if (!EpochNumber.TryRead(number, target.Type, out long value)) { return Misfit(EpochNumber.Misfit(target.Type), target); }

                _writer.WriteInt64(value);
                return null;
            default:
                return Misfit("a number", target);
        }
    }

    /// <summary>Writes a scalar given by its text: a string, the digits of a number, a key.</summary>
    private string? WriteText(ReadOnlySpan<byte> text, ValueShape target, string misfit = "other text")
    {
        switch (target.Type.Kind)
        {
            case DataTypeKind.Varchar when Utf8.IsValid(text): _writer.WriteBytes(text); return null;
            case DataTypeKind.Boolean when Ascii.EqualsIgnoreCase(text, "true"u8): _writer.WriteInt64(1); return null;
            case DataTypeKind.Boolean when Ascii.EqualsIgnoreCase(text, "false"u8): _writer.WriteInt64(0); return null;
            case DataTypeKind.Int when ValueParser.TryParseInteger(text, out long value) && value == (int)value:
                _writer.WriteInt64(value);
                return null;
            case DataTypeKind.BigInt when ValueParser.TryParseInteger(text, out long value):
                _writer.WriteInt64(value);
                return null;
            case DataTypeKind.Double when TryParseDouble(text, out double value): _writer.WriteDouble(value); return null;
            case DataTypeKind.Decimal when ValueParser.TryParseDecimal(
                text, target.Type.Precision, target.Type.Scale, out Int128 value):
                _writer.WriteInt128(value);
                return null;
            case DataTypeKind.Date when ValueParser.TryParseDate(text, out int value):
                _writer.WriteInt64(value);
                return null;
            case DataTypeKind.Time when ValueParser.TryParseTime(text, out long value):
                _writer.WriteInt64(value);
                return null;
            case DataTypeKind.Timestamp when ValueParser.TryParseTimestamp(text, out long value):
                _writer.WriteInt64(value);
                return null;
            case DataTypeKind.Interval when IsoInterval.TryParse(text, out Interval value):
                _writer.WriteInterval(value);
                return null;
            case DataTypeKind.Bytes when TryDecodeBase64(text, out ReadOnlySpan<byte> bytes):
                _writer.WriteBytes(bytes);
                return null;
            default:
                return Misfit(misfit, target);
        }
    }

    private static bool TryParseDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (ValueParser.TryParseDouble(text, out value)) { return true; }

        bool isNaN = text.SequenceEqual("NaN"u8);
        value = isNaN ? double.NaN : text.StartsWith("-"u8) ? double.NegativeInfinity : double.PositiveInfinity;
        return isNaN || text.SequenceEqual("Infinity"u8) || text.SequenceEqual("-Infinity"u8);
    }

    private static bool TryDecodeBase64(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> bytes)
    {
        // Decoded text is shorter, and the text itself may lie in the buffer of unescaped text.
        byte[] decoded = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        bool isValid = System.Buffers.Text.Base64.DecodeFromUtf8(text, decoded, out _, out int written)
            == System.Buffers.OperationStatus.Done;
        bytes = decoded.AsSpan(0, written);
        return isValid;
    }

    private static string Misfit(string found, ValueShape target) => $"{found} where {target.Type} is wanted";

    private ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader)
    {
        if (_unescaped.Length < reader.ValueSpan.Length) { _unescaped = new byte[reader.ValueSpan.Length * 2]; }

        try
        {
            return _unescaped.AsSpan(0, reader.CopyString(_unescaped));
        }
        catch (InvalidOperationException e)
        {
            // A lone surrogate, or bytes that are not UTF-8.
            throw new JsonException(null, null, null, reader.TokenStartIndex, e);
        }
    }
}
