using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables;

/// <summary>Up to 65,536 rows of a compact table, column by column.</summary>
/// <remarks>All segments but the last are full, so a row's number gives its segment. One writer while built.</remarks>
internal sealed class CompactSegment
{
    /// <summary>Bits of a row number that count rows inside a segment.</summary>
    public const int RowBits = 16;

    /// <summary>Rows of a full segment.</summary>
    public const int MaxRows = 1 << RowBits;

    /// <summary>Takes over columns of <paramref name="rowCount"/> rows.</summary>
    public CompactSegment(EncodedColumn[] columns, int rowCount)
    {
        Columns = columns;
        RowCount = rowCount;
    }

    /// <summary>The columns in order.</summary>
    public EncodedColumn[] Columns { get; }

    /// <summary>Rows in the columns, deleted ones included.</summary>
    public int RowCount { get; }

    /// <summary>Set bits are rows that were deleted or replaced; null when there are none.</summary>
    public Bitmap? Deleted { get; private set; }

    /// <summary>Bytes of the columns, without their text.</summary>
    public long ColumnBytes => Columns.Sum(column => column.SizeInBytes - column.StringBytes) + (Columns.Length * 8L) + 64;

    /// <summary>Bytes of the text that the columns hold; the table's pools come on top.</summary>
    public long StringBytes => Columns.Sum(column => column.StringBytes);

    /// <summary>Bytes of the deletion bitmap.</summary>
    public long DeletedBytes => (Deleted?.Words.Length ?? 0) * 8L;

    /// <summary>Marks a row as deleted.</summary>
    public void Delete(int row)
    {
        Deleted ??= new Bitmap(MaxRows);
        Deleted[row] = true;
    }

    /// <summary>True when the row was neither deleted nor replaced.</summary>
    public bool IsLive(int row) => Deleted is null || !Deleted[row];

    /// <summary>Carries the deletions of the segment this one was made from.</summary>
    public CompactSegment WithDeleted(Bitmap? deleted)
    {
        Deleted = deleted;
        return this;
    }

    /// <summary>The pools that the strings of some columns decode to, by ordinal; null for columns of other types.</summary>
    /// <remarks>
    /// A column whose segments are all coded by one pool decodes to that; any other to a new one, in which equal strings
    /// are not looked for. One set of pools serves one scan: it grows with every segment that is decoded.
    /// </remarks>
    public static StringPool?[] PoolsFor(ReadOnlySpan<CompactSegment> segments, OrdinalList columns, Schema schema)
    {
        var pools = new StringPool?[schema.Fields.Count];
        for (int column = 0; column < columns.Count; column++)
        {
            int ordinal = columns[column];
            if (PhysicalTypes.Of(schema.Fields[ordinal].Type) != PhysicalType.Bytes) { continue; }

            StringPool? pool = segments.Length == 0 ? null : segments[0].Columns[ordinal].Pool;
            foreach (CompactSegment segment in segments)
            {
                if (!ReferenceEquals(segment.Columns[ordinal].Pool, pool)) { pool = null; }
            }

            pools[ordinal] = pool ?? new StringPool(isInterned: false);
        }

        return pools;
    }

    /// <summary>The live rows of some columns as operators take them.</summary>
    /// <param name="columns">The ordinals of the columns.</param>
    /// <param name="pools">What <see cref="PoolsFor"/> gave.</param>
    public Batch Decode(OrdinalList columns, StringPool?[] pools)
    {
        var decoded = new Column[columns.Count];
        for (int column = 0; column < decoded.Length; column++)
        {
            decoded[column] = Columns[columns[column]].Decode(pools[columns[column]], 0, RowCount);
        }

        var batch = new Batch(decoded, RowCount);
        return Deleted is null ? batch : batch.Gather(LiveRows());
    }

    /// <summary>The live rows of some columns as operators take them; values are decoded when they are read.</summary>
    /// <param name="columns">The ordinals of the columns.</param>
    /// <param name="number">The number of this segment in its table.</param>
    /// <param name="strings">How strings are told, column by column; null for columns of other types.</param>
    public Batch Read(OrdinalList columns, int number, ScanStrings?[] strings)
    {
        var read = new Column[columns.Count];
        for (int column = 0; column < read.Length; column++)
        {
            read[column] = strings[column]?.Read(number) ?? SegmentValues.Of(Columns[columns[column]]);
        }

        var batch = new Batch(read, RowCount);
        if (Deleted is null) { return batch; }

        Batch live = batch.Gather(LiveRows());
        batch.GiveBackDecoded();
        return live;
    }

    private int[] LiveRows()
    {
        int[] live = new int[RowCount - Deleted!.CountSet()];
        int count = 0;
        for (int row = 0; row < RowCount; row++)
        {
            if (IsLive(row)) { live[count++] = row; }
        }

        return live;
    }
}
