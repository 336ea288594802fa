using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>
/// Tells which rows can be among the first of their partition: those that fewer rows than are wanted went before.
/// Single-threaded.
/// </summary>
/// <remarks>
/// Of every partition the least numbers of the first sort key are kept, as many as rows are wanted. A row beyond them
/// has enough rows before it, whatever comes later. Of 100 rows a partition in random order about ten pass when two
/// are wanted, so that little is left to be sorted. A row whose key is NULL always passes.
/// </remarks>
internal sealed class PartitionThresholds
{
    private const long MaxRows = 16;

    private readonly KeyNumbers _partitions;
    private readonly SortKey _first;
    private readonly int _rows;

    // Of each partition the least numbers so far, ascending, and how many there are.
    private ulong[] _least = [];
    private int[] _counts = [];

    private PartitionThresholds(IReadOnlyList<DataType> partitionTypes, SortKey first, int rows)
    {
        _partitions = KeyNumbers.Create(partitionTypes);
        _first = first;
        _rows = rows;
    }

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _partitions.SizeInBytes + (_least.Length * 8L) + (_counts.Length * 4L);

    /// <summary>Thresholds for partitions and an order, null where they would not help.</summary>
    /// <param name="partitionTypes">Types of the keys of partitions.</param>
    /// <param name="orderBy">The sort keys, two or more; rows that are equal in all of them stay in their order.</param>
    /// <param name="rows">Rows wanted of each partition.</param>
    public static PartitionThresholds? For(
        IReadOnlyList<DataType> partitionTypes, IReadOnlyList<SortKey> orderBy, long rows)
    {
        bool helps = partitionTypes.Count > 0 && orderBy.Count > 1 && rows is >= 1 and <= MaxRows
            && PhysicalTypes.Of(orderBy[0].Expression.Type)
                is PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Double;
        return helps ? new PartitionThresholds(partitionTypes, orderBy[0], (int)rows) : null;
    }

    /// <summary>The rows that pass, ascending; null when all do.</summary>
    /// <param name="partitionKeys">A column for each partition key.</param>
    /// <param name="first">The first sort key.</param>
    public int[]? Passing(ReadOnlySpan<Column> partitionKeys, Column first)
    {
        int count = first.Length;
        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        ulong[] ranks = ArrayPool<ulong>.Shared.Rent(Math.Max(1, count));
        int[] passing = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        _partitions.FindOrAdd(partitionKeys, numbers.AsSpan(0, count));
        Rank(first, ranks);
        if (_partitions.Count > _counts.Length)
        {
            PooledArrays.Grow(ref _counts, _partitions.Count);
            PooledArrays.Grow(ref _least, _counts.Length * _rows);
        }

        int passed = Pass(numbers.AsSpan(0, count), ranks, first.Validity, passing);
        return Returned(numbers, ranks, passing, passed, count);
    }

    /// <summary>
    /// Of rows that passed earlier, those that would still pass now, ascending; null when all do. Learns nothing.
    /// </summary>
    /// <param name="partitionKeys">A column for each partition key.</param>
    /// <param name="first">The first sort key.</param>
    public int[]? Remaining(ReadOnlySpan<Column> partitionKeys, Column first)
    {
        int count = first.Length;
        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        ulong[] ranks = ArrayPool<ulong>.Shared.Rent(Math.Max(1, count));
        int[] remaining = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        _partitions.FindOrAdd(partitionKeys, numbers.AsSpan(0, count));
        Rank(first, ranks);
        int left = Remain(numbers.AsSpan(0, count), ranks, first.Validity, remaining);
        return Returned(numbers, ranks, remaining, left, count);
    }

    /// <summary>Gives the memory back; nothing is called afterwards.</summary>
    public void Release()
    {
        _partitions.Release();
        PooledArrays.Release(ref _least);
        PooledArrays.Release(ref _counts);
    }

    private static int[]? Returned(int[] numbers, ulong[] ranks, int[] rows, int kept, int count)
    {
        int[]? copy = kept == count ? null : rows[..kept];
        ArrayPool<int>.Shared.Return(numbers);
        ArrayPool<ulong>.Shared.Return(ranks);
        ArrayPool<int>.Shared.Return(rows);
        return copy;
    }

    [MethodImpl(HotLoop.Options)]
    private int Remain(ReadOnlySpan<int> numbers, ulong[] ranks, Bitmap? validity, int[] remaining)
    {
        int left = 0;
        for (int row = 0; row < numbers.Length; row++)
        {
            int partition = numbers[row];
            remaining[left] = row;
            bool isBeyond = _counts[partition] == _rows && ranks[row] > _least[(partition * _rows) + _rows - 1]
                && (validity is null || validity[row]);
            if (!isBeyond) { left++; }
        }

        return left;
    }

    [MethodImpl(HotLoop.Options)]
    private int Pass(ReadOnlySpan<int> numbers, ulong[] ranks, Bitmap? validity, int[] passing)
    {
        int passed = 0;
        int wanted = _rows;
        for (int row = 0; row < numbers.Length; row++)
        {
            passing[passed] = row;
            if (validity is not null && !validity[row])
            {
                passed++;
                continue;
            }

            int partition = numbers[row];
            ulong rank = ranks[row];
            bool isFull = _counts[partition] == wanted;
            ulong last = _least[(partition * wanted) + wanted - 1];
            if (!isFull || rank < last) { Insert(partition, rank); }
            else if (rank > last) { continue; }

            passed++;
        }

        return passed;
    }

    private void Insert(int partition, ulong rank)
    {
        Span<ulong> least = _least.AsSpan(partition * _rows, _rows);
        ref int count = ref _counts[partition];
        int place = count < _rows ? count++ : _rows - 1;
        for (; place > 0 && least[place - 1] > rank; place--) { least[place] = least[place - 1]; }

        least[place] = rank;
    }

    private void Rank(Column column, ulong[] ranks)
    {
        switch (column)
        {
            case FixedColumn<int> ints: Rank<int, IntRank>(ints.Values, ranks); break;
            case FixedColumn<long> longs: Rank<long, BigIntRank>(longs.Values, ranks); break;
            default: Rank<double, DoubleRank>(((FixedColumn<double>)column).Values, ranks); break;
        }
    }

    [MethodImpl(HotLoop.Options)]
    private void Rank<T, TRank>(ReadOnlySpan<T> values, ulong[] ranks)
        where TRank : struct, IRank<T>
    {
        ulong flipped = _first.IsDescending ? ulong.MaxValue : 0;
        for (int row = 0; row < values.Length; row++) { ranks[row] = TRank.Of(values[row]) ^ flipped; }
    }
}
