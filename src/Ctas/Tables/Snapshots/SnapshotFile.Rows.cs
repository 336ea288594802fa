using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Snapshots;

internal sealed partial class SnapshotFile
{
    /// <summary>Reads and checks a table, on several threads: what was stored with it is not made again.</summary>
    /// <param name="name">The name of the table.</param>
    /// <param name="maxDegreeOfParallelism">Threads to use.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>A compact table where the header says that it holds segments, a standard table otherwise.</returns>
    /// <exception cref="SnapshotFormatException">A byte is not as it was written.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    public Table ReadTable(string name, int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        ParallelOptions options = Options(maxDegreeOfParallelism, cancellationToken);
        if (Header.HoldsSegments) { return ReadSegments(name, options); }

        (IReadOnlyList<Batch> rows, TagIndex? index) = ReadBatches(options, withIndex: true);
        return new BatchTable(new TableShape(name, Header.Schema), new BatchRowStore(Header.Schema, rows), index);
    }

    /// <summary>Reads and checks all rows, on several threads.</summary>
    /// <param name="maxDegreeOfParallelism">Threads to use.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="SnapshotFormatException">A byte is not as it was written.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    public IReadOnlyList<Batch> ReadRows(int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        ParallelOptions options = Options(maxDegreeOfParallelism, cancellationToken);
        return Header.HoldsSegments
            ? [.. ReadSegments(Header.Table, options).Scan()]
            : ReadBatches(options, withIndex: false).Rows;
    }

    private (IReadOnlyList<Batch> Rows, TagIndex? Index) ReadBatches(ParallelOptions options, bool withIndex)
    {
        (SnapshotBlock[] blocks, bool[] interned) = ReadFooter(Header.Schema.Fields.Count);
        (StringPool?[] pools, List<Action> pieces) = Pools(blocks, interned);
        SnapshotBlock[] columns = [.. blocks.Where(block => block.Kind == SnapshotBlockKind.Column)];
        SnapshotBlock[] index = withIndex ? [.. blocks.Where(block => block.Kind == SnapshotBlockKind.Index)] : [];
        var read = new Column[columns.Length];
        byte[][] parts = new byte[index.Length][];

        // Codes are read beside their strings: they are compared when all are there.
        int strings = pieces.Count;
        Run(options, strings + columns.Length + index.Length, piece =>
        {
            if (piece < strings) { pieces[piece](); }
            else if (piece - strings < columns.Length) { read[piece - strings] = ReadColumn(columns[piece - strings], pools); }
            else { parts[piece - strings - columns.Length] = ReadIndexPart(index[piece - strings - columns.Length], (int)Header.RowCount); }
        });
        return (Assemble(columns, read), withIndex ? IndexOf(parts) : null);
    }

    private Column ReadColumn(SnapshotBlock block, StringPool?[] pools) => WithBlock(block, bytes =>
        ColumnBlocks.Read(bytes.Span, Header.Schema.Fields[block.Column].Type, Header.RowCount, pools[block.Column]));

    private byte[] ReadIndexPart(SnapshotBlock block, int rows) => WithBlock(block, bytes => TagPart.Of(bytes.Span, rows));

    private TagIndex? IndexOf(byte[][] parts)
    {
        if (!Header.Schema.HasKey) { return parts.Length == 0 ? null : throw new SnapshotFormatException("it has an index without a key"); }

        try { return TagIndex.Of(parts); }
        catch (InvalidDataException e) { throw new SnapshotFormatException(Reason(e)); }
    }

    private Batch[] Assemble(SnapshotBlock[] columns, Column[] read)
    {
        int width = Header.Schema.Fields.Count;
        int groups = width == 0 ? 0 : columns.Length / width;
        var batches = new Batch[groups];
        long rows = 0;
        for (int group = 0; group < groups; group++)
        {
            Column[] of = read[(group * width)..((group + 1) * width)];
            for (int ordinal = 0; ordinal < width; ordinal++)
            {
                SnapshotBlock block = columns[(group * width) + ordinal];
                bool fits = block.Column == ordinal && block.Group == group && of[ordinal].Length == of[0].Length
                    && (of[ordinal] is not StringColumn text || HasItsStrings(text));
                if (!fits) { throw new SnapshotFormatException("its columns do not fit together"); }
            }

            batches[group] = new Batch(of, of[0].Length);
            rows += of[0].Length;
        }

        return rows == Header.RowCount && groups * width == columns.Length
            ? batches
            : throw new SnapshotFormatException($"it holds {rows} of {Header.RowCount} rows");
    }

    /// <summary>True when every row has a string of the pool, or is NULL.</summary>
    private static bool HasItsStrings(StringColumn column)
    {
        ReadOnlySpan<int> codes = column.Codes;
        if (codes.ContainsAnyExceptInRange(-1, column.Pool.Count - 1)) { return false; }

        for (int row = codes.IndexOf(-1); row >= 0 && row < codes.Length; row++)
        {
            if (codes[row] < 0 && !column.IsNull(row)) { return false; }
        }

        return true;
    }
}
