using System.Text;
using System.Text.Json;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>The part of a record that is decoded, and with it the columns it gives values to.</summary>
internal enum RecordPart
{
    /// <summary>The record value: value columns.</summary>
    Value,

    /// <summary>The record value: value columns, and key columns because the record has no key of its own.</summary>
    ValueAndKey,

    /// <summary>The record key: key columns.</summary>
    Key,
}

public sealed partial class RecordBatchBuilder
{
    private readonly JsonFieldMap _valueFields = new();
    private readonly PredictingJsonDecoder _predicting;
    private readonly PredictingJsonDecoder _predictingLines;
    private byte[] _unescaped = new byte[256];
    private byte[] _padded = new byte[1024];

    private string? DecodeJsonValue(ReadOnlySpan<byte> json, int row, RecordPart part) =>
        Predicts && _definition.WrapsSingleValue && TryPredict(json, row, part) ? null : DecodeJson(json, _valueFields, row, part);

    private bool TryPredict(ReadOnlySpan<byte> json, int row, RecordPart part)
    {
        if (!_predicting.IsWorthTrying) { return false; }

        if (_padded.Length < json.Length + JsonText.Padding) { _padded = new byte[(json.Length + JsonText.Padding) * 2]; }

        json.CopyTo(_padded);
        _padded.AsSpan(json.Length, JsonText.Padding).Clear();
        int read = _predicting.Read(ref _padded[0], 0, json.Length, row, part);
        if (read < 0) { return false; }

        // What follows the object may be blank.
        if (read == json.Length || json[read..].IndexOfAnyExcept(" \t\r\n"u8) < 0) { return true; }

        _predicting.TakeBack();
        return false;
    }

    private string? DecodeJson(ReadOnlySpan<byte> json, JsonFieldMap fields, int row, RecordPart part)
    {
        try
        {
            return DecodeObject(json, fields, row, part);
        }
        catch (JsonException e)
        {
            // The exception's own message quotes the record.
            return $"malformed JSON at line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0}";
        }
    }

    private string? DecodeObject(ReadOnlySpan<byte> json, JsonFieldMap fields, int row, RecordPart part)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (part != RecordPart.Key && !_definition.WrapsSingleValue)
        {
            // Nobody reads the column: the text must be sound all the same.
            if (_valueColumns.Length > 0) { return AppendBare(ref reader, json, _valueColumns, row); }

            CheckWhole(json);
            return null;
        }

        bool isBare = part == RecordPart.Key && IsBareKey(reader.TokenType);
        if (isBare) { return AppendBare(ref reader, json, _keyColumns, row); }

        if (reader.TokenType != JsonTokenType.StartObject) { return "the JSON text is not an object"; }

        fields.BeginRecord();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonField field = FindField(ref reader, json, fields, part);
            reader.Read();
            if (field.Column is null)
            {
                reader.Skip();
                continue;
            }

            for (ValueColumn? column = field.Column; column is not null; column = column.Sibling)
            {
                if (!IsRead(column, part) || IsOverruled(column, field, row)) { continue; }

                if (AppendValue(ref reader, json, column, row) is { } failure) { return failure; }
            }

            reader.Skip();
        }

        // Reads to the end of the text, so that whatever follows the object is found to be malformed.
        reader.Read();
        return null;
    }

    /// <summary>The key of one column is its value itself; of a scalar also an object that holds it by name.</summary>
    private bool IsBareKey(JsonTokenType token)
    {
        bool isSingle = _keyColumns.Length > 0
            && (_definition.Columns ?? []).Count(column => column.Role == SourceColumnRole.Key) <= 1;
        return isSingle && (token != JsonTokenType.StartObject
            || _keyColumns[0].Type.Kind is DataTypeKind.Struct or DataTypeKind.Map);
    }

    private string? AppendBare(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ValueColumn[] columns, int row)
    {
        foreach (ValueColumn column in columns)
        {
            if (AppendValue(ref reader, json, column, row) is { } failure) { return failure; }
        }

        reader.Skip();
        reader.Read();
        return null;
    }

    private static bool IsRead(ValueColumn column, RecordPart part) => part switch
    {
        RecordPart.Value => column.Source.Role == SourceColumnRole.Value,
        RecordPart.Key => column.Source.Role == SourceColumnRole.Key,
        _ => true,
    };

    // A field of another case does not replace the one whose name matches exactly.
    private static bool IsOverruled(ValueColumn column, JsonField field, int row)
    {
        if (field.IsExact)
        {
            column.ExactRow = row;
            return false;
        }

        return column.ExactRow == row;
    }

    private string? AppendValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ValueColumn column, int row)
    {
        // The last of duplicate fields wins.
        int filled = ReferenceEquals(column, _columns.EventTime) ? 0 : row;
        column.TruncateTo(filled);
        long position = reader.TokenStartIndex;
        string? failure = AppendToken(ref reader, json, column);
        if (ReferenceEquals(failure, ValueColumn.MustWiden))
        {
            CheckWhole(json);
            Widen(column);
            failure = AppendToken(ref reader, json, column);
        }

        return failure is null ? null : $"{Describe(column, failure)} (byte {position})";
    }

    private string? AppendToken(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ValueColumn column)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return column.AppendNumber(reader.ValueSpan);
            case JsonTokenType.String:
                return column.AppendString(reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan);
            case JsonTokenType.True or JsonTokenType.False:
                return column.AppendBoolean(reader.TokenType == JsonTokenType.True);
            case JsonTokenType.Null:
                return null;
            default:
                Utf8JsonReader end = reader;
                int start = (int)reader.TokenStartIndex;
                end.Skip();
                return column.AppendJson(json[start..(int)end.BytesConsumed]);
        }
    }

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

    private JsonField FindField(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, JsonFieldMap fields, RecordPart part)
    {
        ReadOnlySpan<byte> name = reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;
        if (fields.Find(name) is { } known) { return known; }

        string text = Encoding.UTF8.GetString(name);
        ValueColumn? column = _columns.Reading(text, out bool isExact);
        if (column is null && part != RecordPart.Key && _columns.AddsFields)
        {
            CheckWhole(json);
            column = _columns.AddField(text, RowCount);
            isExact = true;
            if (column is null) { throw Failure("too many different fields to infer columns; declare the columns"); }

            if (_hasRows) { _counters.Warn($"column \"{text}\" appeared at {Place()}"); }
        }

        if (column is null && part != RecordPart.Key && _tellsNewFields)
        {
            _counters.Warn($"field \"{text}\" appeared at {Place()} and is no column; load again to get it");
        }

        return fields.Add(Encoding.UTF8.GetBytes(text), column, isExact);
    }

    // A malformed record must not change the schema, so the rest of it is read before it does.
    private static void CheckWhole(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read()) { }
    }
}
