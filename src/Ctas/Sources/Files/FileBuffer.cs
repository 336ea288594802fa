using System.Buffers;

namespace Ctas.Sources.Files;

/// <summary>A window over a stream that moves on and grows as records need it. Single-threaded.</summary>
/// <remarks>Disposing it also ends the stream.</remarks>
internal sealed class FileBuffer : IDisposable
{
    private const int BlockBytes = 1 << 18;
    private const int MaxBytes = 1 << 29;

    private readonly Stream _stream;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _start;
    private int _end;

    /// <summary>Starts at the beginning of the stream, past a UTF-8 byte order mark.</summary>
    public FileBuffer(Stream stream)
    {
        _stream = stream;
        Fill();
        if (Unread.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) { Consume(3); }
    }

    /// <summary>Offset in the (unpacked) stream of the first unread byte.</summary>
    public long Offset { get; private set; }

    /// <summary>True when the stream holds no more than <see cref="Unread"/>.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Bytes read ahead; valid until <see cref="Fill"/>.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Goes past the first bytes of <see cref="Unread"/>.</summary>
    public void Consume(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Adds bytes to <see cref="Unread"/>, which may move; false at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">One record is larger than 512 MB.</exception>
    public bool Fill()
    {
        if (IsAtEnd) { return false; }

        MakeRoom();

        // To the brim: a stream that gives little at a time must not make records be searched again and again.
        int before = _end;
        while (_end < _bytes.Length && !IsAtEnd)
        {
            int read = _stream.Read(_bytes, _end, _bytes.Length - _end);
            _end += read;
            IsAtEnd = read == 0;
        }

        return _end > before;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        if (_bytes.Length > 0) { ArrayPool<byte>.Shared.Return(_bytes); }

        _bytes = [];
        (_start, _end) = (0, 0);
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            Unread.CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end < _bytes.Length) { return; }

        if (_bytes.Length >= MaxBytes) { throw new InvalidDataException("one record is larger than 512 MB"); }

        byte[] larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        Unread.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
