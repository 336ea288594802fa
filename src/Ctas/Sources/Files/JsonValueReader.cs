using System.Text.Json;

namespace Ctas.Sources.Files;

/// <summary>The elements of JSON arrays and the values beside them, read as a stream.</summary>
/// <remarks>As a rule a file holds one array, or objects one after the other; any sequence of both will do.</remarks>
internal sealed class JsonValueReader(FileBuffer buffer) : FileRecordReader(buffer)
{
    private JsonReaderState _state = new(new JsonReaderOptions { AllowMultipleValues = true });
    private long _line = 1;

    /// <inheritdoc/>
    public override bool Read()
    {
        do
        {
            _line += Buffer.Unread[..ConsumedLength].Count((byte)'\n');
            ConsumeRecord();
            if (!ReadValue()) { return false; }
        }
        while (RecordLength == 0);

        return true;
    }

    // The JSON reader starts again at the last record until the next one lies in the buffer whole.
    private bool ReadValue()
    {
        while (true)
        {
            bool isBlank = Buffer.Unread.IndexOfAnyExcept(" \t\r\n"u8) < 0;
            var reader = new Utf8JsonReader(Buffer.Unread, Buffer.IsAtEnd, _state);
            try
            {
                if (Buffer.IsAtEnd && isBlank && reader.CurrentDepth == 0) { return false; }

                if (reader.Read() && TryTake(ref reader)) { return true; }
            }
            catch (JsonException e)
            {
                // The exception's own message quotes the file. Its state counts lines from the beginning.
                throw new InvalidDataException(
                    $"malformed JSON at line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0}", e);
            }

            Buffer.Fill();
        }
    }

    private bool TryTake(ref Utf8JsonReader reader)
    {
        // Where an outermost array begins and ends there is no record.
        bool isBracket = (reader.TokenType == JsonTokenType.StartArray && reader.CurrentDepth == 0)
            || reader.TokenType == JsonTokenType.EndArray;
        int start = (int)reader.TokenStartIndex;
        if (!isBracket && !reader.TrySkip()) { return false; }

        _state = reader.CurrentState;
        ConsumedLength = (int)reader.BytesConsumed;
        if (isBracket) { return true; }

        RecordStart = start;
        RecordLength = ConsumedLength - start;
        LineNumber = _line + Buffer.Unread[..start].Count((byte)'\n');
        return true;
    }
}
