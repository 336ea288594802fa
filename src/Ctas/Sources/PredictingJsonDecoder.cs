using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>
/// Decodes JSON objects that are laid out like those before them, straight into the columns. Whatever it does not expect
/// it leaves to the general decoder, which then begins anew with that record: the outcome is always that decoder's.
/// </summary>
/// <remarks>
/// The fields are expected in the order of the last record, each with the very bytes that stood before its value; up to
/// a few of them may be missing. Single-threaded. See <see cref="JsonText"/> for the padding that the text needs. The loops
/// are compiled in full at once: the first load of a process is the one that counts.
/// </remarks>
internal sealed class PredictingJsonDecoder(JsonFieldMap fields, RowColumns columns)
{
    private const int Failed = -1;
    private const int Unexpected = 0;
    private const int MaxMissingFields = 4;
    private const int MaxFailures = 8;
    private const int RetryInterval = 64;

    // The object itself is the first of the 64 levels that the general decoder goes down.
    private static readonly JsonReaderOptions InnerValue = new() { MaxDepth = 63 };

    private readonly JsonEscapes _escapes = new();
    private int _failures;
    private RecordPart _part;
    private int _row;
    private int _filled;

    /// <summary>True where a line end stands between records, and so never within one.</summary>
    public bool IsLineEndForeign { get; init; }

    /// <summary>False for records after many that were not as expected, but for one now and then.</summary>
    public bool IsWorthTrying => _failures < MaxFailures || _failures++ % RetryInterval == 0;

    /// <summary>Reads the object that begins at an offset into row <paramref name="row"/>.</summary>
    /// <param name="text">The padded text.</param>
    /// <param name="at">Where the object begins.</param>
    /// <param name="end">Where the text ends.</param>
    /// <param name="row">The row; all columns hold this many rows, and NULLs are left to be appended.</param>
    /// <param name="part">What the object is to the record.</param>
    /// <returns>The offset behind the object; negative when it is left to the general decoder: no trace of it stays.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Read(ref byte text, int at, int end, int row, RecordPart part)
    {
        (_part, _row, _filled) = (part, row, 0);
        int read = ReadObject(ref text, at, end);
        if (read < 0)
        {
            TakeBack();
            _failures++;
            return Failed;
        }

        _failures = 0;
        return read;
    }

    /// <summary>True when the last object had a value for every column.</summary>
    public bool HasFilledAll => _filled == columns.Delivered.Count;

