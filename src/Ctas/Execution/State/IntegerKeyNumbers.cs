using System.Numerics;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// One integer key: an array over the range of values while that is dense, a hash table when it is not.
/// </summary>
internal sealed class IntegerKeyNumbers<T>(DataType type) : KeyNumbers
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private const int MinDenseRange = 1 << 16;

    // Number of each key; NULL holds 0 and is known by its number.
    private long[] _keys = [];
    private int _nullNumber = -1;

    // Dense: number + 1 of key _base + slot. Null once the range has proved too wide.
    private int[]? _dense = [];
    private long _base;

    // Sparse: number + 1 by hash, linear probing, at most half full.
    private int[] _slots = [];

    public override long SizeInBytes => (_keys.Length * 8L) + (((_dense?.Length ?? 0) + _slots.Length) * 4L);

    public override void FindOrAdd(ReadOnlySpan<Column> keys, Span<int> numbers)
    {
        var column = (FixedColumn<T>)keys[0];
        ReadOnlySpan<T> values = column.Values;
        if (_dense is not null) { WidenTo(values); }

        if (column.Validity is not null) { FindOrAddNullable(column, numbers); }
        else if (_dense is { } dense)
        {
            for (int row = 0; row < numbers.Length; row++)
            {
                long key = long.CreateTruncating(values[row]);
                ref int slot = ref dense[(int)(key - _base)];
                if (slot == 0) { slot = Add(key) + 1; }

                numbers[row] = slot - 1;
            }
        }
        else
        {
            for (int row = 0; row < numbers.Length; row++)
            {
                numbers[row] = FindOrAddSparse(long.CreateTruncating(values[row]));
            }
        }
    }

    public override void Find(ReadOnlySpan<Column> keys, Span<int> numbers)
    {
        var column = (FixedColumn<T>)keys[0];
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < numbers.Length; row++)
        {
            long key = long.CreateTruncating(values[row]);
            numbers[row] = _dense is null ? FindSparse(key) : FindDense(key);
        }

        Kernels.NullRows.Fill(numbers, column.Validity, -1);
    }

    // Finding changes nothing.
    public override KeyNumbers Reader() => this;

    public override Column[] Keys(ColumnMemory memory = default)
    {
        T[] values = memory.Allocate<T>(Count);
        for (int number = 0; number < Count; number++) { values[number] = T.CreateTruncating(_keys[number]); }

        Bitmap? validity = _nullNumber < 0 ? null : new Bitmap(Count, value: true) { [_nullNumber] = false };
        return [memory.Column(type, values, Count, validity)];
    }

    private void FindOrAddNullable(FixedColumn<T> column, Span<int> numbers)
    {
        for (int row = 0; row < numbers.Length; row++)
        {
            numbers[row] = column.IsNull(row) ? NumberOfNull() : FindOrAdd(long.CreateTruncating(column.Values[row]));
        }
    }

    private int NumberOfNull()
    {
        if (_nullNumber < 0) { _nullNumber = Add(0); }

        return _nullNumber;
    }

    private int FindOrAdd(long key)
    {
        if (_dense is null) { return FindOrAddSparse(key); }

        ref int slot = ref _dense[(int)(key - _base)];
        if (slot == 0) { slot = Add(key) + 1; }

        return slot - 1;
    }

    private int FindDense(long key)
    {
        ulong slot = unchecked((ulong)(key - _base));
        return slot < (ulong)_dense!.Length ? _dense[slot] - 1 : -1;
    }

    private int FindSparse(long key)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)Hashing.Int64((ulong)key) & mask; ; slot = (slot + 1) & mask)
        {
            int number = _slots[slot] - 1;
            if (number < 0 || _keys[number] == key) { return number; }
        }
    }

    private int FindOrAddSparse(long key)
    {
        int[] slots = _slots;
        int mask = slots.Length - 1;
        int slot = (int)Hashing.Int64((ulong)key) & mask;
        for (; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_keys[slots[slot] - 1] == key) { return slots[slot] - 1; }
        }

        int added = Add(key);
        slots[slot] = added + 1;
        if (Count * 2 > slots.Length) { Rehash(slots.Length * 2); }

        return added;
    }

    private int Add(long key)
    {
        PooledArrays.GrowUncleared(ref _keys, Count + 1, Count);

        _keys[Count] = key;
        return Count++;
    }

    // A range is dense when it is short, or when about an eighth of it is expected to be used.
    private void WidenTo(ReadOnlySpan<T> values)
    {
        if (values.IsEmpty) { return; }

        (long least, long greatest) = RangeOf(values);
        if (_dense!.Length > 0)
        {
            long end = _base + _dense.Length - 1;
            if (least >= _base && greatest <= end) { return; }

            least = Math.Min(least, _base);
            greatest = Math.Max(greatest, end);
        }

        Int128 range = (Int128)greatest - least + 1;
        long limit = Math.Max(MinDenseRange, 8L * ((long)Count + values.Length));
        if (range > Math.Min(limit, 1 << 28))
        {
            _dense = null;
            Rehash((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, (Count + 1) * 2)));
            return;
        }

        GrowDense(least, (long)range, limit);
    }

    private void GrowDense(long least, long range, long limit)
    {
        // Room for as much again above, so that ascending keys do not copy the array with every batch.
        long room = Math.Min(range * 2, Math.Max(range, limit));
        var grown = new int[(int)Int128.Min(room, (Int128)long.MaxValue - least + 1)];
        _dense!.CopyTo(grown, _dense.Length == 0 ? 0 : (int)(_base - least));
        _dense = grown;
        _base = least;
    }

    private static (long Least, long Greatest) RangeOf(ReadOnlySpan<T> values)
    {
        T least = T.MaxValue;
        T greatest = T.MinValue;
        foreach (T value in values)
        {
            least = T.Min(least, value);
            greatest = T.Max(greatest, value);
        }

        return (long.CreateTruncating(least), long.CreateTruncating(greatest));
    }

    private void Rehash(int length)
    {
        int[] slots = PooledArrays.RentCleared<int>(length);
        for (int number = 0; number < Count; number++)
        {
            if (number == _nullNumber) { continue; }

            int slot = (int)Hashing.Int64((ulong)_keys[number]) & (length - 1);
            while (slots[slot] != 0) { slot = (slot + 1) & (length - 1); }

            slots[slot] = number + 1;
        }

        PooledArrays.Release(ref _slots);
        _slots = slots;
    }

    public override void Release()
    {
        PooledArrays.Release(ref _keys);
        PooledArrays.Release(ref _slots);
    }
}
