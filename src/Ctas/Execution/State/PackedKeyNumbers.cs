using System.Buffers;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// Keys of any number and type of columns, packed into words of 64 bits, in an open-addressing table.
/// </summary>
internal sealed class PackedKeyNumbers : KeyNumbers
{
    private readonly KeyPart[] _parts;
    private readonly int _width;

    // Words of each key, by number.
    private ulong[] _keys = [];

    // Upper half of the hash (32 bits) | number + 1 (32 bits); 0 is free. Linear probing, at most half full.
    private ulong[] _slots = new ulong[64];

    public PackedKeyNumbers(IReadOnlyList<DataType> types)
    {
        _parts = new KeyPart[types.Count];
        int bits = 0;
        for (int part = 0; part < _parts.Length; part++) { _parts[part] = KeyPart.Create(types[part], ref bits); }

        _width = Math.Max(1, (bits + 63) / 64);
    }

    public override long SizeInBytes =>
        ((_keys.Length + _slots.Length) * 8L) + _parts.Sum(part => part.SizeInBytes);

    public override void FindOrAdd(ReadOnlySpan<Column> keys, Span<int> numbers)
    {
        ulong[] packed = Pack(keys, numbers, adds: true);
        for (int row = 0; row < numbers.Length; row++)
        {
            ReadOnlySpan<ulong> key = packed.AsSpan(row * _width, _width);
            ulong hash = Hash(key);
            int slot = Probe(key, hash, out int number);
            if (number < 0)
            {
                number = Add(key);
                _slots[slot] = (hash & 0xFFFFFFFF00000000UL) | (uint)(number + 1);
                if (Count * 2 > _slots.Length) { Grow(); }
            }

            numbers[row] = number;
        }

        ArrayPool<ulong>.Shared.Return(packed);
    }

    public override void Find(ReadOnlySpan<Column> keys, Span<int> numbers)
    {
        ulong[] packed = Pack(keys, numbers, adds: false);
        for (int row = 0; row < numbers.Length; row++)
        {
            ReadOnlySpan<ulong> key = packed.AsSpan(row * _width, _width);

            // Packing marks rows with a NULL or an unknown string: they match nothing.
            if (numbers[row] < 0) { continue; }

            Probe(key, Hash(key), out numbers[row]);
        }

        ArrayPool<ulong>.Shared.Return(packed);
    }

    public override Column[] Keys(ColumnMemory memory = default)
    {
        var columns = new Column[_parts.Length];
        for (int part = 0; part < columns.Length; part++) { columns[part] = _parts[part].Unpack(_keys.AsSpan(0, Count * _width), _width, memory); }

        return columns;
    }

    public override void Release()
    {
        PooledArrays.Release(ref _keys);
        PooledArrays.Release(ref _slots);
    }

    private ulong[] Pack(ReadOnlySpan<Column> keys, Span<int> numbers, bool adds)
    {
        ulong[] packed = ArrayPool<ulong>.Shared.Rent(Math.Max(1, numbers.Length * _width));
        packed.AsSpan(0, numbers.Length * _width).Clear();
        numbers.Clear();
        for (int part = 0; part < _parts.Length; part++)
        {
            _parts[part].Pack(keys[part], packed, _width, numbers, adds);
        }

        return packed;
    }

    private int Probe(ReadOnlySpan<ulong> key, ulong hash, out int number)
    {
        int mask = _slots.Length - 1;
        uint tag = (uint)(hash >> 32);
        for (int slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            ulong content = _slots[slot];
            number = (int)(uint)content - 1;
            if (number < 0) { return slot; }

            if ((uint)(content >> 32) == tag && _keys.AsSpan(number * _width, _width).SequenceEqual(key))
            {
                return slot;
            }
        }
    }

    private int Add(ReadOnlySpan<ulong> key)
    {
        PooledArrays.GrowUncleared(ref _keys, (Count + 1) * _width, Count * _width);
        key.CopyTo(_keys.AsSpan(Count * _width));
        return Count++;
    }

    private void Grow()
    {
        int length = _slots.Length * 2;
        PooledArrays.Release(ref _slots);
        _slots = PooledArrays.RentCleared<ulong>(length);
        int mask = _slots.Length - 1;
        for (int number = 0; number < Count; number++)
        {
            ulong hash = Hash(_keys.AsSpan(number * _width, _width));
            int slot = (int)hash & mask;
            while (_slots[slot] != 0) { slot = (slot + 1) & mask; }

            _slots[slot] = (hash & 0xFFFFFFFF00000000UL) | (uint)(number + 1);
        }
    }

    private static ulong Hash(ReadOnlySpan<ulong> key)
    {
        ulong hash = Hashing.Int64(key[0]);
        for (int word = 1; word < key.Length; word++) { hash = Hashing.Combine(hash, key[word]); }

        return hash;
    }
}
