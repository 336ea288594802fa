using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>A multiset of rows, before the tick and now: R and R' with every row at one place. Single-threaded.</summary>
/// <remarks>A row that has gone keeps its place until the tick is kept or undone.</remarks>
/// <param name="types">Types of the columns.</param>
/// <param name="isExact">As at <see cref="PackedRows{TState}"/>.</param>
/// <param name="key">As there.</param>
internal sealed class RowWeights(IReadOnlyList<DataType> types, bool isExact, IReadOnlyList<int>? key = null) : ITickState
{
    /// <summary>Room for touched places that is kept from one tick to the next; the first tick touches all.</summary>
    public const int MaxKeptTouched = 1 << 16;

    private readonly List<int> _touched = [];

    /// <summary>The rows.</summary>
    public PackedRows<RowState> Rows { get; private set; } = new(types, isExact, key);

    /// <summary>The places by time, which whoever adds rows adds too; null where no time is asked for.</summary>
    public TimeOrder? Order { get; init; }

    /// <summary>Places whose weight the tick may have changed, each once.</summary>
    public List<int> Touched => _touched;

    /// <inheritdoc/>
    public long SizeInBytes => Rows.SizeInBytes + (_touched.Capacity * 4L) + (Order?.SizeInBytes ?? 0);

    /// <summary>Weight of a place now.</summary>
    public int Now(int place) => Rows.State(place).Now;

    /// <summary>Weight of a place before the tick.</summary>
    public int Before(int place) => Rows.State(place).Before;

    /// <summary>True for a place among <see cref="Touched"/>.</summary>
    public bool IsTouched(int place) => Rows.State(place).IsTouched;

    /// <summary>Adds weighted rows; writes the place of each.</summary>
    /// <param name="columns">The rows.</param>
    /// <param name="weights">Weight of each; null: all +1.</param>
    /// <param name="places">As many as there are rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<Column> columns, int[]? weights, Span<int> places)
    {
        Rows.FindOrAdd(columns, places);
        _touched.EnsureCapacity(_touched.Count + Math.Min(places.Length, Rows.Count));
        for (int start = 0; start < places.Length; start += CacheLines.BlockRows)
        {
            int end = Math.Min(start + CacheLines.BlockRows, places.Length);
            for (int row = start; row < end; row++) { Rows.Prefetch(places[row]); }

            for (int row = start; row < end; row++) { Add(places[row], weights is null ? 1 : weights[row]); }
        }
    }

    /// <summary>Adds rows that have been there since before the tick: none is noted as touched.</summary>
    /// <param name="columns">The rows.</param>
    /// <param name="weights">Weight of each; empty: all +1.</param>
    /// <param name="places">Gets the place of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(ReadOnlySpan<Column> columns, ReadOnlySpan<int> weights, Span<int> places)
    {
        Rows.FindOrAdd(columns, places);
        for (int at = 0; at < places.Length; at++)
        {
            ref RowState row = ref Rows.State(places[at]);
            int weight = weights.IsEmpty ? 1 : weights[at];
            row.Now += weight;
            row.Before += weight;
        }
    }

    /// <summary>Takes all that there is of a row.</summary>
    public void Clear(int place) => Add(place, -Now(place));

    /// <summary>Adds weighted rows.</summary>
    public void Add(ChangeBatch changes)
    {
        ChangeBatch dense = changes.Densify();
        int[] places = ArrayPool<int>.Shared.Rent(Math.Max(1, dense.Count));
        Add(dense.Rows.Columns, dense.Weights, places.AsSpan(0, dense.Count));
        ArrayPool<int>.Shared.Return(places);
    }

    /// <inheritdoc/>
    public void Commit() => Settle(isKept: true);

    /// <inheritdoc/>
    public void Rollback() => Settle(isKept: false);

    /// <inheritdoc/>
    public void Save(StateWriter state) => Save(state, Rows.Places());

    /// <summary>Writes rows, all that there are, in an order of the caller's.</summary>
    public void Save(StateWriter state, int[] places) =>
        state.Add([.. Rows.Columns(places), StateWriter.Of(Array.ConvertAll(places, Now))]);

    /// <inheritdoc/>
    public void Restore(StateReader state) => RestoreRows(state);

    /// <summary>Takes up what was saved.</summary>
    /// <returns>The rows, their weights behind them, and the place of each.</returns>
    public (Batch Rows, int[] Places) RestoreRows(StateReader state)
    {
        Batch saved = state.Next([.. types, DataType.Int]);
        var places = new int[saved.RowCount];
        Load(saved.Columns[..^1], StateReader.Integers(saved.Columns[^1]), places);
        return (saved, places);
    }

    /// <summary>Undoes the tick, and gives memory back that rows of earlier ticks have left behind.</summary>
    public void Reset(long maxBytes)
    {
        Rollback();
        if (SizeInBytes > maxBytes) { Rows = Rows.Emptied(); }
    }

    private void Settle(bool isKept)
    {
        foreach (int place in CollectionsMarshal.AsSpan(_touched))
        {
            ref RowState row = ref Rows.State(place);
            if (isKept) { row.Before = row.Now; }
            else { row.Now = row.Before; }

            row.IsTouched = false;
            if (row.Now != 0) { continue; }

            Rows.Remove(place);
            Order?.Remove(place);
        }

        _touched.Clear();
        if (_touched.Capacity > MaxKeptTouched) { _touched.TrimExcess(); }

        Rows.Trim();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int place, int change)
    {
        ref RowState row = ref Rows.State(place);
        row.Now += change;
        if (row.IsTouched) { return; }

        row.IsTouched = true;
        _touched.Add(place);
    }
}

/// <summary>What is known of a row of a multiset: how often it is there, and where it lies among the rows of its key.</summary>
internal struct RowState
{
    private const int TouchedBit = 1 << 31;

    /// <summary>Weight now.</summary>
    public int Now;

    /// <summary>Weight before the tick.</summary>
    public int Before;

    // So that a row that is new has none yet.
    private int _keyPlusTwo;
    private int _index;

    /// <summary>The key, or <see cref="RowKeys.None"/>; below both for a row that has been given none yet.</summary>
    public int Key
    {
        readonly get => _keyPlusTwo - 2;
        set => _keyPlusTwo = value + 2;
    }

    /// <summary>Where the row lies among the many of its key; see <see cref="PlaceLists"/>.</summary>
    public int Index
    {
        readonly get => _index & ~TouchedBit;
        set => _index = (_index & TouchedBit) | value;
    }

    /// <summary>True when the tick may have changed the weight.</summary>
    public bool IsTouched
    {
        readonly get => (_index & TouchedBit) != 0;
        set => _index = value ? _index | TouchedBit : _index & ~TouchedBit;
    }
}
