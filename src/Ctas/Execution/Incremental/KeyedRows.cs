using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>A multiset of rows in which the rows of a key are found, before the tick and now. Single-threaded.</summary>
/// <remarks>
/// The rows of a key lie in a list, in the order in which they came first; rows that have gone stay in it, with weight 0,
/// until the tick is kept or undone. So both R and R' can be read until then.
/// <code>
/// key ─► list of places ─► rows        a row is one place of <see cref="Rows"/>, whatever its weight
/// </code>
/// </remarks>
internal sealed class KeyedRows : ITickState
{
    // So many rows stay near from where they are added to where they are listed.
    private const int LoadedRows = 4096;

    private readonly PlaceLists _lists;
    private readonly List<int> _touchedKeys = [];

    private readonly RowShape _shape;
    private readonly RowKeys _keys;
    private readonly bool _isSecond;

    // Of each touched key, the sum of its weights before the tick.
    private readonly List<long> _weightsBefore = [];

    /// <summary>Makes one without rows.</summary>
    /// <param name="shape">What the rows look like.</param>
    /// <param name="keys">The keys, which another side may share.</param>
    /// <param name="isSecond">True for the second of the sides that share the keys.</param>
    /// <param name="isTimed">True when rows come with times, by which they are found.</param>
    public KeyedRows(RowShape shape, RowKeys keys, bool isSecond = false, bool isTimed = false)
    {
        (_shape, _keys, _isSecond) = (shape, keys, isSecond);
        Rows = new RowWeights(shape.Types, isExact: true, shape.Key) { Order = isTimed ? new TimeOrder() : null };
        _lists = new PlaceLists((place, index) => Rows.Rows.State(place).Index = index);
    }

    /// <summary>The rows and their weights.</summary>
    public RowWeights Rows { get; }

    /// <summary>Keys of rows that the tick may have changed, each once.</summary>
    public List<int> TouchedKeys => _touchedKeys;

    /// <summary>Sum of the weights of rows without a key, now.</summary>
    public long KeylessNow { get; private set; }

    /// <summary>Sum of the weights of rows without a key, before the tick.</summary>
    public long KeylessBefore { get; private set; }

    /// <summary>Sum of all weights now.</summary>
    public long TotalNow { get; private set; }

    /// <summary>Sum of all weights before the tick.</summary>
    public long TotalBefore { get; private set; }

    /// <inheritdoc/>
    public long SizeInBytes => Rows.SizeInBytes + _lists.SizeInBytes + (_touchedKeys.Capacity * 4L) + (_weightsBefore.Capacity * 8L);

    /// <summary>The key of a row, or <see cref="RowKeys.None"/>.</summary>
    public int KeyOf(int place) => Rows.Rows.State(place).Key;

    /// <summary>The rows of a key, in the order in which they came first. Valid until rows are added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PlaceList.Enumerable RowsOf(int key) => _keys.Rows(key, _isSecond).Places.Places;

    /// <summary>True for a key among <see cref="TouchedKeys"/>.</summary>
    public bool IsTouchedKey(int key) => _keys.Rows(key, _isSecond).Touch != 0;

    /// <summary>The columns of keys.</summary>
    public Column[] KeyColumns(ReadOnlySpan<int> numbers) => _keys.Columns(numbers);

    /// <summary>Sum of the weights of a key's rows, now.</summary>
    public long WeightNow(int key) => _keys.Rows(key, _isSecond).Now;

    /// <summary>Sum of the weights of a key's rows, before the tick.</summary>
    public long WeightBefore(int key)
    {
        ref KeyRows rows = ref _keys.Rows(key, _isSecond);
        return rows.Touch == 0 ? rows.Now : _weightsBefore[rows.Touch - 1];
    }

    /// <summary>Adds weighted rows with their keys.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keyColumns">The columns of their keys.</param>
    /// <param name="weights">Weight of each; null: all +1.</param>
    /// <param name="times">The time of each; null where rows have none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(Batch rows, ReadOnlySpan<Column> keyColumns, int[]? weights, FixedColumn<long>? times = null)
    {
        int count = rows.RowCount;
        int[] places = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        int[] rowKeys = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        Rows.Add(rows.Columns, weights, places.AsSpan(0, count));
        _keys.FindOrAdd(keyColumns, rowKeys.AsSpan(0, count));
        for (int start = 0; start < count; start += CacheLines.BlockRows)
        {
            int end = Math.Min(start + CacheLines.BlockRows, count);
            Prefetch(places.AsSpan(start..end), rowKeys.AsSpan(start..end));
            for (int row = start; row < end; row++)
            {
                Enlist(places[row], rowKeys[row]);
                Weigh(rowKeys[row], weights is null ? 1 : weights[row]);
            }
        }

        if (times is not null) { Time(places.AsSpan(0, count), times); }

        ArrayPool<int>.Shared.Return(places);
        ArrayPool<int>.Shared.Return(rowKeys);
    }

