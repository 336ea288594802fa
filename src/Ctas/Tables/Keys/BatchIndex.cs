using Ctas.Data;

namespace Ctas.Tables.Keys;

/// <summary>Indexes rows that lie in batches and have different keys.</summary>
internal static class BatchIndex
{
    private const int RowsAtOnce = 4096;

    /// <summary>The index of all rows, numbered through the batches.</summary>
    public static TagIndex Of(BatchRowStore rows, KeyLayout keys)
    {
        uint[] hashes = GC.AllocateUninitializedArray<uint>(rows.RowCount);
        Span<ulong> wide = stackalloc ulong[RowsAtOnce];
        int row = 0;
        foreach (Batch batch in rows.Batches)
        {
            for (int start = 0; start < batch.RowCount; start += RowsAtOnce)
            {
                int end = Math.Min(batch.RowCount, start + RowsAtOnce);
                keys.Hash(batch, start, end, wide);
                for (int hashed = 0; hashed < end - start; hashed++) { hashes[row++] = KeyIndex.Shorten(wide[hashed]); }
            }
        }

        return TagIndex.Of(hashes, []);
    }
}
