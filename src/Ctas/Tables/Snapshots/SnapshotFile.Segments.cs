using Ctas.Data;
using Ctas.Tables.Columns;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Snapshots;

internal sealed partial class SnapshotFile
{
    /// <summary>Reads and checks a compact table that was stored as it lay in memory, on several threads.</summary>
    /// <remarks>Nothing is encoded or indexed again. Only where <see cref="SnapshotHeader.HoldsSegments"/>.</remarks>
    /// <param name="name">The name of the table.</param>
    /// <param name="maxDegreeOfParallelism">Threads to use.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="SnapshotFormatException">A byte is not as it was written.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    public CompactTable ReadTable(string name, int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        Schema schema = Header.Schema;
        int width = schema.Fields.Count;
        (SnapshotBlock[] blocks, bool[] interned) = ReadFooter(width);
        ParallelOptions options = Options(maxDegreeOfParallelism, cancellationToken);
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
            else { parts[at - columns.Length] = WithBlock(index[at - columns.Length], block => TagPart.Of(block.Span, rows)); }
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

    private TagIndex? IndexOf(byte[][] parts)
    {
        if (!Header.Schema.HasKey) { return parts.Length == 0 ? null : throw new SnapshotFormatException("it has an index without a key"); }

        try { return TagIndex.Of(parts); }
        catch (InvalidDataException e) { throw new SnapshotFormatException(Reason(e)); }
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
