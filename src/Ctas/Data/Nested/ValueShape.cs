using System.Text;

namespace Ctas.Data.Nested;

/// <summary>How values of one type lie inside an ARRAY, MAP or STRUCT. Immutable; made once for a type.</summary>
/// <remarks>
/// A nested value is one byte string. Equal values have equal bytes, so whatever compares, hashes or numbers byte
/// strings (string pools, grouping, joins, key indexes) does so with nested values. Numbers are little-endian.
/// <code>
/// scalar   BOOLEAN 1 · INT, DATE 4 · BIGINT, TIME, TIMESTAMP, DOUBLE 8 · DECIMAL (unscaled), INTERVAL 16 bytes;
///          VARCHAR its UTF-8, BYTES its bytes. A DOUBLE is never −0, and NaN has one form.
/// ARRAY    count · 2 + hasNulls (4 bytes) | when hasNulls: a bit an element, set for a value | slots | data
/// STRUCT   a bit a field, set for a value | slots | data
/// MAP      length of the keys (4 bytes) | the keys as ARRAY | the values as ARRAY; ascending by key, each key once
/// slot     the value where its width is fixed (zeros for NULL), else the end of its bytes in data (4 bytes)
/// </code>
/// So an element or a field is found without reading the others, and a key by binary search.
/// </remarks>
internal sealed class ValueShape
{
    /// <summary>Bytes of a slot that holds the end of a value.</summary>
    public const int EndWidth = sizeof(int);

    private ValueShape(DataType type)
    {
        Type = type;
        Width = WidthOf(type);
        Element = type.Element is null ? null! : Of(type.Element);
        Key = type.Key is null ? null! : Of(type.Key);
        var fields = new FieldShape[type.Fields.Count];
        int slot = BitBytes(fields.Length);
        int previous = -1;
        for (int ordinal = 0; ordinal < fields.Length; ordinal++)
        {
            ValueShape shape = Of(type.Fields[ordinal].Type);
            fields[ordinal] = new FieldShape(
                shape, ordinal, slot, previous, Encoding.UTF8.GetBytes(type.Fields[ordinal].Name));
            if (shape.Width == 0) { previous = slot; }

            slot += shape.SlotWidth;
        }

        Fields = fields;
        DataStart = slot;
    }

    /// <summary>The type.</summary>
    public DataType Type { get; }

    /// <summary>Bytes of every value; 0 where they differ in length.</summary>
    public int Width { get; }

    /// <summary>Bytes of a slot for a value.</summary>
    public int SlotWidth => Width == 0 ? EndWidth : Width;

    /// <summary>Of the elements of an ARRAY, the values of a MAP.</summary>
    public ValueShape Element { get; }

    /// <summary>Of the keys of a MAP.</summary>
    public ValueShape Key { get; }

    /// <summary>Of the fields of a STRUCT.</summary>
    public FieldShape[] Fields { get; }

    /// <summary>Where in a STRUCT the data starts.</summary>
    public int DataStart { get; }

    /// <summary>The shape of a stored type.</summary>
    public static ValueShape Of(DataType type) => new(type);

    /// <summary>Bytes that hold a bit for each of <paramref name="count"/> values.</summary>
    public static int BitBytes(int count) => (count + 7) >> 3;

    /// <summary>The ordinal of the field of a STRUCT with that name, −1 when there is none.</summary>
    /// <param name="name">The name, UTF-8. One written exactly so wins over one that ignores case.</param>
    /// <param name="expected">The field that is looked at first.</param>
    public int FindField(ReadOnlySpan<byte> name, int expected)
    {
        if (expected < Fields.Length && name.SequenceEqual(Fields[expected].Name)) { return expected; }

        int found = -1;
        for (int ordinal = Fields.Length - 1; ordinal >= 0; ordinal--)
        {
            byte[] known = Fields[ordinal].Name;
            if (name.SequenceEqual(known)) { return ordinal; }

            if (known.Length == name.Length && IsSameIgnoringCase(known, name)) { found = ordinal; }
        }

        return found;
    }

    private static bool IsSameIgnoringCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        Ascii.EqualsIgnoreCase(left, right)
        || (!Ascii.IsValid(left) && string.Equals(
            Encoding.UTF8.GetString(left), Encoding.UTF8.GetString(right), StringComparison.OrdinalIgnoreCase));

    private static int WidthOf(DataType type) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => sizeof(bool),
        PhysicalType.Int32 => sizeof(int),
        PhysicalType.Int64 => sizeof(long),
        PhysicalType.Double => sizeof(double),
        PhysicalType.Int128 or PhysicalType.Interval => 16,
        _ => 0,
    };
}

/// <summary>Where a field of a STRUCT lies.</summary>
/// <param name="Shape">The shape of its values.</param>
/// <param name="Ordinal">Its position.</param>
/// <param name="Slot">Where its slot starts.</param>
/// <param name="PreviousEnd">The slot that tells where its data starts; −1: at the start of the data.</param>
/// <param name="Name">Its name, UTF-8.</param>
internal sealed record FieldShape(ValueShape Shape, int Ordinal, int Slot, int PreviousEnd, byte[] Name);
