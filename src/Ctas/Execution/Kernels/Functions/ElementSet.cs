using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Different elements of arrays, NULL among them. Reused from row to row; single-threaded.</summary>
/// <remarks>Open addressing, at most half full. No allocation once the buffers have grown.</remarks>
internal sealed class ElementSet
{
    private readonly ByteWriter _bytes = new();
    private Element[] _elements = new Element[16];

    // One more than the number of the element; 0 is free.
    private int[] _slots = new int[32];
    private int _count;
    private bool _hasNull;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (Element element in _elements.AsSpan(0, _count)) { _slots[element.Slot] = 0; }

        _bytes.Clear();
        _count = 0;
        _hasNull = false;
    }

    /// <summary>True when the element was not there yet.</summary>
    public bool Add(ArrayValue array, int item)
    {
        if (array.IsNull(item))
        {
            bool isFirst = !_hasNull;
            _hasNull = true;
            return isFirst;
        }

        ReadOnlySpan<byte> bytes = array[item];
        ulong hash = Hashing.Bytes(bytes);
        int slot = FindSlot(bytes, hash);
        if (_slots[slot] != 0) { return false; }

        if (_count == _elements.Length)
        {
            Grow();
            slot = FindSlot(bytes, hash);
        }

        _elements[_count] = new Element(_bytes.Length, bytes.Length, hash, slot);
        _bytes.Append(bytes);
        _slots[slot] = ++_count;
        return true;
    }

    /// <summary>True when the element is there.</summary>
    public bool Contains(ArrayValue array, int item) => array.IsNull(item)
        ? _hasNull
        : _slots[FindSlot(array[item], Hashing.Bytes(array[item]))] != 0;

    private int FindSlot(ReadOnlySpan<byte> bytes, ulong hash)
    {
        int slot = (int)hash & (_slots.Length - 1);
        while (_slots[slot] != 0 && !IsAt(_slots[slot] - 1, bytes, hash)) { slot = (slot + 1) & (_slots.Length - 1); }

        return slot;
    }

    private bool IsAt(int number, ReadOnlySpan<byte> bytes, ulong hash)
    {
        Element element = _elements[number];
        return element.Hash == hash && _bytes.Written.Slice(element.Start, element.Length).SequenceEqual(bytes);
    }

    private void Grow()
    {
        Array.Resize(ref _elements, _count * 2);
        _slots = new int[_elements.Length * 2];
        for (int number = 0; number < _count; number++)
        {
            int slot = (int)_elements[number].Hash & (_slots.Length - 1);
            while (_slots[slot] != 0) { slot = (slot + 1) & (_slots.Length - 1); }

            _elements[number] = _elements[number] with { Slot = slot };
            _slots[slot] = number + 1;
        }
    }

    /// <summary>Where the bytes of an element lie, and the slot that leads to it.</summary>
    private readonly record struct Element(int Start, int Length, ulong Hash, int Slot);
}
