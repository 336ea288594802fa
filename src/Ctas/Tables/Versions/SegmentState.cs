namespace Ctas.Tables.Versions;

/// <summary>A segment as the writer has it.</summary>
internal sealed class SegmentState(SegmentRows rows, DeletedRowsBuilder deleted)
{
    private LiveSegment? _published;

    /// <summary>The rows.</summary>
    public SegmentRows Rows => rows;

    /// <summary>Rows there are, dead ones included.</summary>
    public int RowCount { get; private set; }

    /// <summary>Dead rows.</summary>
    public int DeadRows { get; private set; }

    /// <summary>Live rows.</summary>
    public int LiveRows => RowCount - DeadRows;

    /// <summary>True while rows are appended, or moved in.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Links to the rows before; null for a loaded segment, whose rows have none.</summary>
    public PreviousRows? Previous { get; set; }

    /// <summary>Bytes of the deletion bits.</summary>
    public long DeletedBytes => deleted.SizeInBytes;

    /// <summary>Begins with rows of which some are dead.</summary>
    public SegmentState With(int rowCount, int deadRows)
    {
        RowCount = rowCount;
        DeadRows = deadRows;
        return this;
    }

    /// <summary>True when the row is dead.</summary>
    public bool IsDead(int place) => deleted[place];

    /// <summary>Puts a row object behind the others.</summary>
    public void Append(byte[] row)
    {
        rows.Add(RowCount, row);
        RowCount++;
        _published = null;
    }

    /// <summary>A live row dies.</summary>
    public void Kill(int place)
    {
        deleted.Set(place, isDead: true);
        DeadRows++;
        _published = null;
    }

    /// <summary>A row that was moved in lives.</summary>
    public void Revive(int place)
    {
        deleted.Set(place, isDead: false);
        DeadRows--;
        _published = null;
    }

    /// <summary>The segment for a version; the same as before when nothing changed.</summary>
    public LiveSegment Publish() => _published ??= new LiveSegment(rows, RowCount, DeadRows, deleted.Publish());
}