    /// <summary>Takes the last object out of the columns again.</summary>
    public void TakeBack()
    {
        foreach (ValueColumn column in columns.Delivered)
        {
            if (!IsRead(column)) { continue; }

            column.TruncateTo(_row);
            column.ExactRow = -1;
        }

        if (columns.EventTime is { } eventTime && IsRead(eventTime)) { eventTime.TruncateTo(0); }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ReadObject(ref byte text, int at, int end)
    {
        JsonField field = fields.Start;
        for (bool isFirst = true; ; isFirst = false)
        {
            JsonField? next = field.Next;
            if (next is not null && next.Prefix(isFirst) is var prefix && prefix.Matches(ref text, at, end)) { at += prefix.Length; }
            else
            {
                int found = at;
                next = FindField(field, ref text, ref found, end, isFirst);
                at = found;
                if (next is null) { return Failed; }
            }

            field = next;
            at = ReadValue(field, ref text, at, end);
            if (at < 0) { return Failed; }

            byte follows = Unsafe.Add(ref text, at);
            if (follows == '}') { return at + 1; }

            if (follows == ',') { continue; }

            int behind = SkipBlanks(ref text, at);
            follows = Unsafe.Add(ref text, behind);
            if (follows == '}') { return behind + 1; }

            if (follows != ',') { return Failed; }
        }
    }

    // Offsets go in and out by value: one that is passed by reference lives in memory, and every field waits for it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ReadValue(JsonField field, ref byte text, int at, int end)
    {
        ValueColumn? column = field.Column;
        if (column is null) { return SkipValue(ref text, at, end); }

        bool isPlain = column.Sibling is null && (_part == RecordPart.ValueAndKey || column.Source.Role == SourceColumnRole.Value);
        if (!isPlain || column.Kernel == ValueKernel.General) { return ReadToken(field, ref text, at, end); }

        // A field that comes twice, or in two cases.
        if (column.Count != _row || (!field.IsExact && column.ExactRow == _row)) { return Failed; }

        int next = ReadExpected(column, ref text, at);
        if (next == Unexpected) { return ReadToken(field, ref text, at, end); }

        _filled++;
        return next;
    }

    /// <summary>Reads a value as it is commonly written into a column of a kernel.</summary>
    /// <returns>The offset behind it; <see cref="Unexpected"/>, and nothing was read, where it is written in another way.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadExpected(ValueColumn column, ref byte text, int at)
    {
        int next = at;
        switch (column.Kernel)
        {
            case ValueKernel.Text when Unsafe.Add(ref text, at) == '"':
                return ReadText(column, ref text, at + 1);
            case ValueKernel.Timestamp when Unsafe.Add(ref text, at) == '"':
                return ReadTimestamp(column, ref text, at + 1);
            case ValueKernel.Int64 when JsonText.TryReadInteger(ref text, ref next, out long integer):
                column.Longs.Append(integer);
                return next;
            case ValueKernel.Int32 when JsonText.TryReadInteger(ref text, ref next, out long integer):
                if (integer != (int)integer) { return Failed; }

                column.Ints.Append((int)integer);
                return next;
            case ValueKernel.Double when JsonText.TryReadDouble(ref text, ref next, out double real):
                column.Doubles.Append(real);
                return next;
            case ValueKernel.Double when !column.IsInferred:
                // A longer number may be one that an inferred column has to keep as it is written.
                next = ReadLongDouble(column, ref text, at);
                break;
            case ValueKernel.Boolean when TryReadBoolean(ref text, ref next, out bool isTrue):
                column.Booleans.Append(isTrue);
                return next;
        }

        if (next > at) { return next; }

        // A key that is NULL is left out, which is how it is told.
        if (column.Source.Role != SourceColumnRole.Value || !TryReadNull(ref text, ref next)) { return Unexpected; }

        column.AppendNull();
        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadText(ValueColumn column, ref byte text, int start)
    {
        int close = JsonText.FindStringEnd(ref text, start);
        if (Unsafe.Add(ref text, close) != '"') { return ReadEscapedText(column, ref text, start); }

        return column.Texts.TryAppendPaddedText(Slice(ref text, start, close)) ? close + 1 : Failed;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ReadEscapedText(ValueColumn column, ref byte text, int start)
    {
        int close = _escapes.Read(ref text, start, out ReadOnlySpan<byte> value);
        return close >= 0 && column.Texts.TryAppendPaddedText(value) ? close + 1 : Failed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadTimestamp(ValueColumn column, ref byte text, int start)
    {
        int close = JsonText.FindStringEnd(ref text, start);
        if (Unsafe.Add(ref text, close) != '"') { return Unexpected; }

        if (!ValueParser.TryParseTimestamp(Slice(ref text, start, close), out long time)) { return Failed; }

        column.Longs.Append(time);
        return close + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ReadLongDouble(ValueColumn column, ref byte text, int at)
    {
        if (JsonText.TryReadLongDouble(ref text, ref at, out double real)) { column.Doubles.Append(real); }

        return at;
    }

    // The way for every other kind of value: any token, into all columns that read the field.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ReadToken(JsonField field, ref byte text, int at, int end)
    {
        at = SkipBlanks(ref text, at);
        int start = at;
        if (TryReadNull(ref text, ref at))
        {
            for (ValueColumn? column = field.Column; column is not null; column = column.Sibling)
            {
                if (!IsRead(column)) { continue; }

                if (column.Count != RowOf(column)) { return Failed; }

                if (field.IsExact) { column.ExactRow = _row; }
            }

            return at;
        }

        try
        {
            JsonTokenType kind = ReadInner(ref text, ref at, end, out ReadOnlySpan<byte> token);
            if (kind == JsonTokenType.None) { return Failed; }

            for (ValueColumn? column = field.Column; column is not null; column = column.Sibling)
            {
                if (!IsRead(column)) { continue; }

                if (column.Count != RowOf(column) || (!field.IsExact && column.ExactRow == _row)) { return Failed; }

                if (Append(column, kind, kind is JsonTokenType.StartObject or JsonTokenType.StartArray
                    ? Slice(ref text, start, at) : token) is not null)
                {
                    return Failed;
                }

                if (!ReferenceEquals(column, columns.EventTime)) { _filled++; }
            }

            return at;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Malformed; the general decoder says how.
            return Failed;
        }
    }

    private static string? Append(ValueColumn column, JsonTokenType kind, ReadOnlySpan<byte> token) => kind switch
    {
        JsonTokenType.Number => column.AppendNumber(token),
        JsonTokenType.String => column.AppendString(token),
        JsonTokenType.True or JsonTokenType.False => column.AppendBoolean(kind == JsonTokenType.True),
        _ => column.AppendJson(token),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private JsonTokenType ReadInner(ref byte text, ref int at, int end, out ReadOnlySpan<byte> token)
    {
        int start = at;
        if (Unsafe.Add(ref text, at) == '"')
        {
            return TryReadString(ref text, ref at, out token) ? JsonTokenType.String : JsonTokenType.None;
        }

        if (JsonText.FindNumberEnd(ref text, at) is var numberEnd && numberEnd > at)
        {
            at = numberEnd;
            token = Slice(ref text, start, numberEnd);
            return JsonTokenType.Number;
        }

        ReadOnlySpan<byte> rest = Rest(ref text, at, end);
        var reader = new Utf8JsonReader(rest, InnerValue);
        token = default;
        if (!reader.Read()) { return JsonTokenType.None; }

        JsonTokenType kind = reader.TokenType;
        token = reader.ValueSpan;
        reader.Skip();
        at += (int)reader.BytesConsumed;
        return kind;
    }

    /// <summary>Reads the string whose quote stands at a place, without its escapes; false where it is malformed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadString(ref byte text, ref int at, out ReadOnlySpan<byte> value)
    {
        int start = at + 1;
        int close = JsonText.FindStringEnd(ref text, start);
        if (Unsafe.Add(ref text, close) == '"') { value = Slice(ref text, start, close); }
        else
        {
            close = _escapes.Read(ref text, start, out value);
            if (close < 0) { return false; }
        }

        at = close + 1;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int SkipValue(ref byte text, int at, int end)
    {
        if (Unsafe.Add(ref text, at) == '"')
        {
            int close = JsonText.FindStringEnd(ref text, at + 1);
            if (Unsafe.Add(ref text, close) == '"') { return close + 1; }
        }

        int numberEnd = JsonText.FindNumberEnd(ref text, at);
        if (numberEnd > at) { return numberEnd; }

        int next = at;
        if (TryReadNull(ref text, ref next) || TryReadBoolean(ref text, ref next, out _)) { return next; }

        try
        {
            var reader = new Utf8JsonReader(Rest(ref text, at, end), InnerValue);
            if (!reader.Read()) { return Failed; }

            reader.Skip();
            return at + (int)reader.BytesConsumed;
        }
        catch (JsonException)
        {
            // Malformed; the general decoder says how.
            return Failed;
        }
    }

    // The field is not the one that came next last time: one of those after it, or one that is looked up by its name.
    private JsonField? FindField(JsonField previous, ref byte text, ref int at, int end, bool isFirst)
    {
        JsonField? expected = previous.Next;
        for (int missing = 0; missing < MaxMissingFields && expected?.Next is not null; missing++)
        {
            expected = expected.Next;
            JsonFieldPrefix prefix = expected.Prefix(isFirst);
            if (!prefix.Matches(ref text, at, end)) { continue; }

            at += prefix.Length;
            return expected;
        }

        int open = SkipBlanks(ref text, at);
        if (Unsafe.Add(ref text, open) != (isFirst ? '{' : ',')) { return null; }

        int quote = SkipBlanks(ref text, open + 1);
        if (Unsafe.Add(ref text, quote) != '"') { return null; }

        int close = JsonText.FindStringEnd(ref text, quote + 1);
        if (Unsafe.Add(ref text, close) != '"') { return null; }

        int colon = SkipBlanks(ref text, close + 1);
        if (Unsafe.Add(ref text, colon) != ':') { return null; }

        if (fields.Lookup(Slice(ref text, quote + 1, close)) is not { } field) { return null; }

        int value = SkipBlanks(ref text, colon + 1);
        ReadOnlySpan<byte> learned = Slice(ref text, at, value);
        if (learned.Length != field.Prefix(isFirst).Length || !field.Prefix(isFirst).Matches(ref text, at, end))
        {
            field.Learn(isFirst, learned);
        }

        previous.Next = field;
        at = value;
        return field;
    }

    private bool IsRead(ValueColumn column) => column.Source.Role == SourceColumnRole.Value
        || (column.Source.Role == SourceColumnRole.Key && _part == RecordPart.ValueAndKey);

    private int RowOf(ValueColumn column) => ReferenceEquals(column, columns.EventTime) ? 0 : _row;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int SkipBlanks(ref byte text, int at)
    {
        while (Unsafe.Add(ref text, at) is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
        {
            if (IsLineEndForeign && Unsafe.Add(ref text, at) == '\n') { break; }

            at++;
        }

        return at;
    }

    private ReadOnlySpan<byte> Rest(ref byte text, int at, int end)
    {
        ReadOnlySpan<byte> rest = Slice(ref text, at, end);
        int lineEnd = IsLineEndForeign ? rest.IndexOf((byte)'\n') : -1;
        return lineEnd < 0 ? rest : rest[..lineEnd];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadNull(ref byte text, ref int at)
    {
        if (Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, at)) != BitConverter.ToUInt32("null"u8)) { return false; }

        at += 4;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadBoolean(ref byte text, ref int at, out bool value)
    {
        value = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, at)) == BitConverter.ToUInt32("true"u8);
        if (value)
        {
            at += 4;
            return true;
        }

        bool isFalse = Unsafe.Add(ref text, at) == 'f'
            && Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, at + 1)) == BitConverter.ToUInt32("alse"u8);
        if (isFalse) { at += 5; }

        return isFalse;
    }

    private static ReadOnlySpan<byte> Slice(ref byte text, int start, int end) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, start), end - start);
}
