using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains MIN and MAX. NULL of no values.</summary>
/// <remarks>
/// Every different value of a group is counted, and the values lie in a heap; one that has gone stays there until it
/// comes to the top or until half of the heap has gone. Cost O(log values of the group), on average over the changes.
/// </remarks>
/// <param name="type">Type of the argument and of the result.</param>
internal abstract class RetractableExtreme(DataType type) : RetractableAccumulator
{
    private const int MinHeap = 16;

    private readonly PackedRows _values = new([DataType.BigInt, type], isExact: false);
    private readonly List<int> _new = [];
    private ValueState[] _states = [];
    private Heap[] _heaps = [];
    private long _heapBytes;

    public override long SizeInBytes => _values.SizeInBytes + (_states.Length * (long)Unsafe.SizeOf<ValueState>())
        + (_heaps.Length * (long)Unsafe.SizeOf<Heap>()) + _heapBytes + ValueBytes;

    /// <summary>Bytes of the values by place.</summary>
    protected abstract long ValueBytes { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount)
    {
        Grow(ref _heaps, groupCount);
        int[] rows = ValidRows(arguments[0]);
        var numbers = new long[rows.Length];
        for (int row = 0; row < numbers.Length; row++) { numbers[row] = groups[rows[row]]; }

        Column values = rows.Length == groups.Length ? arguments[0] : arguments[0].Gather(rows);
        int[] places = ArrayPool<int>.Shared.Rent(Math.Max(1, rows.Length));
        _values.FindOrAdd(
            [new FixedColumn<long>(DataType.BigInt, numbers, numbers.Length), values], places.AsSpan(0, rows.Length));
        Grow(ref _states, _values.PlaceCount);
        Learn(places.AsSpan(0, rows.Length));
        for (int row = 0; row < rows.Length; row++)
        {
            Count(places[row], groups[rows[row]], WeightOf(weights, rows[row]));
        }

        // Values that came and went, in whatever order, were never in a heap.
        for (int row = 0; row < rows.Length; row++) { ForgetIfGone(places[row]); }

        ArrayPool<int>.Shared.Return(places);
        if (_values.Trim()) { KeepAll(); }
    }

    public override Column ResultOf(ReadOnlySpan<int> groups, ref Bitmap? failed)
    {
        var tops = new int[groups.Length];
        for (int row = 0; row < tops.Length; row++)
        {
            ref Heap heap = ref _heaps[groups[row]];
            while (heap.Size > 0 && _states[heap.Places![0]].Count <= 0) { Pop(ref heap); }

            tops[row] = heap.Size > 0 ? heap.Places![0] : -1;
        }

        return _values.Columns(tops)[1];
    }

    public override void Clear(int group)
    {
        if (group >= _heaps.Length) { return; }

        ref Heap heap = ref _heaps[group];
        while (heap.Size > 0) { Pop(ref heap); }

        _heapBytes -= (heap.Places?.Length ?? 0) * 4L;
        heap = default;
    }

    public override void Forget(ReadOnlySpan<int> groups)
    {
        foreach (int group in groups)
        {
            if (group >= _heaps.Length) { continue; }

            // Every value that counts is in the heap.
            ref Heap heap = ref _heaps[group];
            foreach (int place in heap.Places.AsSpan(0, heap.Size)) { _states[place].Count = 0; }

            Clear(group);
        }
    }

    /// <summary>Makes room for values at so many places.</summary>
    protected abstract void Reserve(int placeCount);

    /// <summary>Keeps values by their places.</summary>
    protected abstract void Keep(Column values, ReadOnlySpan<int> places);

    /// <summary>True when the value at one place is further to the wanted end than that at another.</summary>
    protected abstract bool IsBefore(int left, int right);

    private static int[] ValidRows(Column column)
    {
        var rows = new int[column.Validity?.CountSet() ?? column.Length];
        for (int row = 0, count = 0; count < rows.Length; row++)
        {
            if (!column.IsNull(row)) { rows[count++] = row; }
        }

        return rows;
    }

    private void Learn(ReadOnlySpan<int> places)
    {
        _new.Clear();
        foreach (int place in places)
        {
            if (_states[place].IsKnown) { continue; }

            _states[place] = new ValueState { IsKnown = true };
            _new.Add(place);
        }

        if (_new.Count == 0) { return; }

        Reserve(_states.Length);
        int[] added = [.. _new];
        Keep(_values.Columns(added)[1], added);
    }

