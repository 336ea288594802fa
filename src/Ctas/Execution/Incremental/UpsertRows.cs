using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.Operators;

namespace Ctas.Execution.Incremental;

/// <summary>
/// Turns upserts into changes: given rows that replace the row of their key (+1) or delete it (−1), gives what must be
/// retracted and inserted. Keeps the row of every key. Single-threaded.
/// </summary>
/// <remarks>
/// Within a tick the last one of a key counts; a deletion needs the key's columns only, and one of an absent key is
/// nothing. Cost O(upserts).
/// </remarks>
/// <param name="schema">The columns; its key says which row replaces which.</param>
/// <param name="output">Where the changes go.</param>
internal sealed class UpsertRows(Schema schema, IOperatorInput output) : IOperatorInput, ITickState
{
    private readonly PackedRows<RowUse> _rows = new([.. schema.Fields.Select(field => field.Type)], isExact: true);
    private readonly PackedRows<Entry> _keys = new([.. schema.Key.Select(ordinal => schema.Fields[ordinal].Type)], isExact: false);
    private readonly List<int> _touched = [];
    private readonly List<int> _seen = [];

    /// <inheritdoc/>
    public long SizeInBytes => _rows.SizeInBytes + _keys.SizeInBytes;

    public bool IsSatisfied => false;

    public void Push(ChangeBatch changes)
    {
        ChangeBatch dense = changes.Densify();
        int[] keys = new int[dense.Count];
        int[] places = new int[dense.Count];
        _keys.FindOrAdd(dense.Rows.Select([.. schema.Key]).Columns, keys);
        _rows.FindOrAdd(dense.Rows.Columns, places);
        for (int row = 0; row < keys.Length; row++)
        {
            See(places[row]);
            ref Entry entry = ref _keys.State(keys[row]);
            if (!entry.IsTouched)
            {
                entry.IsTouched = true;
                _touched.Add(keys[row]);
                if (entry.Before > 0) { _rows.Prefetch(entry.Before - 1); }
            }

            // A row's place + 1, so that a key without a row is 0.
            entry.Now = dense.Weights is not null && dense.Weights[row] < 0 ? 0 : places[row] + 1;
        }
    }

    public void Complete()
    {
        var places = new List<int>();
        foreach (int key in _touched)
        {
            Entry entry = _keys.State(key);
            if (entry.Before > 0 && entry.Before != entry.Now) { places.Add(entry.Before - 1); }
        }

        int retracted = places.Count;
        foreach (int key in _touched)
        {
            Entry entry = _keys.State(key);
            if (entry.Now > 0 && entry.Before != entry.Now) { places.Add(entry.Now - 1); }
        }

        if (places.Count > 0)
        {
            int[] weights = new int[places.Count];
            weights.AsSpan().Fill(1);
            weights.AsSpan(0, retracted).Fill(-1);
            Column[] columns = _rows.Columns(CollectionsMarshal.AsSpan(places));
            output.Push(new ChangeBatch(new Batch(columns, places.Count), Selection: null, retracted == 0 ? null : weights));
        }

        output.Complete();
    }

    /// <inheritdoc/>
    public void Commit() => Settle(isKept: true);

    /// <inheritdoc/>
    public void Rollback() => Settle(isKept: false);

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        int[] rows = Array.ConvertAll(_keys.Places(), key => _keys.State(key).Before - 1);
        state.Add(_rows.Columns(rows));
    }

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
        Push(new ChangeBatch(state.Next(schema.Fields.Select(field => field.Type))));
        Commit();
    }

    private void Settle(bool isKept)
    {
        foreach (int key in _touched)
        {
            ref Entry entry = ref _keys.State(key);
            if (entry.Before > 0) { See(entry.Before - 1); }

            int row = isKept ? entry.Now : entry.Before;
            entry = new Entry { Now = row, Before = row };
            if (row > 0) { _rows.State(row - 1) |= RowUse.IsHeld; }
            else { _keys.Remove(key); }
        }

        foreach (int place in _seen) { _rows.PrefetchSlot(place); }

        // What no key holds any more goes: rows that were replaced, and those that were there within the tick only.
        foreach (int place in _seen)
        {
            bool isHeld = (_rows.State(place) & RowUse.IsHeld) != 0;
            _rows.State(place) = RowUse.None;
            if (!isHeld) { _rows.Remove(place); }
        }

        _touched.Clear();
        _seen.Clear();
        _rows.Trim();
        _keys.Trim();
    }

    private void See(int place)
    {
        if ((_rows.State(place) & RowUse.IsSeen) != 0) { return; }

        _rows.State(place) |= RowUse.IsSeen;
        _seen.Add(place);
    }

    [Flags]
    private enum RowUse : byte
    {
        None = 0,
        IsSeen = 1,
        IsHeld = 2,
    }

    private struct Entry
    {
        public int Now;
        public int Before;
        public bool IsTouched;
    }
}
