using Ctas.Data;

namespace Ctas.Sources;

/// <summary>A batch as it was read, and which of its rows are still alive. Single-threaded.</summary>
internal sealed class StagedSegment(Schema schema, Batch rows, Bitmap? keyless)
{
    private Bitmap? _dead;

    /// <summary>The columns of <see cref="Rows"/>.</summary>
    public Schema Schema { get; } = schema;

    /// <summary>All rows, dead ones included.</summary>
    public Batch Rows { get; } = rows;

    /// <summary>Set bits are rows without a key; null when all have one.</summary>
    public Bitmap? Keyless { get; } = keyless;

    /// <summary>Number of rows that are superseded or deleted.</summary>
    public int DeadRows { get; private set; }

    /// <summary>Number of rows that count.</summary>
    public int LiveRows => Rows.RowCount - DeadRows;

    /// <summary>True where a quarter of the rows or more are dead.</summary>
    public bool IsSparse => DeadRows * 4 >= Rows.RowCount;

    /// <summary>Marks a row that was alive as superseded or deleted.</summary>
    public void Kill(int row)
    {
        _dead ??= new Bitmap(Rows.RowCount);
        _dead[row] = true;
        DeadRows++;
    }

    /// <summary>True when the row is alive.</summary>
    public bool IsLive(int row) => _dead is null || !_dead[row];

    /// <summary>True when the row has no key.</summary>
    public bool IsKeyless(int row) => Keyless is not null && Keyless[row];

    /// <summary>The rows that count, as a batch.</summary>
    public SourceBatch ToBatch()
    {
        if (Selection() is not { } live) { return new SourceBatch(Schema, Rows, Tombstones: null, Keyless); }

        Bitmap? keyless = Keyless is null ? null : new Bitmap(live.Length);
        for (int row = 0; keyless is not null && row < live.Length; row++) { keyless[row] = IsKeyless(live.Span[row]); }

        return new SourceBatch(Schema, Rows.Gather(live.Span), Tombstones: null, keyless);
    }

    /// <summary>Row indexes of the rows that count, ascending; null when all do.</summary>
    public RowSelection? Selection()
    {
        if (DeadRows == 0) { return null; }

        int[] selection = new int[LiveRows];
        int selected = 0;
        for (int row = 0; row < Rows.RowCount; row++)
        {
            if (IsLive(row)) { selection[selected++] = row; }
        }

        return selection;
    }
}
