using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>A multiset of rows in which the rows of a key are found, before the tick and now. Single-threaded.</summary>
/// <remarks>
/// The rows of a key are chained in the order in which they came first; rows that have gone stay in the chain, with
/// weight 0, until the tick is kept or undone. So both R and R' can be read until then.
/// <code>
/// key ─► first ⇄ row ⇄ row ⇄ last        a row is one place of <see cref="Rows"/>, whatever its weight
/// </code>
/// </remarks>
/// <param name="types">Types of the rows' columns.</param>
/// <param name="keys">The keys, which another side may share.</param>
/// <param name="isSecond">True for the second of the sides that share the keys.</param>
/// <param name="isTimed">True when rows come with times, by which they are found.</param>
internal sealed class KeyedRows(IReadOnlyList<DataType> types, RowKeys keys, bool isSecond = false, bool isTimed = false) : ITickState
{
    private const int End = -1;

    // So many rows stay near from where they are added to where they are chained.
    private const int LoadedRows = 4096;

    private readonly List<int> _touchedKeys = [];

    /// <summary>The rows and their weights.</summary>
    public RowWeights Rows { get; } = new(types, isExact: true) { Order = isTimed ? new TimeOrder() : null };

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
    public long SizeInBytes => Rows.SizeInBytes + (_touchedKeys.Capacity * 4L);

    /// <summary>The key of a row, or <see cref="RowKeys.None"/>.</summary>
    public int KeyOf(int place) => Rows.Rows.State(place).Key;

    /// <summary>The first row of a key; negative when it has none.</summary>
    public int First(int key) => keys.Chain(key, isSecond).First;

    /// <summary>The row after one in its key's chain; negative after the last.</summary>
    public int Next(int place) => Rows.Rows.State(place).Next;

    /// <summary>True for a key among <see cref="TouchedKeys"/>.</summary>
    public bool IsTouchedKey(int key) => keys.Chain(key, isSecond).IsTouched;

    /// <summary>The columns of keys.</summary>
    public Column[] KeyColumns(ReadOnlySpan<int> numbers) => keys.Columns(numbers);

    /// <summary>Sum of the weights of a key's rows, now.</summary>
    public long WeightNow(int key) => keys.Chain(key, isSecond).Now;

