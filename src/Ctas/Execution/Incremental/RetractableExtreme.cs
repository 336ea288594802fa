using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains MIN and MAX. NULL of no values.</summary>
/// <remarks>
/// Every different value of a group is counted, and the values lie in a heap; one that has gone stays there until it
/// comes to the top or until half of the heap has gone. Cost O(log values of the group), on average over the changes.
/// </remarks>
/// <typeparam name="T">What values are compared by.</typeparam>
/// <param name="type">Type of the argument and of the result.</param>
internal abstract class RetractableExtreme<T>(DataType type) : RetractableAccumulator
    where T : unmanaged
{
    private const int MinHeap = 16;

    private readonly PackedRows<ValueState> _values = new([DataType.BigInt, type], isExact: false);
    private readonly List<int> _new = [];
    private Heap[] _heaps = [];
    private long _heapBytes;

    public override long SizeInBytes => _values.SizeInBytes + (_heaps.Length * (long)Unsafe.SizeOf<Heap>()) + _heapBytes;

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
        Learn(places.AsSpan(0, rows.Length));
        for (int row = 0; row < rows.Length; row++)
        {
            if (row % CacheLines.BlockRows == 0) { Prefetch(groups[rows[row]..]); }

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
            if (row % CacheLines.BlockRows == 0) { Prefetch(groups[row..]); }

            ref Heap heap = ref _heaps[groups[row]];
            while (heap.Size > 0 && _values.State(heap.Places![0]).Count <= 0) { Pop(ref heap); }

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
            foreach (int place in heap.Places.AsSpan(0, heap.Size)) { _values.State(place).Count = 0; }

            Clear(group);
        }
    }

    /// <summary>What the values of a column are compared by.</summary>
    protected abstract ReadOnlySpan<T> Comparable(Column values);

    /// <summary>True when one value is further to the wanted end than another.</summary>
    protected abstract bool Precedes(T left, T right);

    private static int[] ValidRows(Column column)
    {
        var rows = new int[column.Validity?.CountSet() ?? column.Length];
        for (int row = 0, count = 0; count < rows.Length; row++)
        {
            if (!column.IsNull(row)) { rows[count++] = row; }
        }

        return rows;
    }

    /// <summary>Asks for the heaps of the next block of groups, and for the values at their tops.</summary>
    private void Prefetch(ReadOnlySpan<int> groups)
    {
        ReadOnlySpan<int> block = groups[..Math.Min(CacheLines.BlockRows, groups.Length)];
        foreach (int group in block) { CacheLines.Prefetch(ref _heaps[group]); }

        foreach (int group in block)
        {
            if (_heaps[group].Places is { } places) { CacheLines.Prefetch(ref MemoryMarshal.GetArrayDataReference(places)); }
        }

        foreach (int group in block)
        {
            if (_heaps[group].Size > 0) { _values.Prefetch(_heaps[group].Places![0]); }
        }
    }

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

        if (heap.Size == (heap.Places?.Length ?? 0))
        {
            int length = Math.Max(2, heap.Size * 2);
            _heapBytes += (length - heap.Size) * 4L;
            Array.Resize(ref heap.Places, length);
        }

        _values.State(place).IsInHeap = true;
        heap.Places![heap.Size++] = place;
        Rise(heap.Places, heap.Size - 1);
    }

    private void Pop(ref Heap heap)
    {
        int place = heap.Places![0];
        heap.Places[0] = heap.Places[--heap.Size];
        Sink(heap.Places, 0, heap.Size);
        _values.State(place).IsInHeap = false;
        ForgetIfGone(place);
    }

    private void DropGone(ref Heap heap)
    {
        int kept = 0;
        int[] places = heap.Places!;
        for (int i = 0; i < heap.Size; i++)
        {
            int place = places[i];
            if (_values.State(place).Count > 0)
            {
                places[kept++] = place;
                continue;
            }

            _values.State(place).IsInHeap = false;
            ForgetIfGone(place);
        }

        heap.Size = kept;
        for (int i = (kept / 2) - 1; i >= 0; i--) { Sink(places, i, kept); }
    }

    private void ForgetIfGone(int place)
    {
        if (_values.State(place) is not { IsKnown: true, Count: 0, IsInHeap: false }) { return; }

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
        public T Value;
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
