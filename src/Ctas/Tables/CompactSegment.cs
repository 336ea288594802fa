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

    /// <summary>Bytes of the columns.</summary>
    public long ColumnBytes => Columns.Sum(column => column.SizeInBytes) + (Columns.Length * 8L) + 64;

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

    /// <summary>The live rows of some columns as operators take them.</summary>
    public Batch Decode(OrdinalList columns, StringPool?[] pools)
    {
        var decoded = new Column[columns.Count];
        for (int column = 0; column < decoded.Length; column++)
        {
            decoded[column] = Columns[columns[column]].Decode(pools[columns[column]]);
        }

        var batch = new Batch(decoded, RowCount);
        return Deleted is null ? batch : batch.Gather(LiveRows());
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