    private void KeepAll()
    {
        int[] known = [.. Enumerable.Range(0, _values.PlaceCount).Where(place => _states[place].IsKnown)];
        Keep(_values.Columns(known)[1], known);
    }

    private void Count(int place, int group, int weight)
    {
        ref ValueState state = ref _states[place];
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

        if (heap.Size == (heap.Places?.Length ?? 0))
        {
            int length = Math.Max(2, heap.Size * 2);
            _heapBytes += (length - heap.Size) * 4L;
            Array.Resize(ref heap.Places, length);
        }

        _states[place].IsInHeap = true;
        heap.Places![heap.Size++] = place;
        Rise(heap.Places, heap.Size - 1);
    }

    private void Pop(ref Heap heap)
    {
        int place = heap.Places![0];
        heap.Places[0] = heap.Places[--heap.Size];
        Sink(heap.Places, 0, heap.Size);
        _states[place].IsInHeap = false;
        ForgetIfGone(place);
    }

    private void DropGone(ref Heap heap)
    {
        int kept = 0;
        int[] places = heap.Places!;
        for (int i = 0; i < heap.Size; i++)
        {
            int place = places[i];
            if (_states[place].Count > 0)
            {
                places[kept++] = place;
                continue;
            }

            _states[place].IsInHeap = false;
            ForgetIfGone(place);
        }

        heap.Size = kept;
        for (int i = (kept / 2) - 1; i >= 0; i--) { Sink(places, i, kept); }
    }

    private void ForgetIfGone(int place)
    {
        if (_states[place] is not { IsKnown: true, Count: 0, IsInHeap: false }) { return; }

        _states[place] = default;
        _values.Remove(place);
    }

    private void Rise(int[] places, int at)
    {
        while (at > 0 && IsBefore(places[at], places[(at - 1) / 2]))
        {
            (places[at], places[(at - 1) / 2]) = (places[(at - 1) / 2], places[at]);
            at = (at - 1) / 2;
        }
    }

    private void Sink(int[] places, int at, int size)
    {
        while ((at * 2) + 1 < size)
        {
            int child = (at * 2) + 1;
            if (child + 1 < size && IsBefore(places[child + 1], places[child])) { child++; }

            if (!IsBefore(places[child], places[at])) { return; }

            (places[at], places[child]) = (places[child], places[at]);
            at = child;
        }
    }

    private struct ValueState
    {
        public int Count;
        public bool IsInHeap;
        public bool IsKnown;
    }

    private struct Heap
    {
        public int[]? Places;
        public int Size;
        public int Live;
    }
}

/// <summary>MIN and MAX of values of a fixed width.</summary>
internal sealed class FixedExtreme<T, TOrder>(DataType type, bool isMin) : RetractableExtreme(type)
    where T : unmanaged
    where TOrder : struct, IOrder<T>
{
    private T[] _byPlace = [];

    protected override long ValueBytes => _byPlace.Length * (long)Unsafe.SizeOf<T>();

    protected override void Reserve(int placeCount) => Grow(ref _byPlace, placeCount);

    protected override void Keep(Column values, ReadOnlySpan<int> places)
    {
        ReadOnlySpan<T> typed = ((FixedColumn<T>)values).Values;
        for (int row = 0; row < places.Length; row++) { _byPlace[places[row]] = typed[row]; }
    }

    protected override bool IsBefore(int left, int right) => isMin
        ? TOrder.IsLess(_byPlace[left], _byPlace[right])
        : TOrder.IsLess(_byPlace[right], _byPlace[left]);
}

/// <summary>MIN and MAX of strings and bytes.</summary>
internal sealed class StringExtreme(DataType type, bool isMin) : RetractableExtreme(type)
{
    private int[] _codes = [];
    private StringPool? _pool;

    protected override long ValueBytes => _codes.Length * 4L;

    protected override void Reserve(int placeCount) => Grow(ref _codes, placeCount);

    protected override void Keep(Column values, ReadOnlySpan<int> places)
    {
        var strings = (StringColumn)values;
        _pool = strings.Pool;
        for (int row = 0; row < places.Length; row++) { _codes[places[row]] = strings.Codes[row]; }
    }

    protected override bool IsBefore(int left, int right)
    {
        int order = _pool!.GetBytes(_codes[left]).SequenceCompareTo(_pool.GetBytes(_codes[right]));
        return isMin ? order < 0 : order > 0;
    }
}
