using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>Keeps the first rows of each partition in the order of sort keys; equal ones as they came. Single-threaded.</summary>
/// <remarks>
/// In the order of one key the first rows are known at any time. Otherwise rows are collected until twice as many are there as were kept last, then what is too many is dropped: by thresholds
/// in one pass, or, where these do not tell, by sorting. So every row is sorted a bounded number of times on average,
/// and memory follows what is kept. Most rows that cannot be among the first are left out before that.
/// </remarks>
/// <param name="rowTypes">Types of the rows.</param>
/// <param name="partitionTypes">Types of the keys of partitions; none: all rows are one.</param>
/// <param name="orderBy">The sort keys.</param>
/// <param name="limit">Rows kept of each partition.</param>
internal sealed class TopRows(
    IReadOnlyList<DataType> rowTypes, IReadOnlyList<DataType> partitionTypes, IReadOnlyList<SortKey> orderBy, long limit)
{
    private const int MinRows = 64 * 1024;

    private readonly DataType[] _keyTypes = [.. partitionTypes, .. orderBy.Select(key => key.Expression.Type)];
    private readonly PartitionFirsts? _firsts = PartitionFirsts.For(partitionTypes, orderBy, limit);
    private readonly PartitionThresholds? _thresholds = PartitionThresholds.For(partitionTypes, orderBy, limit);

    private RowBuffer _rows = new(rowTypes, isPooled: true);
    private RowBuffer? _keys;
    private int _nextCount = MinRows;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes =>
        _rows.SizeInBytes + (_keys?.SizeInBytes ?? 0) + (_firsts?.SizeInBytes ?? _thresholds?.SizeInBytes ?? 0);

    /// <summary>Adds rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keys">Their keys: of the partition, then of the order.</param>
    public void Add(Batch rows, Batch keys)
    {
        if (_firsts is not null)
        {
            AddFirsts(_firsts, rows, keys);
            return;
        }

        int partitions = partitionTypes.Count;
        if (_thresholds?.Passing(keys.Columns[..partitions], keys[partitions]) is { } passing)
        {
            rows = rows.Gather(passing);
            keys = keys.Gather(passing);
        }

        _keys ??= new RowBuffer(_keyTypes, isPooled: true);
        _rows.Append(rows);
        _keys.Append(keys);
        if (_rows.Count < _nextCount) { return; }

        Prune();
        if (_rows.Count > _nextCount / 2) { Compact(); }

        _nextCount = Math.Max(MinRows, (int)Math.Min(int.MaxValue, _rows.Count * 2L));
    }

    /// <summary>True when the place of each row in its partition is known: see <see cref="Places"/>.</summary>
    public bool KnowsPlaces => _firsts is not null;

    /// <summary>The rows kept, in the order in which they came; only <see cref="Places"/> and <see cref="Release"/> are called afterwards.</summary>
    /// <param name="memory">Of what the columns are made.</param>
    public Batch Rows(ColumnMemory memory)
    {
        if (_firsts is not null) { return FirstRows(_firsts, memory); }

        Prune();
        Compact();
        Batch rows = _rows.View().Gather(RowNumbers.Ascending(_rows.Count), memory);
        _rows.Release();
        _keys?.Release();
        return rows;
    }

    /// <summary>The place of each row in its partition, from 1 on.</summary>
    /// <param name="count">How many rows there are.</param>
    /// <param name="memory">Of what the column is made.</param>
    public Column Places(int count, ColumnMemory memory)
    {
        long[] places = memory.Allocate<long>(count);
        _firsts!.WritePlaces(places);
        return memory.Column(DataType.BigInt, places, count);
    }

    /// <summary>Gives the memory back; nothing is called afterwards.</summary>
    public void Release()
    {
        _firsts?.Release();
        _thresholds?.Release();
    }

    private Batch FirstRows(PartitionFirsts firsts, ColumnMemory memory)
    {
        int[] held = firsts.Compact(_rows.Count, out int count);
        Batch rows = _rows.View().Gather(held.AsSpan(0, count), memory);
        PooledArrays.Release(ref held);
        _rows.Release();
        return rows;
    }

    private void AddFirsts(PartitionFirsts firsts, Batch rows, Batch keys)
    {
        int partitions = partitionTypes.Count;
        int[] passing = PooledArrays.Rent<int>(rows.RowCount);
        int passed = firsts.Add(keys.Columns[..partitions], keys[partitions], passing, _rows.Count);
        _rows.Append(rows, passing.AsSpan(0, passed));
        PooledArrays.Release(ref passing);
        if (_rows.Count < _nextCount) { return; }

        int[] held = firsts.Compact(_rows.Count, out int count);
        Replace(ref _rows, rowTypes, held.AsSpan(0, count));
        PooledArrays.Release(ref held);
        _nextCount = Math.Max(MinRows, (int)Math.Min(int.MaxValue, _rows.Count * 2L));
    }

    private static void Replace(ref RowBuffer buffer, IReadOnlyList<DataType> types, ReadOnlySpan<int> kept)
    {
        var replaced = new RowBuffer(types, isPooled: true);
        replaced.Append(buffer.View(), kept);
        buffer.Release();
        buffer = replaced;
    }

    private SortedPartitions SortedPartitions(Batch keys) => Execution.State.SortedPartitions.Of(
        keys.Columns[..partitionTypes.Count], keys.Columns[partitionTypes.Count..], orderBy, keys.RowCount);

    // What thresholds learned later tells of the rows that are there already.
    private void Prune()
    {
        if (_keys is null || _thresholds is null) { return; }

        Batch keys = _keys.View();
        int partitions = partitionTypes.Count;
        if (_thresholds.Remaining(keys.Columns[..partitions], keys[partitions]) is { } kept) { Keep(kept); }
    }

    private void Compact()
    {
        if (_keys is null) { return; }

        int[] kept = Kept(SortedPartitions(_keys.View()));
        if (kept.Length == _keys.Count) { return; }

        Array.Sort(kept);
        Keep(kept);
    }

    private void Keep(int[] kept)
    {
        Replace(ref _rows, rowTypes, kept);
        Replace(ref _keys!, _keyTypes, kept);
    }

    private int[] Kept(SortedPartitions sorted)
    {
        var kept = new List<int>();
        for (int partition = 0; partition < sorted.PartitionCount; partition++)
        {
            int start = sorted.PartitionStarts[partition];
            int count = (int)Math.Min(sorted.PartitionStarts[partition + 1] - start, limit);
            kept.AddRange(sorted.Order.AsSpan(start, count));
        }

        return [.. kept];
    }
}
