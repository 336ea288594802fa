using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>
/// The first rows of each partition in the order of one sort key, known at any time by where their owner keeps them;
/// equal ones as they came. Single-threaded.
/// </summary>
/// <remarks>
/// Of every partition the least numbers of the key are held, ascending, beside the slots of their rows. A row beyond
/// them costs one comparison; of 100 rows a partition in random order about ten do not lie beyond when two are wanted.
/// NULLs are equal, so of them the slots suffice.
/// </remarks>
internal sealed class PartitionFirsts
{
    private const long MaxRows = 16;

    private readonly KeyNumbers _partitions;
    private readonly SortKey _key;
    private readonly int _wanted;

    // Of each partition: numbers (the greatest there is where none is held yet), slots, and how many there are.
    private ulong[] _ranks = [];
    private int[] _slots = [];
    private int[] _counts = [];

    // The same of NULLs; empty until one comes.
    private int[] _nullSlots = [];
    private int[] _nullCounts = [];

    private PartitionFirsts(IReadOnlyList<DataType> partitionTypes, SortKey key, int wanted)
    {
        _partitions = KeyNumbers.Create(partitionTypes);
        _key = key;
        _wanted = wanted;
    }

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _partitions.SizeInBytes + (_ranks.Length * 8L)
        + ((_slots.Length + _counts.Length + _nullSlots.Length + _nullCounts.Length) * 4L);

    /// <summary>The first rows of partitions in an order, null where this form does not suit.</summary>
    /// <param name="partitionTypes">Types of the keys of partitions.</param>
    /// <param name="orderBy">The sort keys.</param>
    /// <param name="wanted">Rows wanted of each partition.</param>
    public static PartitionFirsts? For(
        IReadOnlyList<DataType> partitionTypes, IReadOnlyList<SortKey> orderBy, long wanted)
    {
        bool suits = partitionTypes.Count > 0 && orderBy.Count == 1 && wanted is >= 1 and <= MaxRows
            && PhysicalTypes.Of(orderBy[0].Expression.Type)
                is PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Double;
        return suits ? new PartitionFirsts(partitionTypes, orderBy[0], (int)wanted) : null;
    }

    /// <summary>Takes rows, and tells which of them are among the first so far.</summary>
    /// <param name="partitionKeys">A column for each partition key.</param>
    /// <param name="key">The sort key.</param>
    /// <param name="passing">Gets the rows that are, ascending; as long as the column.</param>
    /// <param name="firstSlot">The slot of the first of them; the others follow.</param>
    /// <returns>How many there are.</returns>
    public int Add(ReadOnlySpan<Column> partitionKeys, Column key, Span<int> passing, int firstSlot)
    {
        int[] rented = PooledArrays.Rent<int>(key.Length);
        Span<int> numbers = rented.AsSpan(0, key.Length);
        _partitions.FindOrAdd(partitionKeys, numbers);
        MakeRoom();
        int passed = key switch
        {
            FixedColumn<int> ints => Add<int, IntRank>(ints, numbers, passing, firstSlot),
            FixedColumn<long> longs => Add<long, BigIntRank>(longs, numbers, passing, firstSlot),
            _ => Add<double, DoubleRank>((FixedColumn<double>)key, numbers, passing, firstSlot),
        };
        PooledArrays.Release(ref rented);
        return passed;
    }

    /// <summary>The slots that are held, ascending; their rows are then to be moved together.</summary>
    /// <param name="slotCount">Number of slots given out so far; afterwards they count from 0 again.</param>
    /// <param name="count">How many are held.</param>
    /// <returns>The slots, in a rented array of at least as many.</returns>
    public int[] Compact(int slotCount, out int count)
    {
        // Place among those held + 1 by slot.
        int[] places = PooledArrays.RentCleared<int>(slotCount);
        count = 0;
        for (int partition = 0; partition < _partitions.Count; partition++) { count += Mark(partition, places); }

        int[] held = PooledArrays.Rent<int>(count);
        for (int slot = 0, place = 0; slot < slotCount; slot++)
        {
            if (places[slot] == 0) { continue; }

            held[place] = slot;
            places[slot] = ++place;
        }

        for (int partition = 0; partition < _partitions.Count; partition++) { Move(partition, places); }

        PooledArrays.Release(ref places);
        return held;
    }

    /// <summary>Writes the place of each row that is held in its partition, from 1 on, by its slot.</summary>
    public void WritePlaces(Span<long> places)
    {
        for (int partition = 0; partition < _partitions.Count; partition++)
        {
            long place = 0;
            ReadOnlySpan<int> values = SlotsOf(_slots, partition, _counts[partition]);
            ReadOnlySpan<int> nulls = SlotsOf(_nullSlots, partition, NullsOf(partition));
            foreach (int slot in _key.NullsFirst ? nulls : values) { places[slot] = ++place; }

            foreach (int slot in _key.NullsFirst ? values : nulls) { places[slot] = ++place; }
        }
    }

