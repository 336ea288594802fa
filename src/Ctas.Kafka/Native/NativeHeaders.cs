using System.Runtime.InteropServices;

using Confluent.Kafka;

using Ctas.Sources;

namespace Ctas.Kafka.Native;

/// <summary>The headers of one message at a time, read from the client's memory when asked for.</summary>
internal sealed unsafe class NativeHeaders : IRecordHeaders
{
    private NativeMessage* _message;
    private nint _headers;
    private int _count = -1;

    public int Count => _count >= 0 ? _count : _count = CountOf(Parsed());

    public void PointTo(NativeMessage* message)
    {
        _message = message;
        _headers = 0;
        _count = -1;
    }

    public ReadOnlySpan<byte> GetKey(int header)
    {
        Read(header, out byte* name, out _, out _);
        return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
    }

    public bool TryGetValue(int header, out ReadOnlySpan<byte> value)
    {
        Read(header, out _, out byte* start, out nuint length);
        value = new ReadOnlySpan<byte>(start, (int)length);
        return start is not null;
    }

    private static int CountOf(nint headers) => headers == 0 ? 0 : (int)Librdkafka.HeaderCount(headers);

    // The client parses a message's headers when they are first asked for, and owns the result.
    private nint Parsed()
    {
        if (_headers == 0 && Librdkafka.MessageHeaders(_message, out nint headers) == ErrorCode.NoError)
        {
            _headers = headers;
        }

        return _headers;
    }

    private void Read(int header, out byte* name, out byte* value, out nuint length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)header, (uint)Count, nameof(header));
        Librdkafka.HeaderGetAll(Parsed(), (nuint)header, out name, out value, out length);
    }
}
