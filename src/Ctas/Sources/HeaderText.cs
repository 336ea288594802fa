using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Ctas.Sources;

/// <summary>Writes headers as a JSON array of <c>{"key":…,"value":…}</c> objects. Single-threaded, reused.</summary>
/// <remarks>What is not UTF-8 is written with replacement characters; a BYTES header column gets it exactly.</remarks>
internal sealed class HeaderText
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private Utf8JsonWriter? _writer;

    /// <summary>The headers as text; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(IRecordHeaders headers)
    {
        _buffer.ResetWrittenCount();
        _writer ??= new Utf8JsonWriter(_buffer);
        _writer.Reset();
        _writer.WriteStartArray();
        for (int header = 0; header < headers.Count; header++)
        {
            _writer.WriteStartObject();
            _writer.WriteString("key"u8, Encoding.UTF8.GetString(headers.GetKey(header)));
            if (headers.TryGetValue(header, out ReadOnlySpan<byte> value))
            {
                _writer.WriteString("value"u8, Encoding.UTF8.GetString(value));
            }
            else
            {
                _writer.WriteNull("value"u8);
            }

            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        _writer.Flush();
        return _buffer.WrittenSpan;
    }
}
