using Ctas.Data;

namespace Ctas.Sources;

/// <summary>A field name seen in records, and the column that reads it.</summary>
internal sealed class JsonField(byte[] name)
{
    /// <summary>The name, UTF-8.</summary>
    public byte[] Name { get; } = name;

    /// <summary>The column, null for a field that is not read.</summary>
    public ValueColumn? Column { get; set; }

    /// <summary>True when the column's name is exactly the field's.</summary>
    public bool IsExact { get; set; }

    /// <summary>The field that followed this one last time.</summary>
    public JsonField? Next { get; set; }
}

/// <summary>Finds fields by name. Records look alike, so the field that came next last time is tried first.</summary>
/// <remarks>Single-threaded. Open addressing over hashes of the names, at most half full.</remarks>
internal sealed class JsonFieldMap
{
    // A document whose field names are data would fill memory with names that never come again.
    private const int MaxFields = 8192;

    private JsonField?[] _slots = new JsonField?[32];
    private int _count;
    private JsonField _previous;

    /// <summary>Makes an empty map.</summary>
    public JsonFieldMap() => _previous = Start;

    private JsonField Start { get; } = new([]);

    /// <summary>The next field asked for is the first of a record.</summary>
    public void BeginRecord() => _previous = Start;

    /// <summary>The field of that name, null when it has never been seen.</summary>
    public JsonField? Find(ReadOnlySpan<byte> name)
    {
        JsonField? predicted = _previous.Next;
        if (predicted is not null && name.SequenceEqual(predicted.Name))
        {
            _previous = predicted;
            return predicted;
        }

        JsonField? found = _slots[FindSlot(_slots, name)];
        if (found is not null) { Follow(found); }

        return found;
    }

    /// <summary>Adds a field that <see cref="Find"/> did not know.</summary>
    public JsonField Add(ReadOnlySpan<byte> name, ValueColumn? column, bool isExact)
    {
        var field = new JsonField(name.ToArray()) { Column = column, IsExact = isExact };
        if (column is null && _count >= MaxFields) { return field; }

        if (_count * 2 >= _slots.Length) { Grow(); }

        _slots[FindSlot(_slots, name)] = field;
        _count++;
        Follow(field);
        return field;
    }

    private void Follow(JsonField field)
    {
        _previous.Next = field;
        _previous = field;
    }

    private void Grow()
    {
        var slots = new JsonField?[_slots.Length * 2];
        foreach (JsonField? field in _slots)
        {
            if (field is not null) { slots[FindSlot(slots, field.Name)] = field; }
        }

        _slots = slots;
    }

    private static int FindSlot(JsonField?[] slots, ReadOnlySpan<byte> name)
    {
        int slot = (int)Hashing.Bytes(name) & (slots.Length - 1);
        while (slots[slot] is { } field && !name.SequenceEqual(field.Name)) { slot = (slot + 1) & (slots.Length - 1); }

        return slot;
    }
}
