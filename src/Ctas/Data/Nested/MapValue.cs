using System.Buffers.Binary;

namespace Ctas.Data.Nested;

/// <summary>Reads an encoded MAP in place. The layout is at <see cref="ValueShape"/>.</summary>
internal readonly ref struct MapValue
{
    private readonly ValueShape _key;

    /// <summary>Reads <paramref name="bytes"/>.</summary>
    /// <param name="shape">The shape of the map.</param>
    public MapValue(ValueShape shape, ReadOnlySpan<byte> bytes)
    {
        int values = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(bytes);
        _key = shape.Key;
        Keys = new ArrayValue(shape.Key, bytes[sizeof(int)..values]);
        Values = new ArrayValue(shape.Element, bytes[values..]);
    }

    /// <summary>Number of entries.</summary>
    public int Count => Keys.Count;

    /// <summary>The keys, ascending; none is NULL.</summary>
    public ArrayValue Keys { get; }

    /// <summary>The values, in the order of the keys.</summary>
    public ArrayValue Values { get; }

    /// <summary>The ordinal of the entry with that key, −1 when there is none. Cost O(log entries).</summary>
    /// <param name="key">The bytes of a key, as they lie in a nested value.</param>
    public int Find(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = NestedOrder.Compare(_key, Keys[middle], key);
            if (order == 0) { return middle; }

            if (order < 0) { low = middle + 1; }
            else { high = middle - 1; }
        }

        return -1;
    }
}
