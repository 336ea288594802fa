using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>A multiset of rows, before the tick and now: R and R' with every row at one place. Single-threaded.</summary>
/// <remarks>A row that has gone keeps its place until the tick is kept or undone.</remarks>
/// <param name="types">Types of the columns.</param>
/// <param name="isExact">As at <see cref="PackedRows"/>.</param>
internal sealed class RowWeights(IReadOnlyList<DataType> types, bool isExact) : ITickState
{
    private readonly List<int> _touched = [];
    private Weight[] _weights = [];

    /// <summary>The rows.</summary>
    public PackedRows Rows { get; private set; } = new(types, isExact);

    /// <summary>Places whose weight the tick may have changed, each once.</summary>
    public List<int> Touched => _touched;

    /// <inheritdoc/>
    public long SizeInBytes => Rows.SizeInBytes + (_weights.Length * (long)Unsafe.SizeOf<Weight>()) + (_touched.Capacity * 4L);

    /// <summary>Weight of a place now.</summary>
    public int Now(int place) => _weights[place].Now;

    /// <summary>Weight of a place before the tick.</summary>
    public int Before(int place) => _weights[place].Before;

    /// <summary>Adds weighted rows; writes the place of each.</summary>
    /// <param name="columns">The rows.</param>
    /// <param name="weights">Weight of each; null: all +1.</param>
    /// <param name="places">As many as there are rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<Column> columns, int[]? weights, Span<int> places)
    {
        Rows.FindOrAdd(columns, places);
        if (Rows.PlaceCount > _weights.Length)
        {
            Array.Resize(ref _weights, Math.Max(Rows.PlaceCount, Math.Max(64, _weights.Length * 2)));
        }

        for (int start = 0; start < places.Length; start += CacheLines.BlockRows)
        {
            int end = Math.Min(start + CacheLines.BlockRows, places.Length);
            for (int row = start; row < end; row++) { Prefetch(places[row]); }

            for (int row = start; row < end; row++) { Add(places[row], weights is null ? 1 : weights[row]); }
        }
    }

    /// <summary>Asks for the weight of a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int place) => CacheLines.Prefetch(ref _weights[place]);

    /// <summary>Adds weighted rows.</summary>
    public void Add(ChangeBatch changes)
    {
        ChangeBatch dense = changes.Densify();
        int[] places = ArrayPool<int>.Shared.Rent(Math.Max(1, dense.Count));
        Add(dense.Rows.Columns, dense.Weights, places.AsSpan(0, dense.Count));
        ArrayPool<int>.Shared.Return(places);
    }

    /// <inheritdoc/>
    public void Commit()
    {
        foreach (int place in _touched)
        {
            ref Weight weight = ref _weights[place];
            weight.Before = weight.Now;
            Settle(place, ref weight);
        }

        _touched.Clear();
        Rows.Trim();
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        foreach (int place in _touched)
        {
            ref Weight weight = ref _weights[place];
            weight.Now = weight.Before;
            Settle(place, ref weight);
        }

        _touched.Clear();
        Rows.Trim();
    }

    /// <summary>Undoes the tick, and gives memory back that rows of earlier ticks have left behind.</summary>
    public void Reset(long maxBytes)
    {
        Rollback();
        if (SizeInBytes <= maxBytes) { return; }

        Rows = Rows.Emptied();
        _weights = [];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int place, int change)
    {
        ref Weight weight = ref _weights[place];
        weight.Now += change;
        if (weight.IsTouched) { return; }

        weight.IsTouched = true;
        _touched.Add(place);
    }

    private void Settle(int place, ref Weight weight)
    {
        weight.IsTouched = false;
        if (weight.Now == 0) { Rows.Remove(place); }
    }

    private struct Weight
    {
        public int Now;
        public int Before;
        public bool IsTouched;
    }
}