    /// <summary>Gives the memory back; nothing is called afterwards.</summary>
    public void Release()
    {
        _partitions.Release();
        PooledArrays.Release(ref _ranks);
        PooledArrays.Release(ref _slots);
        PooledArrays.Release(ref _counts);
        PooledArrays.Release(ref _nullSlots);
        PooledArrays.Release(ref _nullCounts);
    }

    private void MakeRoom()
    {
        int partitions = _partitions.Count;
        if (partitions <= _counts.Length) { return; }

        int held = _ranks.Length;
        PooledArrays.Grow(ref _counts, partitions);
        PooledArrays.GrowUncleared(ref _slots, _counts.Length * _wanted, _slots.Length);
        PooledArrays.GrowUncleared(ref _ranks, _counts.Length * _wanted, held);
        _ranks.AsSpan(held).Fill(ulong.MaxValue);
    }

    [MethodImpl(HotLoop.Options)]
    private int Add<T, TRank>(FixedColumn<T> key, ReadOnlySpan<int> numbers, Span<int> passing, int firstSlot)
        where T : unmanaged
        where TRank : struct, IRank<T>
    {
        ReadOnlySpan<T> values = key.Values[..numbers.Length];
        Bitmap? validity = key.Validity;
        ulong[] ranks = _ranks;
        ulong flipped = _key.IsDescending ? ulong.MaxValue : 0;
        int last = _wanted - 1;
        int wanted = _wanted;
        int passed = 0;
        for (int row = 0; row < numbers.Length; row++)
        {
            int partition = numbers[row];
            if (validity is not null && !validity[row])
            {
                if (TryHoldNull(partition, firstSlot + passed)) { passing[passed++] = row; }

                continue;
            }

            ulong rank = TRank.Of(values[row]) ^ flipped;
            if (rank >= ranks[(partition * wanted) + last] && (rank != ulong.MaxValue || _counts[partition] == wanted))
            {
                continue;
            }

            Hold(partition, rank, firstSlot + passed);
            passing[passed++] = row;
        }

        return passed;
    }

    private void Hold(int partition, ulong rank, int slot)
    {
        int start = partition * _wanted;
        ref int count = ref _counts[partition];
        int place = count < _wanted ? count++ : _wanted - 1;
        for (; place > 0 && _ranks[start + place - 1] > rank; place--)
        {
            _ranks[start + place] = _ranks[start + place - 1];
            _slots[start + place] = _slots[start + place - 1];
        }

        _ranks[start + place] = rank;
        _slots[start + place] = slot;
    }

    private bool TryHoldNull(int partition, int slot)
    {
        PooledArrays.Grow(ref _nullCounts, _counts.Length);
        PooledArrays.GrowUncleared(ref _nullSlots, _counts.Length * _wanted, _nullSlots.Length);
        if (_nullCounts[partition] == _wanted) { return false; }

        _nullSlots[(partition * _wanted) + _nullCounts[partition]++] = slot;
        return true;
    }

    // Drops what NULLs keep out, or the NULLs that are kept out, and marks the rest.
    private int Mark(int partition, int[] places)
    {
        int nulls = NullsOf(partition);
        if (nulls > 0 && _key.NullsFirst) { _counts[partition] = Math.Min(_counts[partition], _wanted - nulls); }

        if (nulls > 0 && !_key.NullsFirst)
        {
            nulls = Math.Min(nulls, _wanted - _counts[partition]);
            _nullCounts[partition] = nulls;
        }

        foreach (int slot in SlotsOf(_slots, partition, _counts[partition])) { places[slot] = 1; }

        foreach (int slot in SlotsOf(_nullSlots, partition, nulls)) { places[slot] = 1; }

        return _counts[partition] + nulls;
    }

    private void Move(int partition, int[] places)
    {
        foreach (ref int slot in SlotsOf(_slots, partition, _counts[partition])) { slot = places[slot] - 1; }

        foreach (ref int slot in SlotsOf(_nullSlots, partition, NullsOf(partition))) { slot = places[slot] - 1; }
    }

    private int NullsOf(int partition) => partition < _nullCounts.Length ? _nullCounts[partition] : 0;

    private Span<int> SlotsOf(int[] slots, int partition, int count) =>
        count == 0 ? default : slots.AsSpan(partition * _wanted, count);
}
