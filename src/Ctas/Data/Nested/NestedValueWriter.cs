using System.Buffers.Binary;
using System.Diagnostics;

namespace Ctas.Data.Nested;

/// <summary>Writes nested values in their one form, see <see cref="ValueShape"/>. Reused; single-threaded.</summary>
/// <remarks>
/// <code>
/// writer.Begin(shape);                 // of an ARRAY, MAP or STRUCT
/// writer.WriteInt64(1);                // elements in order; for a MAP key, value, key, value …; fields in order
/// writer.Begin(element); … writer.End();
/// writer.End();
/// pool.Add(writer.Written);            // after the outermost End
/// </code>
/// Fields may come in any order after <see cref="SelectField"/>; those that do not come are NULL. Of entries with
/// equal keys the last one stays. No allocation once the buffers have grown.
/// </remarks>
internal sealed class NestedValueWriter : IComparer<NestedValueWriter.Entry>
{
    private byte[] _bytes = new byte[256];
    private int _length;
    private Item[] _items = new Item[32];
    private int _itemCount;
    private Frame[] _frames = new Frame[4];
    private int _depth;
    private Entry[] _entries = [];
    private ValueShape? _sortedKey;

    /// <summary>The bytes of the last value that was ended; valid until the next one begins.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>The shape of the value that is to be written next.</summary>
    public ValueShape Expected
    {
        get
        {
            ref Frame frame = ref _frames[_depth - 1];
            return frame.Shape.Type.Kind switch
            {
                DataTypeKind.Struct => frame.Shape.Fields[frame.Field].Shape,
                DataTypeKind.Map when (_itemCount - frame.FirstItem) % 2 == 0 => frame.Shape.Key,
                _ => frame.Shape.Element,
            };
        }
    }

    /// <summary>Items written to the innermost value so far; of a MAP keys and values.</summary>
    public int ItemCount => _itemCount - _frames[_depth - 1].FirstItem;

    /// <summary>Begins a nested value: the outermost one, or the next item of the one that is open.</summary>
    public void Begin(ValueShape shape)
    {
        if (_depth == 0) { _length = _itemCount = 0; }

        if (_depth == _frames.Length) { Array.Resize(ref _frames, _depth * 2); }

        _frames[_depth++] = new Frame { Shape = shape, FirstByte = _length, FirstItem = _itemCount };
        for (int field = 0; field < shape.Fields.Length; field++) { AppendItem(Item.Null); }
    }

    /// <summary>The field of the open STRUCT that is written next; what was written to it before is forgotten.</summary>
    public void SelectField(int ordinal) => _frames[_depth - 1].Field = ordinal;

    /// <summary>True when a field of the open STRUCT has a value.</summary>
    public bool HasField(int ordinal) => !_items[_frames[_depth - 1].FirstItem + ordinal].IsNull;

    /// <summary>Writes NULL; not as the key of a MAP.</summary>
    public void WriteNull() => Add(Item.Null);

    /// <summary>Writes a BOOLEAN, INT, BIGINT, DATE, TIME or TIMESTAMP.</summary>
    public void WriteInt64(long value) => NestedScalar.Write(AddBytes(Expected.Width), value);

    /// <summary>Writes a DOUBLE.</summary>
    public void WriteDouble(double value) => NestedScalar.Write(AddBytes(sizeof(double)), value);

    /// <summary>Writes a DECIMAL, unscaled.</summary>
    public void WriteInt128(Int128 value) => NestedScalar.Write(AddBytes(16), value);

    /// <summary>Writes an INTERVAL.</summary>
    public void WriteInterval(Interval value) => NestedScalar.Write(AddBytes(16), value);

    /// <summary>Writes a VARCHAR or BYTES, or any value as it lies in a nested value of the same type.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value) => value.CopyTo(AddBytes(value.Length));

    /// <summary>Writes the value of a row, NULL for NULL.</summary>
    public void WriteFrom(Column column, int row)
    {
        if (column.IsNull(row))
        {
            WriteNull();
            return;
        }

        switch (column)
        {
            case FixedColumn<bool> booleans: WriteInt64(booleans.Values[row] ? 1 : 0); break;
            case FixedColumn<int> ints: WriteInt64(ints.Values[row]); break;
            case FixedColumn<long> longs: WriteInt64(longs.Values[row]); break;
            case FixedColumn<double> doubles: WriteDouble(doubles.Values[row]); break;
            case FixedColumn<Int128> decimals: WriteInt128(decimals.Values[row]); break;
            case FixedColumn<Interval> intervals: WriteInterval(intervals.Values[row]); break;
            case StringColumn strings: WriteBytes(strings.GetBytes(row)); break;
            default: throw new UnreachableException($"No form for {column.Type}.");
        }
    }

