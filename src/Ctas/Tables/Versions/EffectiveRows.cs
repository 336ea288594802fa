using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>Collects what a batch of changes really did to row objects. Single-threaded.</summary>
internal sealed class EffectiveRows
{
    private readonly List<byte[]> _retracted = [];
    private readonly List<byte[]?> _inserted = [];

    // By change since the beginning: its place among the inserted rows, −1 for a retraction.
    private readonly List<int> _places = [];
    private long _first;

    /// <summary>Forgets everything; the next change has this number.</summary>
    public void Begin(long firstChange)
    {
        _first = firstChange;
        _retracted.Clear();
        _inserted.Clear();
        _places.Clear();
    }

    /// <summary>One change: <paramref name="before"/> became <paramref name="after"/>; null is no row.</summary>
    public void Add(byte[]? before, byte[]? after)
    {
        if (before is not null)
        {
            long change = RowLayout.Stamp(before);
            if (change < _first) { _retracted.Add(before); }
            else { _inserted[_places[(int)(change - _first)]] = null; }
        }

        _places.Add(after is null ? -1 : _inserted.Count);
        if (after is not null) { _inserted.Add(after); }
    }

    /// <summary>The changes, retractions first; null when there are none.</summary>
    public ChangeBatch? ToChanges(StandardRowStore store, OrdinalList columns)
    {
        var rows = new List<byte[]>(_retracted);
        foreach (byte[]? row in _inserted)
        {
            if (row is not null) { rows.Add(row); }
        }

        if (rows.Count == 0) { return null; }

        int[]? weights = null;
        if (_retracted.Count > 0)
        {
            weights = new int[rows.Count];
            weights.AsSpan(0, _retracted.Count).Fill(-1);
            weights.AsSpan(_retracted.Count).Fill(1);
        }

        return new ChangeBatch(RowBatches.Create(store, rows, columns), Selection: null, weights);
    }
}
