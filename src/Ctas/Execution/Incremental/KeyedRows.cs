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
internal sealed class KeyedRows(IReadOnlyList<DataType> types, RowKeys keys) : ITickState
{
    private const int Unlinked = -2;
    private const int End = -1;

    private readonly List<int> _touchedKeys = [];
    private Link[] _links = [];
    private KeyChain[] _chains = [];

    /// <summary>The rows and their weights.</summary>
    public RowWeights Rows { get; } = new(types, isExact: true);

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
    public long SizeInBytes =>
        Rows.SizeInBytes + (_links.Length * (long)Unsafe.SizeOf<Link>()) + (_chains.Length * (long)Unsafe.SizeOf<KeyChain>());

    /// <summary>The key of a row, or <see cref="RowKeys.None"/>.</summary>
    public int KeyOf(int place) => _links[place].Key;

    /// <summary>The first row of a key; negative when it has none.</summary>
    public int First(int key) => key < _chains.Length ? _chains[key].First - 1 : End;

    /// <summary>The row after one in its key's chain; negative after the last.</summary>
    public int Next(int place) => _links[place].Next;

    /// <summary>Sum of the weights of a key's rows, now.</summary>
    public long WeightNow(int key) => key < _chains.Length ? _chains[key].Now : 0;

    /// <summary>Sum of the weights of a key's rows, before the tick.</summary>
    public long WeightBefore(int key) => key < _chains.Length ? _chains[key].Before : 0;

    /// <summary>Adds weighted rows with their keys.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keyColumns">The columns of their keys.</param>
    /// <param name="weights">Weight of each; null: all +1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(Batch rows, ReadOnlySpan<Column> keyColumns, int[]? weights)
    {
        int count = rows.RowCount;
        int[] places = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        int[] rowKeys = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        Rows.Add(rows.Columns, weights, places.AsSpan(0, count));
        keys.FindOrAdd(keyColumns, rowKeys.AsSpan(0, count));
        Reserve();
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

        ArrayPool<int>.Shared.Return(places);
        ArrayPool<int>.Shared.Return(rowKeys);
    }

    /// <summary>Asks for what is known of a key's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchKey(int key)
    {
        if (key < _chains.Length) { CacheLines.Prefetch(ref _chains[key]); }
    }

    /// <summary>Asks for a row, its weight and its link.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRow(int place)
    {
        CacheLines.Prefetch(ref _links[place]);
        Rows.Prefetch(place);
        Rows.Rows.Prefetch(place);
    }

    /// <inheritdoc/>
    public void Commit()
    {
        ReadOnlySpan<int> touched = CollectionsMarshal.AsSpan(Rows.Touched);
        for (int start = 0; start < touched.Length; start += CacheLines.BlockRows)
        {
            ReadOnlySpan<int> block = touched[start..Math.Min(start + CacheLines.BlockRows, touched.Length)];
            foreach (int place in block) { PrefetchNeighbours(_links[place]); }

            foreach (int place in block)
            {
                if (Rows.Now(place) == 0) { Unchain(place); }
            }
        }

        Rows.Commit();
        foreach (int key in _touchedKeys) { _chains[key].Before = _chains[key].Now; }

        KeylessBefore = KeylessNow;
        TotalBefore = TotalNow;
        EndTick();
        keys.Trim();
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        foreach (int place in Rows.Touched)
        {
            if (Rows.Before(place) == 0) { Unchain(place); }
        }

        Rows.Rollback();
        foreach (int key in _touchedKeys) { _chains[key].Now = _chains[key].Before; }

        KeylessNow = KeylessBefore;
        TotalNow = TotalBefore;
        EndTick();
    }

    private void Prefetch(ReadOnlySpan<int> places, ReadOnlySpan<int> rowKeys)
    {
        for (int row = 0; row < places.Length; row++)
        {
            CacheLines.Prefetch(ref _links[places[row]]);
            if (rowKeys[row] == RowKeys.None) { continue; }

            CacheLines.Prefetch(ref _chains[rowKeys[row]]);
            keys.Prefetch(rowKeys[row]);
        }

        foreach (int key in rowKeys)
        {
            if (key != RowKeys.None && _chains[key].First != 0) { CacheLines.Prefetch(ref _links[_chains[key].Last]); }
        }
    }

    private void PrefetchNeighbours(Link link)
    {
        if (link.Key == RowKeys.None) { return; }

        if (link.Previous >= 0) { CacheLines.Prefetch(ref _links[link.Previous]); }

        if (link.Next >= 0) { CacheLines.Prefetch(ref _links[link.Next]); }
    }

    private void EndTick()
    {
        foreach (int key in _touchedKeys) { _chains[key].IsTouched = false; }

        _touchedKeys.Clear();
    }

    private void Reserve()
    {
        int places = Rows.Rows.PlaceCount;
        if (places > _links.Length)
        {
            int length = _links.Length;
            Array.Resize(ref _links, Math.Max(places, Math.Max(64, length * 2)));
            _links.AsSpan(length).Fill(new Link { Key = Unlinked });
        }

        if (keys.Capacity > _chains.Length)
        {
            Array.Resize(ref _chains, Math.Max(keys.Capacity, Math.Max(64, _chains.Length * 2)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Chain(int place, int key)
    {
        ref Link link = ref _links[place];
        if (link.Key != Unlinked) { return; }

        link = new Link { Key = key, Next = End, Previous = End };
        if (key == RowKeys.None) { return; }

        keys.Hold(key);
        ref KeyChain chain = ref _chains[key];
        if (chain.First == 0) { chain.First = place + 1; }
        else
        {
            link.Previous = chain.Last;
            _links[chain.Last].Next = place;
        }

        chain.Last = place;
    }

    private void Unchain(int place)
    {
        Link link = _links[place];
        _links[place].Key = Unlinked;
        if (link.Key == RowKeys.None) { return; }

        ref KeyChain chain = ref _chains[link.Key];
        if (link.Previous == End) { chain.First = link.Next + 1; }
        else { _links[link.Previous].Next = link.Next; }

        if (link.Next == End) { chain.Last = link.Previous; }
        else { _links[link.Next].Previous = link.Previous; }

        keys.Release(link.Key);
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

        ref KeyChain chain = ref _chains[key];
        chain.Now += weight;
        if (chain.IsTouched) { return; }

        chain.IsTouched = true;
        _touchedKeys.Add(key);
    }

    private struct Link
    {
        public int Key;
        public int Next;
        public int Previous;
    }

    // First is a place + 1, so that an empty chain is all zeros.
    private struct KeyChain
    {
        public int First;
        public int Last;
        public long Now;
        public long Before;
        public bool IsTouched;
    }
}
