namespace Ctas.Tables.Versions;

/// <summary>Which row held the key of a row before it, for the rows of one segment of a compact table.</summary>
/// <remarks>
/// Segments in a list that leads forward only, in the order of their numbers. A version holds the first segment that can
/// still get rows, so the garbage collector frees every link that no version in use can follow. One writer, many readers:
/// the writer sets a link before it points the index at the row.
/// </remarks>
internal sealed class PreviousRows(int segment, int capacity)
{
    // The row + 1; 0 is none.
    private readonly int[] _rows = new int[capacity];
    private PreviousRows? _next;

    /// <summary>The number of the segment.</summary>
    public int Segment => segment;

    /// <summary>The segment after it in the list.</summary>
    public PreviousRows? Next => Volatile.Read(ref _next);

    /// <summary>The row before a row of this or a later segment; −1 when there is none, or no version needs it.</summary>
    public int Before(int row)
    {
        int wanted = row >> CompactSegment.RowBits;
        PreviousRows? block = this;
        while (block is not null && block.Segment < wanted) { block = block.Next; }

        return block is null || block.Segment != wanted
            ? -1
            : Volatile.Read(ref block._rows[row & (CompactSegment.MaxRows - 1)]) - 1;
    }

    /// <summary>Sets the row before a row of this segment.</summary>
    public void Set(int row, int previous) => Volatile.Write(ref _rows[row & (CompactSegment.MaxRows - 1)], previous + 1);

    /// <summary>Puts a segment behind the last.</summary>
    public PreviousRows Append(int nextSegment, int capacity)
    {
        var next = new PreviousRows(nextSegment, capacity);
        Volatile.Write(ref _next, next);
        return next;
    }
}
