using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Puts strings behind each other, coded or as they are. Single-threaded.</summary>
/// <param name="symbols">What to code them by; null to leave them as they are.</param>
/// <param name="maxChunkBytes">Where another array is begun.</param>
/// <param name="expectedBytes">What will be needed, as far as is known.</param>
internal sealed class ArenaWriter(SymbolTable? symbols, int maxChunkBytes, long expectedBytes)
{
    private readonly SymbolMatcher? _matcher = symbols is null ? null : new SymbolMatcher(symbols);
    private readonly List<byte[]> _chunks = [];
    private byte[] _open = [];
    private byte[] _padded = [];
    private int _used;

    /// <summary>Appends a string; gives its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (int Chunk, int Offset) Add(ReadOnlySpan<byte> text)
    {
        // Coded, a text may be twice as long.
        int maxLength = checked(_matcher is null ? text.Length : text.Length * 2);
        if (_used > 0 && _used + (long)maxLength > maxChunkBytes) { Close(); }

        if (_used + maxLength > _open.Length) { Grow(_used + maxLength); }

        int offset = _used;
        if (_matcher is null) { text.CopyTo(_open.AsSpan(_used)); }

        _used += _matcher is null ? text.Length : Encode(text, _open.AsSpan(_used));
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Encode(ReadOnlySpan<byte> text, Span<byte> codes)
    {
        int wanted = text.Length + SymbolTable.MaxSymbolLength;
        if (_padded.Length < wanted) { _padded = new byte[wanted * 2]; }

        text.CopyTo(_padded);
        return _matcher!.Encode(_padded, text.Length, codes);
    }

    private void Close()
    {
        if (_used < _open.Length) { Array.Resize(ref _open, _used); }

        _chunks.Add(_open);
        expectedBytes -= _used;
        _open = [];
        _used = 0;
    }

    private void Grow(int wanted)
    {
        // Not from a pool: arrays as large as a whole segment's text would stay there for good.
        long size = _open.Length == 0 ? Math.Max(wanted, expectedBytes) : Math.Max(wanted, _open.Length + (_open.Length / 4L));
        byte[] grown = GC.AllocateUninitializedArray<byte>((int)Math.Min(size, Math.Max(wanted, maxChunkBytes)));
        _open.AsSpan(0, _used).CopyTo(grown);
        _open = grown;
    }
}