    /// <summary>Adds rows that have been there since before the tick, which has nothing to keep or undo of them.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keyColumns">The columns of their keys.</param>
    /// <param name="weights">Weight of each; empty: all +1.</param>
    public void Load(Batch rows, Batch keyColumns, ReadOnlySpan<int> weights = default)
    {
        int[] places = ArrayPool<int>.Shared.Rent(LoadedRows);
        int[] rowKeys = ArrayPool<int>.Shared.Rent(LoadedRows);
        for (int start = 0; start < rows.RowCount; start += LoadedRows)
        {
            int count = Math.Min(LoadedRows, rows.RowCount - start);
            ReadOnlySpan<int> some = weights.IsEmpty ? weights : weights.Slice(start, count);
            Rows.Load(rows.Slice(start, count).Columns, some, places.AsSpan(0, count));
            _keys.FindOrAdd(keyColumns.Slice(start, count).Columns, rowKeys.AsSpan(0, count));
            Load(places.AsSpan(0, count), rowKeys.AsSpan(0, count), some);
        }

        ArrayPool<int>.Shared.Return(places);
        ArrayPool<int>.Shared.Return(rowKeys);
    }

    /// <summary>Of a row without a key that the tick takes away, what it takes was there before.</summary>
    public void HadWhatGoes(int place)
    {
        ref RowState row = ref Rows.Rows.State(place);
        if (row.Key != RowKeys.None || row.Now >= 0) { return; }

        int gone = -row.Now;
        (row.Now, row.Before) = (0, gone);
        KeylessNow += gone;
        KeylessBefore += gone;
        TotalNow += gone;
        TotalBefore += gone;
    }

    /// <summary>Takes all that there is of a row, whatever it was before.</summary>
    public void Clear(int place)
    {
        Weigh(KeyOf(place), -Rows.Now(place));
        Rows.Clear(place);
    }

    /// <summary>The rows of the touched keys, those of a key in the order of its list; their memory is asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddTouched(List<int> places)
    {
        ReadOnlySpan<int> touched = CollectionsMarshal.AsSpan(_touchedKeys);
        for (int start = 0; start < touched.Length; start += CacheLines.BlockRows)
        {
            ReadOnlySpan<int> block = touched[start..Math.Min(start + CacheLines.BlockRows, touched.Length)];
            foreach (int key in block) { _keys.Prefetch(key); }

            foreach (int key in block) { PrefetchList(key); }

            foreach (int key in block)
            {
                foreach (int place in RowsOf(key))
                {
                    PrefetchRow(place);
                    places.Add(place);
                }
            }
        }
    }

    /// <summary>Asks for what is known of a key's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchKey(int key) => _keys.Prefetch(key);

    /// <summary>Asks for the list of a key's rows; the key is near.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchList(int key) => _keys.Rows(key, _isSecond).Places.Prefetch();

    /// <summary>Asks for a row and its weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRow(int place) => Rows.Rows.Prefetch(place);

    /// <inheritdoc/>
    public void Commit()
    {
        DelistGone(isKept: true);
        Rows.Commit();
        foreach (int key in CollectionsMarshal.AsSpan(_touchedKeys)) { _keys.Rows(key, _isSecond).Touch = 0; }

        KeylessBefore = KeylessNow;
        TotalBefore = TotalNow;
        EndTick();
        _keys.Trim();
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        // While keys are there whose rows came within the tick only.
        for (int touched = 0; touched < _touchedKeys.Count; touched++)
        {
            ref KeyRows rows = ref _keys.Rows(_touchedKeys[touched], _isSecond);
            rows.Now = _weightsBefore[touched];
            rows.Touch = 0;
        }

        DelistGone(isKept: false);
        Rows.Rollback();
        KeylessNow = KeylessBefore;
        TotalNow = TotalBefore;
        EndTick();
    }

    /// <summary>All rows, those of a key in the order of its list.</summary>
    public int[] PlacesInOrder()
    {
        var places = new List<int>(Rows.Rows.Count);
        foreach (int place in Rows.Rows.Places())
        {
            int key = KeyOf(place);
            if (key == RowKeys.None) { places.Add(place); }
            else if (FirstOf(key) == place)
            {
                foreach (int listed in RowsOf(key)) { places.Add(listed); }
            }
        }

        return [.. places];
    }

    /// <inheritdoc/>
    public void Save(StateWriter state) => Rows.Save(state, PlacesInOrder());

    /// <inheritdoc/>
    public void Restore(StateReader state) => Restore(state, static rows => new Batch([], rows.RowCount));

