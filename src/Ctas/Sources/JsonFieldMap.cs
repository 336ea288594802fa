using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>A field name seen in records, and the column that reads it.</summary>
internal sealed class JsonField(byte[] name)
{
    // A document that is laid out in ever other ways is not worth learning from.
    private const int MaxLearned = 64;

    private JsonFieldPrefix _first = JsonFieldPrefix.Compact(name, (byte)'{');
    private JsonFieldPrefix _later = JsonFieldPrefix.Compact(name, (byte)',');
    private int _learned;

    /// <summary>The name, UTF-8.</summary>
    public byte[] Name { get; } = name;

    /// <summary>The column, null for a field that is not read.</summary>
    public ValueColumn? Column { get; set; }

    /// <summary>True when the column's name is exactly the field's.</summary>
    public bool IsExact { get; set; }

    /// <summary>The field that followed this one last time.</summary>
    public JsonField? Next { get; set; }

    /// <summary>What stands before the value of the field when it is the first one of a record, or a later one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public JsonFieldPrefix Prefix(bool isFirst) => isFirst ? _first : _later;

    /// <summary>Expects this text before the value from now on.</summary>
    public void Learn(bool isFirst, ReadOnlySpan<byte> prefix)
    {
        if (_learned++ > MaxLearned) { return; }

        if (isFirst) { _first = new JsonFieldPrefix(prefix); }
        else { _later = new JsonFieldPrefix(prefix); }
    }
}

/// <summary>The text before a value: what parts it from the value before, the quoted name, the colon. Immutable.</summary>
internal sealed class JsonFieldPrefix
{
    private readonly byte[] _text;
    private readonly Vector256<byte> _bytes;
    private readonly Vector256<byte> _mask;

    /// <summary>Expects exactly this text.</summary>
    public JsonFieldPrefix(ReadOnlySpan<byte> text)
    {
        _text = text.ToArray();
        Span<byte> bytes = stackalloc byte[Vector256<byte>.Count];
        Span<byte> mask = stackalloc byte[Vector256<byte>.Count];
        bytes.Clear();
        mask.Clear();
        text[..Math.Min(text.Length, bytes.Length)].CopyTo(bytes);
        mask[..Math.Min(text.Length, bytes.Length)].Fill(0xFF);
        (_bytes, _mask) = (Vector256.Create<byte>(bytes), Vector256.Create<byte>(mask));
    }

    /// <summary>Bytes of the text.</summary>
    public int Length => _text.Length;

    /// <summary>The text as programs write it that write no blanks and escape only what must be.</summary>
    public static JsonFieldPrefix Compact(ReadOnlySpan<byte> name, byte separator)
    {
        ReadOnlySpan<byte> escaped = JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;
        return new([separator, (byte)'"', .. escaped, (byte)'"', (byte)':']);
    }

    /// <summary>True when the padded text goes on with this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Matches(ref byte text, int at, int end)
    {
        Vector256<byte> differences = (Vector256.LoadUnsafe(ref text, (nuint)at) ^ _bytes) & _mask;
        return differences == Vector256<byte>.Zero
            && (_text.Length <= Vector256<byte>.Count || MatchesWhole(ref text, at, end));
    }

    private bool MatchesWhole(ref byte text, int at, int end) => end - at >= _text.Length
        && MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, at), _text.Length)
            .SequenceEqual(_text);
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

    /// <summary>Stands before the first field of a record.</summary>
    public JsonField Start { get; } = new([]);

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

        JsonField? found = Lookup(name);
        if (found is not null) { Follow(found); }

        return found;
    }

    /// <summary>The field of that name, null when it has never been seen; says nothing about what comes next.</summary>
    public JsonField? Lookup(ReadOnlySpan<byte> name) => _slots[FindSlot(_slots, name)];

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
