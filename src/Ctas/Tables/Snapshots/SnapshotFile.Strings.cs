using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Snapshots;

internal sealed partial class SnapshotFile
{
    /// <summary>The pools of the columns, and what fills them: pieces of work for any threads, the longest first.</summary>
    private (StringPool?[] Pools, List<Action> Pieces) Pools(SnapshotBlock[] blocks, bool[] interned)
    {
        var pools = new StringPool?[interned.Length];
        var pieces = new List<Action>();
        for (int ordinal = 0; ordinal < pools.Length; ordinal++)
        {
            if (PhysicalTypes.Of(Header.Schema.Fields[ordinal].Type) != PhysicalType.Bytes) { continue; }

            SnapshotBlock[] strings = [.. blocks.Where(block => block.Kind == SnapshotBlockKind.Strings && block.Column == ordinal)];
            if (!interned[ordinal] && strings.All(block => block.Length < StringPool.MaxSharedLength))
            {
                pools[ordinal] = Chunks(strings, pieces);
                continue;
            }

            var pool = new StringPool(interned[ordinal]);
            pools[ordinal] = pool;
            pieces.Insert(0, () => ReadStrings(strings, pool));
        }

        return (pools, pieces);
    }

    /// <summary>A pool of blocks that are read each for itself: their strings are not compared.</summary>
    private StringPool Chunks(SnapshotBlock[] blocks, List<Action> pieces)
    {
        // Where the codes of each begin; the counts are not checked yet, and are again with their blocks.
        int[] starts = new int[blocks.Length + 1];
        Span<byte> count = stackalloc byte[StringBlocks.CountBytes];
        for (int block = 0; block < blocks.Length; block++)
        {
            ReadExactly(count, blocks[block].Offset);
            long end = (long)starts[block] + StringBlocks.CountOf(count);
            if (end > Array.MaxLength) { throw new SnapshotFormatException($"a column of {end} strings"); }

            starts[block + 1] = (int)end;
        }

        StringPool pool = StringPool.OfChunks(blocks.Length, starts[^1]);
        for (int block = 0; block < blocks.Length; block++)
        {
            int chunk = block;
            pieces.Add(() => WithBlock(blocks[chunk], bytes =>
                StringBlocks.ReadChunk(bytes.Span, pool, chunk, starts[chunk]..starts[chunk + 1])));
        }

        return pool;
    }

    /// <summary>Adds the strings of blocks to a pool, one after another.</summary>
    private void ReadStrings(SnapshotBlock[] blocks, StringPool pool)
    {
        int expected = 0;
        foreach (SnapshotBlock block in blocks)
        {
            WithBlock(block, bytes => expected += StringBlocks.Read(bytes.Span, pool, areDistinct: pool.IsInterned && Header.HoldsSegments));
        }

        if (pool.IsInterned && pool.Count <= TableStrings.FewStrings) { pool.MakeTable(); }

        pool.TrimExcess();
        if (pool.Count != expected) { throw new SnapshotFormatException("a string is stored twice"); }
    }
}
