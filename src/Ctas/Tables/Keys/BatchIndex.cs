using System.Buffers;
using Ctas.Data;

namespace Ctas.Tables.Keys;

/// <summary>Indexes rows that lie in batches and have different keys.</summary>
internal static class BatchIndex
{
    /// <summary>The index of all rows, numbered through the batches.</summary>
    public static TagIndex Of(BatchRowStore rows, KeyLayout keys, int maxThreads)
    {
        uint[] hashes = ArrayPool<uint>.Shared.Rent(rows.RowCount);
        var hashing = new KeyHashes(keys, rows);
        Shares.Run(rows.RowCount, maxThreads, (_, start, end) => Hash(rows, hashing, start, hashes.AsSpan(start, end - start)));
        TagIndex index = TagIndex.Of(hashes.AsMemory(0, rows.RowCount), rows: default, maxThreads);
        ArrayPool<uint>.Shared.Return(hashes);
        return index;
    }

    /// <summary>The short hashes of rows from <paramref name="start"/> on.</summary>
    private static void Hash(BatchRowStore rows, KeyHashes hashing, int start, Span<uint> hashes)
    {
        for (int done = 0; done < hashes.Length;)
        {
            (Batch batch, int first) = rows.Locate(start + done);
            int count = Math.Min(batch.RowCount - first, hashes.Length - done);
            hashing.HashShort(batch, first, first + count, hashes[done..]);
            done += count;
        }
    }
}
