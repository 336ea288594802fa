using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Snapshots;

internal sealed partial class SnapshotFile
{
    /// <summary>A compact table that was stored as it lay in memory: nothing is encoded or indexed again.</summary>
    private CompactTable ReadSegments(string name, ParallelOptions options)
    {
        Schema schema = Header.Schema;
        int width = schema.Fields.Count;
        (SnapshotBlock[] blocks, bool[] interned) = ReadFooter(width);
        (StringPool?[] pools, List<Action> strings) = Pools(blocks, interned);
        Run(options, strings.Count, piece => strings[piece]());
        SegmentRows[] segments = ReadSegmentRows(blocks);
        SnapshotBlock[] encoded = Of(blocks, SnapshotBlockKind.Encoded, segments.Length * width);
        SnapshotBlock[] index = [.. blocks.Where(block => block.Kind == SnapshotBlockKind.Index)];

        int rows = RowsOf(segments);
        var columns = new EncodedColumn[encoded.Length];
        byte[][] parts = new byte[index.Length][];
        Run(options, encoded.Length + index.Length, at =>
        {
            if (at < columns.Length)
            {
                int count = segments[at / width].Count;
                columns[at] = WithBlock(encoded[at], block => ReadColumn(block, at % width, count, pools[at % width]));
            }
            else { parts[at - columns.Length] = ReadIndexPart(index[at - columns.Length], rows); }
        });

        var store = new CompactRowStore(schema, pools);
        for (int segment = 0; segment < segments.Length; segment++)
        {
            EncodedColumn[] inside = columns[(segment * width)..((segment + 1) * width)];
            store.Add(new CompactSegment(inside, segments[segment].Count).WithDeleted(segments[segment].Deleted));
        }

        return new CompactTable(new TableShape(name, schema), store, IndexOf(parts), Header.RowCount);
    }

    private static int RowsOf(SegmentRows[] segments)
    {
        long rows = segments.Sum(segment => (long)segment.Count);
        return rows <= int.MaxValue ? (int)rows : throw new SnapshotFormatException($"it holds {rows} rows");
    }

    private SegmentRows[] ReadSegmentRows(SnapshotBlock[] blocks)
    {
        SegmentRows[] segments = WithBlock(Of(blocks, SnapshotBlockKind.Segments, 1)[0], SegmentBlocks.Read);
        long live = segments.Sum(segment => (long)segment.Count - (segment.Deleted?.CountSet() ?? 0));
        return live == Header.RowCount
            ? segments
            : throw new SnapshotFormatException($"it holds {live} of {Header.RowCount} rows");
    }

    private EncodedColumn ReadColumn(ReadOnlyMemory<byte> block, int ordinal, int rows, StringPool? pool)
    {
        var reader = new BlockReader(block);
        EncodedColumn column = EncodedColumn.Read(Header.Schema.Fields[ordinal].Type, rows, pool, reader);
        return reader.IsAtEnd ? column : throw new InvalidDataException("A column is followed by something else.");
    }

    /// <summary>The blocks of a kind: of each column in turn, group after group, or of none.</summary>
    private SnapshotBlock[] Of(SnapshotBlock[] blocks, SnapshotBlockKind kind, int count)
    {
        int width = Header.Schema.Fields.Count;
        SnapshotBlock[] found = [.. blocks.Where(block => block.Kind == kind)];
        bool areInOrder = found.Select((block, at) => block.Column == SnapshotBlock.NoColumn
            || (block.Column == at % width && block.Group == at / width)).All(isRight => isRight);
        return found.Length == count && areInOrder ? found : throw new SnapshotFormatException("its blocks do not fit together");
    }
}