    /// <summary>Ends the innermost value.</summary>
    public void End()
    {
        Frame frame = _frames[--_depth];
        Span<Item> items = _items.AsSpan(frame.FirstItem, _itemCount - frame.FirstItem);
        int start = _length;
        switch (frame.Shape.Type.Kind)
        {
            case DataTypeKind.Array: WriteArray(frame.Shape.Element, items); break;
            case DataTypeKind.Map: WriteMap(frame.Shape, items); break;
            default: WriteStruct(frame.Shape, items); break;
        }

        // The items gave their bytes to the value: it takes their place.
        int length = _length - start;
        _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(frame.FirstByte));
        _length = frame.FirstByte + length;
        _itemCount = frame.FirstItem;
        if (_depth > 0) { Add(new Item(frame.FirstByte, length)); }
    }

    /// <summary>Gives up the values that are open: after a mistake in what was to be written.</summary>
    public void Abandon() => _depth = _length = _itemCount = 0;

    int IComparer<Entry>.Compare(Entry left, Entry right)
    {
        int order = NestedOrder.Compare(_sortedKey!, BytesOf(left.Key), BytesOf(right.Key));
        return order == 0 ? left.Ordinal.CompareTo(right.Ordinal) : order;
    }

    private void WriteArray(ValueShape element, ReadOnlySpan<Item> items)
    {
        bool hasNulls = false;
        foreach (Item item in items) { hasNulls |= item.IsNull; }

        BinaryPrimitives.WriteUInt32LittleEndian(
            Reserve(sizeof(uint)), ((uint)items.Length << 1) | (hasNulls ? 1u : 0));
        if (hasNulls) { WriteBits(items); }

        int slots = _length;
        Reserve(items.Length * element.SlotWidth).Clear();
        int data = _length;
        for (int index = 0; index < items.Length; index++)
        {
            WriteSlot(element, slots + (index * element.SlotWidth), data, items[index]);
        }
    }

    private void WriteStruct(ValueShape shape, ReadOnlySpan<Item> items)
    {
        int start = _length;
        WriteBits(items);
        Reserve(shape.DataStart - (_length - start)).Clear();
        int data = _length;
        foreach (FieldShape field in shape.Fields)
        {
            WriteSlot(field.Shape, start + field.Slot, data, items[field.Ordinal]);
        }
    }

    private void WriteMap(ValueShape shape, ReadOnlySpan<Item> items)
    {
        int count = SortEntries(shape.Key, items);
        int start = _length;
        Reserve(sizeof(int));
        Span<Item> side = items.Length <= 64 ? stackalloc Item[64] : new Item[items.Length];
        for (int entry = 0; entry < count; entry++) { side[entry] = _entries[entry].Key; }

        WriteArray(shape.Key, side[..count]);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start), _length - start - sizeof(int));
        for (int entry = 0; entry < count; entry++) { side[entry] = _entries[entry].Value; }

        WriteArray(shape.Element, side[..count]);
    }

    /// <returns>The number of different keys; of equal ones the last entry is kept.</returns>
    private int SortEntries(ValueShape key, ReadOnlySpan<Item> items)
    {
        int count = items.Length / 2;
        if (_entries.Length < count) { _entries = new Entry[Math.Max(16, count * 2)]; }

        for (int entry = 0; entry < count; entry++)
        {
            _entries[entry] = new Entry(items[entry * 2], items[(entry * 2) + 1], entry);
        }

        _sortedKey = key;
        _entries.AsSpan(0, count).Sort(this);
        int kept = 0;
        for (int entry = 0; entry < count; entry++)
        {
            bool isReplaced = entry + 1 < count
                && BytesOf(_entries[entry].Key).SequenceEqual(BytesOf(_entries[entry + 1].Key));
            if (!isReplaced) { _entries[kept++] = _entries[entry]; }
        }

        return kept;
    }

    private void WriteBits(ReadOnlySpan<Item> items)
    {
        Span<byte> bits = Reserve(ValueShape.BitBytes(items.Length));
        bits.Clear();
        for (int index = 0; index < items.Length; index++)
        {
            if (!items[index].IsNull) { bits[index >> 3] |= (byte)(1 << (index & 7)); }
        }
    }

    private void WriteSlot(ValueShape shape, int slot, int data, Item item)
    {
        if (shape.Width == 0)
        {
            if (!item.IsNull)
            {
                // The room may move while it grows: first the room, then the bytes.
                Span<byte> target = Reserve(item.Length);
                BytesOf(item).CopyTo(target);
            }

            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(slot), _length - data);
        }
        else if (!item.IsNull)
        {
            BytesOf(item).CopyTo(_bytes.AsSpan(slot));
        }
    }

    private ReadOnlySpan<byte> BytesOf(Item item) => _bytes.AsSpan(item.Start, item.Length);

    private Span<byte> AddBytes(int length)
    {
        Add(new Item(_length, length));
        return Reserve(length);
    }

    private void Add(Item item)
    {
        ref Frame frame = ref _frames[_depth - 1];
        if (frame.Shape.Type.Kind == DataTypeKind.Struct) { _items[frame.FirstItem + frame.Field++] = item; }
        else { AppendItem(item); }
    }

    private void AppendItem(Item item)
    {
        if (_itemCount == _items.Length) { Array.Resize(ref _items, _itemCount * 2); }

        _items[_itemCount++] = item;
    }

    private Span<byte> Reserve(int count)
    {
        if (_length + count > _bytes.Length) { Array.Resize(ref _bytes, Math.Max(_length + count, _bytes.Length * 2)); }

        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }

    /// <summary>The bytes of a value in the buffer.</summary>
    internal readonly record struct Item(int Start, int Length)
    {
        public static Item Null { get; } = new(0, -1);

        public bool IsNull => Length < 0;
    }

    /// <summary>An entry of a MAP, and the how many-th it was.</summary>
    internal readonly record struct Entry(Item Key, Item Value, int Ordinal);

    private struct Frame
    {
        public ValueShape Shape;
        public int FirstByte;
        public int FirstItem;
        public int Field;
    }
}
