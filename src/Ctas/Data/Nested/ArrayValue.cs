using System.Buffers.Binary;

namespace Ctas.Data.Nested;

/// <summary>Reads an encoded ARRAY in place; elements by ordinal from 0. The layout is at <see cref="ValueShape"/>.</summary>
internal readonly ref struct ArrayValue
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _width;
    private readonly int _slots;
    private readonly bool _hasNulls;

    /// <summary>Reads <paramref name="bytes"/>.</summary>
    /// <param name="element">The shape of the elements.</param>
    public ArrayValue(ValueShape element, ReadOnlySpan<byte> bytes)
    {
        uint header = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        _bytes = bytes;
        _width = element.Width;
        _hasNulls = (header & 1) != 0;
        Count = (int)(header >> 1);
        _slots = sizeof(uint) + (_hasNulls ? ValueShape.BitBytes(Count) : 0);
    }

    /// <summary>Number of elements, NULLs counted.</summary>
    public int Count { get; }

    /// <summary>The bytes of an element; of no meaning when it is NULL.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            if (_width > 0) { return _bytes.Slice(_slots + (index * _width), _width); }

            int data = _slots + (Count * ValueShape.EndWidth);
            int start = index == 0 ? 0 : End(index - 1);
            return _bytes[(data + start)..(data + End(index))];
        }
    }

    /// <summary>True for a NULL element.</summary>
    public bool IsNull(int index) => _hasNulls && (_bytes[sizeof(uint) + (index >> 3)] >> (index & 7) & 1) == 0;

    private int End(int index) =>
        BinaryPrimitives.ReadInt32LittleEndian(_bytes[(_slots + (index * ValueShape.EndWidth))..]);
}
