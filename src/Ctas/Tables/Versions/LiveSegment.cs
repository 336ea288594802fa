using Ctas.Tables.Columns;

namespace Ctas.Tables.Versions;

/// <summary>The rows of a segment of a compact table that is kept fresh: encoded columns, or row objects. Immutable.</summary>
/// <remarks>
/// Rows arrive as row objects with all strings inline (see <see cref="RowLayout"/>), in an array that the writer goes on
/// filling behind the rows that a version sees. When there are many, they are encoded into columns of another segment.
/// </remarks>
internal sealed class SegmentRows
{
    /// <summary>Encoded rows.</summary>
    public SegmentRows(EncodedColumn[] columns, int count)
    {
        Columns = columns;
        Capacity = count;
        StringBytes = columns.Sum(column => column.StringBytes);
        ColumnBytes = columns.Sum(column => column.SizeInBytes) - StringBytes + (columns.Length * 8L) + 64;
    }

    /// <summary>Room for row objects.</summary>
    public SegmentRows(int capacity)
    {
        Objects = new byte[]?[capacity];
        Capacity = capacity;
        ObjectBytes = (capacity * (long)IntPtr.Size) + 24;
    }

    /// <summary>The columns; null when the rows are objects.</summary>
    public EncodedColumn[]? Columns { get; }

    /// <summary>The row objects; null when they are encoded.</summary>
    public byte[]?[]? Objects { get; }

    /// <summary>Rows it has room for.</summary>
    public int Capacity { get; }

    /// <summary>Bytes of the columns without their text.</summary>
    public long ColumnBytes { get; }

    /// <summary>Bytes of the text that the columns hold; the table's pools come on top.</summary>
    public long StringBytes { get; }

    /// <summary>Bytes of the row objects and of the references to them.</summary>
    public long ObjectBytes { get; private set; }

    /// <summary>Puts a row object in a place.</summary>
    public void Add(int place, byte[] row)
    {
        Objects![place] = row;
        ObjectBytes += StandardRowStore.BytesOfRow(row.Length);
    }
}

/// <summary>A segment as one version sees it. Immutable.</summary>
internal sealed class LiveSegment(SegmentRows rows, int rowCount, int deadRows, DeletedRows deleted)
{
    /// <summary>The rows; those from <see cref="RowCount"/> on belong to later versions.</summary>
    public SegmentRows Rows => rows;

    /// <summary>Rows of the version, dead ones included.</summary>
    public int RowCount => rowCount;

    /// <summary>Rows that were deleted or replaced.</summary>
    public int DeadRows => deadRows;

    /// <summary>Which rows were deleted or replaced.</summary>
    public DeletedRows Deleted => deleted;

    /// <summary>The places of the live rows, in order.</summary>
    public int[] LivePlaces()
    {
        int[] live = new int[rowCount - deadRows];
        int count = 0;
        for (int place = 0; place < rowCount; place++)
        {
            if (!deleted[place]) { live[count++] = place; }
        }

        return live;
    }
}
