using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains MIN and MAX. NULL of no values.</summary>
/// <remarks>
/// Every different value of a group is counted, and the values lie in a heap; one that has gone stays there until it
/// comes to the top or until half of the heap has gone. Cost O(log values of the group), on average over the changes. The
/// heaps are made of links between the values. Source: Fredman et al., The pairing heap, Algorithmica 1986.
/// </remarks>
/// <typeparam name="T">What values are compared by.</typeparam>
/// <param name="type">Type of the argument and of the result.</param>
internal abstract class RetractableExtreme<T>(DataType type) : RetractableAccumulator
    where T : unmanaged
{
    private const int MinHeap = 16;

    // What is known of so many values stays near while they are found, counted and put into heaps.
    private const int PortionRows = 4096;

    private readonly PackedRows<ValueState> _values = new([DataType.Int, type], isExact: false);
    private readonly List<int> _new = [];
    private readonly List<int> _taken = [];
    private readonly List<int> _dropped = [];
    private Heap[] _heaps = [];

    public override long SizeInBytes => _values.SizeInBytes + (_heaps.Length * (long)Unsafe.SizeOf<Heap>());

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount)
    {
        Grow(ref _heaps, groupCount);
        for (int start = 0; start < groups.Length; start += PortionRows)
        {
            int count = Math.Min(PortionRows, groups.Length - start);
            Column values = count == groups.Length ? arguments[0] : arguments[0].Slice(start, count);
            Add(values, groups.Slice(start, count), weights is null ? [] : weights.AsSpan(start, count));
        }

        if (_values.Trim()) { KeepAll(); }
    }

    public override void Prefetch(ReadOnlySpan<int> groups)
    {
        Prefetch(_heaps, groups);
        foreach (int group in groups)
        {
            if (group < _heaps.Length && _heaps[group].Top != 0) { _values.Prefetch(_heaps[group].Top - 1); }
        }
    }

    public override Column ResultOf(ReadOnlySpan<int> groups, ref Bitmap? failed)
    {
        var tops = new int[groups.Length];
        for (int row = 0; row < tops.Length; row++)
        {
            if (row % CacheLines.BlockRows == 0) { PrefetchBlock(groups[row..]); }

            ref Heap heap = ref _heaps[groups[row]];
            while (heap.Top != 0 && _values.State(heap.Top - 1).Count <= 0) { Pop(ref heap); }

            tops[row] = heap.Top - 1;
        }

        return _values.Columns(tops)[1];
    }

    public override void Clear(int group)
    {
        if (group >= _heaps.Length) { return; }

        TakeAll(ref _heaps[group]);
        foreach (int taken in _taken) { Leave(taken - 1); }

        _heaps[group] = default;
    }

    public override void Forget(ReadOnlySpan<int> groups)
    {
        foreach (int group in groups)
        {
            if (group >= _heaps.Length) { continue; }

            // Every value that counts is in the heap.
            TakeAll(ref _heaps[group]);
            foreach (int taken in _taken)
            {
                _values.State(taken - 1).Count = 0;
                Leave(taken - 1);
            }

            _heaps[group] = default;
        }
    }

    public override void Save(int[] groups, StateWriter state)
    {
        // Those that have gone are there for the heap only.
        int[] places = Array.FindAll(_values.Places(), place => _values.State(place).Count != 0);
        Column[] columns = _values.Columns(places);
        int[] placesOf = PlacesOf(groups);
        int[] numbers = StateReader.Integers(columns[0]).ToArray();
        for (int value = 0; value < numbers.Length; value++) { numbers[value] = placesOf[numbers[value]]; }

        state.Add(StateWriter.Of(numbers), columns[1], StateWriter.Of(Array.ConvertAll(places, place => _values.State(place).Count)));
    }

    public override void Restore(int[] groups, StateReader state, int groupCount)
    {
        Batch saved = state.Next(DataType.Int, type, DataType.Int);
        int[] numbers = [.. StateReader.Integers(saved[0]).ToArray().Select(place => groups[place])];
        Add([saved[1]], numbers, [.. StateReader.Integers(saved[2])], groupCount);
    }

    /// <summary>What the values of a column are compared by.</summary>
    protected abstract ReadOnlySpan<T> Comparable(Column values);

    /// <summary>True when one value is further to the wanted end than another.</summary>
    protected abstract bool Precedes(T left, T right);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(Column values, ReadOnlySpan<int> groups, ReadOnlySpan<int> weights)
    {
        int[] rows = ValidRows(values);
        var numbers = new int[rows.Length];
        for (int row = 0; row < numbers.Length; row++) { numbers[row] = groups[rows[row]]; }

        Column valid = rows.Length == groups.Length ? values : values.Gather(rows);
        int[] rented = ArrayPool<int>.Shared.Rent(Math.Max(1, rows.Length));
        Span<int> places = rented.AsSpan(0, rows.Length);
        _values.FindOrAdd([new FixedColumn<int>(DataType.Int, numbers, numbers.Length), valid], places);
        Learn(places);
        for (int row = 0; row < rows.Length; row++)
        {
            if (row % CacheLines.BlockRows == 0) { PrefetchBlock(numbers.AsSpan(row)); }

            Count(places[row], numbers[row], weights.IsEmpty ? 1 : weights[rows[row]]);
        }

        // Values that came and went, in whatever order, were never in a heap.
        foreach (int place in places) { ForgetIfGone(place); }

        foreach (int place in _dropped) { ForgetIfGone(place); }

        _dropped.Clear();
        ArrayPool<int>.Shared.Return(rented);
    }

    private static int[] ValidRows(Column column)
    {
        var rows = new int[column.Validity?.CountSet() ?? column.Length];
        for (int row = 0, count = 0; count < rows.Length; row++)
        {
            if (!column.IsNull(row)) { rows[count++] = row; }
        }

        return rows;
    }

    private void PrefetchBlock(ReadOnlySpan<int> groups) => Prefetch(groups[..Math.Min(CacheLines.BlockRows, groups.Length)]);

    private void Learn(ReadOnlySpan<int> places)
    {
        _new.Clear();
        foreach (int place in places)
        {
            if (_values.State(place).IsKnown) { continue; }

            _values.State(place).IsKnown = true;
            _new.Add(place);
        }

        if (_new.Count == 0) { return; }

        Keep(CollectionsMarshal.AsSpan(_new));
    }

    private void KeepAll() => Keep(_values.Places());

    private void Keep(ReadOnlySpan<int> places)
    {
        ReadOnlySpan<T> values = Comparable(_values.Columns(places)[1]);
        for (int row = 0; row < places.Length; row++) { _values.State(places[row]).Value = values[row]; }
    }

    private bool IsBefore(int left, int right) => Precedes(_values.State(left).Value, _values.State(right).Value);

    private void Count(int place, int group, int weight)
    {
        ref ValueState state = ref _values.State(place);
        bool wasThere = state.Count > 0;
        state.Count += weight;
        bool isThere = state.Count > 0;
        if (wasThere == isThere) { return; }

        ref Heap heap = ref _heaps[group];
        heap.Live += isThere ? 1 : -1;
        if (isThere && !state.IsInHeap) { Push(ref heap, place); }
    }

    private void Push(ref Heap heap, int place)
    {
        if (heap.Size > MinHeap && heap.Size > heap.Live * 2) { DropGone(ref heap); }

        _values.State(place).IsInHeap = true;
        heap.Top = Merge(heap.Top, place + 1);
        heap.Size++;
    }

    private void Pop(ref Heap heap)
    {
        int place = heap.Top - 1;
        _taken.Clear();
        TakeBelow(place);
        heap.Top = MergeTaken();
        heap.Size--;
        Leave(place);
    }

    private void DropGone(ref Heap heap)
    {
        TakeAll(ref heap);
        int kept = 0;
        foreach (int taken in CollectionsMarshal.AsSpan(_taken))
        {
            if (_values.State(taken - 1).Count > 0)
            {
                _taken[kept++] = taken;
                continue;
            }

            // It keeps its place until all changes are counted: it may be among those that come again.
            _values.State(taken - 1).IsInHeap = false;
            _dropped.Add(taken - 1);
        }

        CollectionsMarshal.SetCount(_taken, kept);
        (heap.Top, heap.Size) = (MergeTaken(), kept);
    }

    /// <summary>The further of two heaps with the other one below it.</summary>
    private int Merge(int first, int second)
    {
        if (first == 0 || second == 0) { return first | second; }

        if (IsBefore(second - 1, first - 1)) { (first, second) = (second, first); }

        ref ValueState upper = ref _values.State(first - 1);
        _values.State(second - 1).Next = upper.Below;
        upper.Below = second;
        return first;
    }

    /// <summary>One heap of those taken: by pairs, and then these from the last one on.</summary>
    private int MergeTaken()
    {
        int top = 0;
        int pairs = (_taken.Count + 1) / 2;
        for (int pair = 0; pair < pairs; pair++)
        {
            int second = (pair * 2) + 1;
            _taken[pair] = Merge(_taken[pair * 2], second < _taken.Count ? _taken[second] : 0);
        }

        for (int pair = pairs - 1; pair >= 0; pair--) { top = Merge(_taken[pair], top); }

        return top;
    }

    /// <summary>Takes a heap apart.</summary>
    private void TakeAll(ref Heap heap)
    {
        _taken.Clear();
        if (heap.Top != 0) { _taken.Add(heap.Top); }

        (heap.Top, heap.Size) = (0, 0);
        for (int index = 0; index < _taken.Count; index++) { TakeBelow(_taken[index] - 1); }
    }

    private void TakeBelow(int place)
    {
        int below = _values.State(place).Below;
        _values.State(place).Below = 0;
        while (below != 0)
        {
            _taken.Add(below);
            ref ValueState state = ref _values.State(below - 1);
            below = state.Next;
            state.Next = 0;
        }
    }

    private void Leave(int place)
    {
        _values.State(place).IsInHeap = false;
        ForgetIfGone(place);
    }

    private void ForgetIfGone(int place)
    {
        if (_values.State(place) is not { IsKnown: true, Count: 0, IsInHeap: false }) { return; }

        _values.Remove(place);
    }

    private struct ValueState
    {
        public T Value;
        public int Count;

        // Heaps below it, and the next one that is below the same value: places + 1, 0 for none.
        public int Below;
        public int Next;
        public bool IsInHeap;
        public bool IsKnown;
    }

    private struct Heap
    {
        // A place + 1, so that an empty heap is all zeros.
        public int Top;
        public int Size;
        public int Live;
    }
}

/// <summary>MIN and MAX of values of a fixed width.</summary>
internal sealed class FixedExtreme<T, TOrder>(DataType type, bool isMin) : RetractableExtreme<T>(type)
    where T : unmanaged
    where TOrder : struct, IOrder<T>
{
    protected override ReadOnlySpan<T> Comparable(Column values) => ((FixedColumn<T>)values).Values;

    protected override bool Precedes(T left, T right) => isMin ? TOrder.IsLess(left, right) : TOrder.IsLess(right, left);
}

/// <summary>MIN and MAX of strings and bytes, which are compared by their codes.</summary>
internal sealed class StringExtreme(DataType type, bool isMin) : RetractableExtreme<int>(type)
{
    private StringPool? _pool;

    protected override ReadOnlySpan<int> Comparable(Column values)
    {
        var strings = (StringColumn)values;
        _pool = strings.Pool;
        return strings.Codes;
    }

    protected override bool Precedes(int left, int right)
    {
        int order = _pool!.GetBytes(left).SequenceCompareTo(_pool.GetBytes(right));
        return isMin ? order < 0 : order > 0;
    }
}
