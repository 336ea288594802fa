using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Puts strings behind each other. Single-threaded.</summary>
/// <param name="maxChunkBytes">Where another array is begun.</param>
/// <param name="expectedBytes">What will be needed, as far as is known.</param>
internal sealed class ArenaWriter(int maxChunkBytes, long expectedBytes)
{
    private readonly List<byte[]> _chunks = [];
    private byte[] _open = [];
    private int _used;

    /// <summary>Appends a string; gives its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (int Chunk, int Offset) Add(ReadOnlySpan<byte> text)
    {
        if (_used > 0 && _used + (long)text.Length > maxChunkBytes) { Close(); }

        if (text.Length > _open.Length - _used) { Grow(checked(_used + text.Length)); }

        int offset = _used;
        text.CopyTo(_open.AsSpan(_used));
        _used += text.Length;
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
