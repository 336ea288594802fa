using System.Buffers;

namespace Ctas.Tables.Columns;

/// <summary>Puts strings behind each other, coded or as they are. Single-threaded.</summary>
internal sealed class ArenaWriter(SymbolTable? symbols, int maxChunkBytes)
{
    private readonly List<byte[]> _chunks = [];
    private byte[] _open = [];
    private byte[] _padded = [];
    private int _used;

    /// <summary>Appends a string; gives its place.</summary>
    public (int Chunk, int Offset) Add(ReadOnlySpan<byte> text)
    {
        // Coded, a text may be twice as long.
        int maxLength = checked(symbols is null ? text.Length : text.Length * 2);
        if (_used > 0 && _used + (long)maxLength > maxChunkBytes) { Close(); }

        if (_used + maxLength > _open.Length) { Grow(_used + maxLength); }

        int offset = _used;
        if (symbols is null) { text.CopyTo(_open.AsSpan(_used)); }

        _used += symbols is null ? text.Length : Encode(text, _open.AsSpan(_used));
        return (_chunks.Count, offset);
    }

    /// <summary>The chunks, as long as they are used, and where the last one ends.</summary>
    public (byte[][] Chunks, int End) Finish()
    {
        int end = _used;
        if (_used > 0) { Close(); }
        else if (_chunks.Count > 0) { end = _chunks[^1].Length; }

        return ([.. _chunks], end);
    }

    private int Encode(ReadOnlySpan<byte> text, Span<byte> codes)
    {
        int wanted = text.Length + SymbolTable.MaxSymbolLength;
        if (_padded.Length < wanted) { _padded = new byte[wanted * 2]; }

        text.CopyTo(_padded);
        return symbols!.Encode(_padded, text.Length, codes);
    }

    private void Close()
    {
        _chunks.Add(_open.AsSpan(0, _used).ToArray());
        if (_open.Length > 0) { ArrayPool<byte>.Shared.Return(_open); }

        _open = [];
        _used = 0;
    }

    private void Grow(int wanted)
    {
        byte[] grown = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, (int)Math.Min(_open.Length * 2L, maxChunkBytes)));
        _open.AsSpan(0, _used).CopyTo(grown);
        if (_open.Length > 0) { ArrayPool<byte>.Shared.Return(_open); }

        _open = grown;
    }
}