    /// <summary>Sum of the weights of a key's rows, before the tick.</summary>
    public long WeightBefore(int key) => keys.Chain(key, isSecond).Before;

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
        keys.FindOrAdd(keyColumns, rowKeys.AsSpan(0, count));
        for (int start = 0; start < count; start += CacheLines.BlockRows)
        {
            int end = Math.Min(start + CacheLines.BlockRows, count);
            Prefetch(places.AsSpan(start..end), rowKeys.AsSpan(start..end));
            for (int row = start; row < end; row++)
            {
                Chain(places[row], rowKeys[row]);
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
            keys.FindOrAdd(keyColumns.Slice(start, count).Columns, rowKeys.AsSpan(0, count));
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

    /// <summary>The rows of the touched keys, those of a key in the order of its chain.</summary>
    /// <remarks>Many chains are walked at a time, so that the waits for their rows overlap.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddTouched(List<int> places)
    {
        Span<int> rows = stackalloc int[CacheLines.BlockRows];
        ReadOnlySpan<int> touched = CollectionsMarshal.AsSpan(_touchedKeys);
        for (int start = 0; start < touched.Length; start += CacheLines.BlockRows)
        {
            ReadOnlySpan<int> block = touched[start..Math.Min(start + CacheLines.BlockRows, touched.Length)];
            foreach (int key in block) { keys.Prefetch(key); }

            int count = 0;
            foreach (int key in block) { KeepRow(First(key), rows, ref count); }

            while (count > 0)
            {
                int walked = count;
                count = 0;
                foreach (int place in rows[..walked])
                {
                    places.Add(place);
                    KeepRow(Next(place), rows, ref count);
                }
            }
        }
    }

    /// <summary>Asks for what is known of a key's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchKey(int key) => keys.Prefetch(key);

    /// <summary>Asks for a row, its weight and its links.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRow(int place) => Rows.Rows.Prefetch(place);

    /// <inheritdoc/>
    public void Commit()
    {
        UnchainGone(isKept: true);
        Rows.Commit();
        foreach (int key in CollectionsMarshal.AsSpan(_touchedKeys))
        {
            ref KeyChain chain = ref keys.Chain(key, isSecond);
            chain.Before = chain.Now;
            chain.IsTouched = false;
        }

        KeylessBefore = KeylessNow;
        TotalBefore = TotalNow;
        EndTick();
        keys.Trim();
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        UnchainGone(isKept: false);
        Rows.Rollback();
        foreach (int key in CollectionsMarshal.AsSpan(_touchedKeys))
        {
            ref KeyChain chain = ref keys.Chain(key, isSecond);
            chain.Now = chain.Before;
            chain.IsTouched = false;
        }

        KeylessNow = KeylessBefore;
        TotalNow = TotalBefore;
        EndTick();
    }

    /// <summary>All rows, those of a key in the order of its chain.</summary>
    public int[] PlacesInOrder()
    {
        var places = new List<int>(Rows.Rows.Count);
        foreach (int place in Rows.Rows.Places())
        {
            RowState row = Rows.Rows.State(place);
            if (row.Key == RowKeys.None) { places.Add(place); }
            else if (row.Previous == End)
            {
                for (int next = place; next != End; next = Next(next)) { places.Add(next); }
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
        Batch saved = state.Next([.. types, DataType.Int]);
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
            PrefetchChains(rowKeys[start..end]);
            for (int row = start; row < end; row++)
            {
                Chain(places[row], rowKeys[row]);
                int weight = weights.IsEmpty ? 1 : weights[row];
                TotalNow += weight;
                TotalBefore += weight;
                if (rowKeys[row] == RowKeys.None)
                {
                    KeylessNow += weight;
                    KeylessBefore += weight;
                    continue;
                }

                ref KeyChain chain = ref keys.Chain(rowKeys[row], isSecond);
                chain.Now += weight;
                chain.Before += weight;
            }
        }
    }

    private void Prefetch(ReadOnlySpan<int> places, ReadOnlySpan<int> rowKeys)
    {
        for (int row = 0; row < places.Length; row++)
        {
            Rows.Rows.Prefetch(places[row]);
            if (rowKeys[row] != RowKeys.None) { keys.Prefetch(rowKeys[row]); }
        }

        PrefetchChains(rowKeys);
    }

    /// <summary>Asks for the rows behind which others will be chained.</summary>
    private void PrefetchChains(ReadOnlySpan<int> rowKeys)
    {
        foreach (int key in rowKeys)
        {
            if (key == RowKeys.None) { continue; }

            ref KeyChain chain = ref keys.Chain(key, isSecond);
            if (chain.First >= 0) { PrefetchRow(chain.Last); }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void KeepRow(int place, Span<int> rows, ref int count)
    {
        if (place < 0) { return; }

        PrefetchRow(place);
        rows[count++] = place;
    }

    /// <summary>Takes rows out of their chains that are not there any more, or again.</summary>
    private void UnchainGone(bool isKept)
    {
        ReadOnlySpan<int> touched = CollectionsMarshal.AsSpan(Rows.Touched);
        for (int start = 0; start < touched.Length; start += CacheLines.BlockRows)
        {
            ReadOnlySpan<int> block = touched[start..Math.Min(start + CacheLines.BlockRows, touched.Length)];
            foreach (int place in block)
            {
                if (IsGone(Rows.Rows.State(place), isKept)) { PrefetchNeighbours(Rows.Rows.State(place)); }
            }

            foreach (int place in block)
            {
                if (IsGone(Rows.Rows.State(place), isKept)) { Unchain(place); }
            }
        }
    }

    private static bool IsGone(in RowState row, bool isKept) => (isKept ? row.Now : row.Before) == 0;

    private void PrefetchNeighbours(in RowState row)
    {
        if (row.Key < 0) { return; }

        if (row.Previous >= 0) { PrefetchRow(row.Previous); }

        if (row.Next >= 0) { PrefetchRow(row.Next); }
    }

    private void EndTick()
    {
        _touchedKeys.Clear();
        if (_touchedKeys.Capacity > RowWeights.MaxKeptTouched) { _touchedKeys.TrimExcess(); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Chain(int place, int key)
    {
        ref RowState row = ref Rows.Rows.State(place);
        if (row.Key >= RowKeys.None) { return; }

        (row.Key, row.Next, row.Previous) = (key, End, End);
        if (key == RowKeys.None) { return; }

        keys.Hold(key);
        ref KeyChain chain = ref keys.Chain(key, isSecond);
        if (chain.First < 0) { chain.First = place; }
        else
        {
            row.Previous = chain.Last;
            Rows.Rows.State(chain.Last).Next = place;
        }

        chain.Last = place;
    }

    private void Unchain(int place)
    {
        RowState row = Rows.Rows.State(place);
        if (row.Key < 0) { return; }

        ref KeyChain chain = ref keys.Chain(row.Key, isSecond);
        if (row.Previous == End) { chain.First = row.Next; }
        else { Rows.Rows.State(row.Previous).Next = row.Next; }

        if (row.Next == End) { chain.Last = row.Previous; }
        else { Rows.Rows.State(row.Next).Previous = row.Previous; }

        keys.Release(row.Key);
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

        ref KeyChain chain = ref keys.Chain(key, isSecond);
        chain.Now += weight;
        if (chain.IsTouched) { return; }

        chain.IsTouched = true;
        _touchedKeys.Add(key);
    }
}
