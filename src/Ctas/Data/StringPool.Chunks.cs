namespace Ctas.Data;

public sealed partial class StringPool
{
    /// <summary>A string of fewer bytes may share its chunk with others.</summary>
    internal const int MaxSharedLength = LongLength;

    /// <summary>A pool that does not look for equal strings, whose chunks <see cref="TryFillChunk"/> brings.</summary>
    /// <param name="chunks">Number of chunks.</param>
    /// <param name="strings">Number of strings in them.</param>
    internal static StringPool OfChunks(int chunks, int strings) => new(isInterned: false)
    {
        _chunks = new byte[Math.Max(1, chunks)][],
        _chunkCount = chunks,
        _entries = GC.AllocateUninitializedArray<ulong>(Math.Max(1, strings)),
        _count = strings,
    };

    /// <summary>Takes over the bytes of one chunk of <see cref="OfChunks"/>. Different chunks may be filled at once.</summary>
    /// <remarks>Only before the pool is shared with readers, and every chunk: there is nothing to read before.</remarks>
    /// <param name="chunk">Number of the chunk.</param>
    /// <param name="bytes">Its strings, one behind another.</param>
    /// <param name="firstCode">Code of the first of them.</param>
    /// <param name="lengths">Their lengths.</param>
    /// <returns>False when a chunk cannot hold such strings, or the bytes are not theirs; the pool is of no use then.</returns>
    internal bool TryFillChunk(int chunk, byte[] bytes, int firstCode, ReadOnlySpan<int> lengths)
    {
        Span<ulong> entries = _entries.AsSpan(firstCode, lengths.Length);
        int offset = 0;
        for (int number = 0; number < lengths.Length; number++)
        {
            int length = lengths[number];
            if (offset >= ChunkBytes || (uint)length >= MaxSharedLength || length > bytes.Length - offset) { return false; }

            entries[number] = Entry(chunk, offset, length);
            offset += length;
        }

        _chunks[chunk] = bytes;
        Interlocked.Add(ref _chunkBytes, bytes.Length);
        return offset == bytes.Length;
    }
}