    /// <summary>Takes up what was saved.</summary>
    /// <param name="state">What was saved.</param>
    /// <param name="keysOf">Gives the keys of rows, and behind them the times, where rows have any.</param>
    /// <returns>The place of each row.</returns>
    public int[] Restore(StateReader state, Func<Batch, Batch> keysOf)
    {
        Batch saved = state.Next([.. _shape.Types, DataType.Int]);
        var rows = new Batch([.. saved.Columns[..^1]], saved.RowCount);
        Batch found = keysOf(rows);
        if (found.RowCount != rows.RowCount) { throw new InvalidDataException("Rows of the state have no keys."); }

        int keyCount = found.ColumnCount - (Rows.Order is null ? 0 : 1);
        Load(rows, new Batch([.. found.Columns[..keyCount]], rows.RowCount), StateReader.Integers(saved.Columns[^1]));
        var places = new int[rows.RowCount];
        Rows.Rows.FindOrAdd(rows.Columns, places);
        if (Rows.Order is not null) { Time(places, (FixedColumn<long>)found[keyCount]); }

        return places;
    }

    /// <summary>A row without a time is never too old.</summary>
    private void Time(ReadOnlySpan<int> places, FixedColumn<long> times)
    {
        for (int row = 0; row < places.Length; row++)
        {
            Rows.Order!.Add(places[row], times.IsNull(row) ? long.MaxValue : times.Values[row]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Load(ReadOnlySpan<int> places, ReadOnlySpan<int> rowKeys, ReadOnlySpan<int> weights)
    {
        for (int start = 0; start < places.Length; start += CacheLines.BlockRows)
        {
            int end = Math.Min(start + CacheLines.BlockRows, places.Length);
            PrefetchLists(rowKeys[start..end]);
            for (int row = start; row < end; row++)
            {
                Enlist(places[row], rowKeys[row]);
                int weight = weights.IsEmpty ? 1 : weights[row];
                TotalNow += weight;
                TotalBefore += weight;
                if (rowKeys[row] == RowKeys.None)
                {
                    KeylessNow += weight;
                    KeylessBefore += weight;
                    continue;
                }

                ref KeyRows ofKey = ref _keys.Rows(rowKeys[row], _isSecond);
                ofKey.Now += weight;
                if (ofKey.Touch > 0) { _weightsBefore[ofKey.Touch - 1] += weight; }
            }
        }
    }

    private void Prefetch(ReadOnlySpan<int> places, ReadOnlySpan<int> rowKeys)
    {
        for (int row = 0; row < places.Length; row++)
        {
            Rows.Rows.Prefetch(places[row]);
            if (rowKeys[row] != RowKeys.None) { _keys.Prefetch(rowKeys[row]); }
        }

        PrefetchLists(rowKeys);
    }

    private void PrefetchLists(ReadOnlySpan<int> rowKeys)
    {
        foreach (int key in rowKeys)
        {
            if (key != RowKeys.None) { PrefetchList(key); }
        }
    }

    private int FirstOf(int key)
    {
        foreach (int place in RowsOf(key)) { return place; }

        return RowKeys.None;
    }

    /// <summary>Takes rows out of their lists that are not there any more, or again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DelistGone(bool isKept)
    {
        foreach (int place in CollectionsMarshal.AsSpan(Rows.Touched))
        {
            ref RowState row = ref Rows.Rows.State(place);
            if (row.Key >= 0 && IsGone(row, isKept)) { Delist(place, row); }
        }
    }

    private static bool IsGone(in RowState row, bool isKept) => (isKept ? row.Now : row.Before) == 0;

    private void EndTick()
    {
        _touchedKeys.Clear();
        _weightsBefore.Clear();
        if (_touchedKeys.Capacity <= RowWeights.MaxKeptTouched) { return; }

        _touchedKeys.TrimExcess();
        _weightsBefore.TrimExcess();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enlist(int place, int key)
    {
        ref RowState row = ref Rows.Rows.State(place);
        if (row.Key >= RowKeys.None) { return; }

        row.Key = key;
        if (key != RowKeys.None) { _lists.Add(ref _keys.Rows(key, _isSecond).Places, place); }
    }

    private void Delist(int place, in RowState row)
    {
        ref KeyRows rows = ref _keys.Rows(row.Key, _isSecond);
        _lists.Remove(ref rows.Places, place, row.Index);
        if (rows.Places.Count == 0) { _keys.Release(row.Key); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Weigh(int key, int weight)
    {
        TotalNow += weight;
        if (key == RowKeys.None)
        {
            KeylessNow += weight;
            return;
        }

        ref KeyRows rows = ref _keys.Rows(key, _isSecond);
        if (rows.Touch == 0)
        {
            _touchedKeys.Add(key);
            _weightsBefore.Add(rows.Now);
            rows.Touch = _touchedKeys.Count;
        }

        rows.Now += weight;
    }
}
