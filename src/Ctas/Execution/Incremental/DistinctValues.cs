using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Gives a maintained aggregate each different value of a group once: it counts how often each is there.</summary>
/// <remarks>Cost O(rows); every different value of every group is kept. Equality is that of GROUP BY.</remarks>
/// <param name="types">Types of the arguments.</param>
/// <param name="inner">The aggregate.</param>
internal sealed class DistinctValues(IReadOnlyList<DataType> types, RetractableAccumulator inner) : RetractableAccumulator
{
    private readonly PackedRows<ValueCount> _values = new([DataType.BigInt, .. types], isExact: false);

    public override long SizeInBytes => _values.SizeInBytes + inner.SizeInBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount)
    {
        int[] places = ArrayPool<int>.Shared.Rent(Math.Max(1, groups.Length));
        var columns = new Column[arguments.Length + 1];
        var numbers = new long[groups.Length];
        for (int row = 0; row < numbers.Length; row++) { numbers[row] = groups[row]; }

        columns[0] = new FixedColumn<long>(DataType.BigInt, numbers, numbers.Length);
        arguments.CopyTo(columns.AsSpan(1));
        _values.FindOrAdd(columns, places.AsSpan(0, groups.Length));
        Count(arguments, groups, weights, groupCount, places);
        ArrayPool<int>.Shared.Return(places);
    }

    public override void Prefetch(ReadOnlySpan<int> groups) => inner.Prefetch(groups);

    public override Column ResultOf(ReadOnlySpan<int> groups, ref Bitmap? failed) => inner.ResultOf(groups, ref failed);

    public override void Clear(int group) => inner.Clear(group);

    /// <remarks>Cost O(values held of all groups).</remarks>
    public override void Forget(ReadOnlySpan<int> groups)
    {
        HashSet<long> gone = [.. groups.ToArray().Select(group => (long)group)];
        int[] places = _values.Places();
        ReadOnlySpan<long> numbers = ((FixedColumn<long>)_values.Columns(places)[0]).Values;
        for (int row = 0; row < places.Length; row++)
        {
            if (!gone.Contains(numbers[row])) { continue; }

            _values.State(places[row]).Count = 0;
            Forget(places[row]);
        }

        inner.Forget(groups);
    }

    public override void Save(int[] groups, StateWriter state)
    {
        int[] places = _values.Places();
        Column[] columns = _values.Columns(places);
        int[] placesOf = PlacesOf(groups);
        long[] numbers = Array.ConvertAll(StateReader.Numbers(columns[0]).ToArray(), group => (long)placesOf[(int)group]);
        state.Add([StateWriter.Of(numbers), .. columns[1..], StateWriter.Of(Array.ConvertAll(places, place => _values.State(place).Count))]);
        inner.Save(groups, state);
    }

    public override void Restore(int[] groups, StateReader state, int groupCount)
    {
        Batch saved = state.Next([DataType.BigInt, .. types, DataType.Int]);
        long[] numbers = [.. StateReader.Numbers(saved[0]).ToArray().Select(place => (long)groups[place])];
        var places = new int[saved.RowCount];
        _values.FindOrAdd([StateWriter.Of(numbers), .. saved.Columns[1..^1]], places);
        for (int row = 0; row < places.Length; row++)
        {
            _values.State(places[row]) = new ValueCount { Count = StateReader.Integers(saved.Columns[^1])[row], IsHeld = true };
        }

        inner.Restore(groups, state, groupCount);
    }

    private void Count(
        ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount, int[] places)
    {
        var rows = new List<int>();
        var turnGroups = new List<int>();
        var turnWeights = new List<int>();
        for (int row = 0; row < groups.Length; row++)
        {
            ref ValueCount value = ref _values.State(places[row]);
            value.IsHeld = true;
            int before = Math.Sign(Math.Max(value.Count, 0));
            value.Count += WeightOf(weights, row);
            int turn = Math.Sign(Math.Max(value.Count, 0)) - before;
            if (turn == 0) { continue; }

            rows.Add(row);
            turnGroups.Add(groups[row]);
            turnWeights.Add(turn);
        }

        var turned = new Column[arguments.Length];
        for (int argument = 0; argument < turned.Length; argument++) { turned[argument] = arguments[argument].Gather([.. rows]); }

        inner.Add(turned, [.. turnGroups], [.. turnWeights], groupCount);
        for (int row = 0; row < groups.Length; row++) { Forget(places[row]); }

        _values.Trim();
    }

    // A place may come several times; it is removed once.
    private void Forget(int place)
    {
        if (_values.State(place) is { IsHeld: true, Count: 0 }) { _values.Remove(place); }
    }

    private struct ValueCount
    {
        public int Count;
        public bool IsHeld;
    }
}
