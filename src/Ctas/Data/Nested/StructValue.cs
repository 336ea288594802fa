using System.Buffers.Binary;

namespace Ctas.Data.Nested;

/// <summary>Reads an encoded STRUCT in place. The layout is at <see cref="ValueShape"/>.</summary>
/// <param name="shape">The shape of the struct.</param>
/// <param name="bytes">Its bytes.</param>
internal readonly ref struct StructValue(ValueShape shape, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The bytes of a field; of no meaning when it is NULL.</summary>
    public ReadOnlySpan<byte> this[int ordinal]
    {
        get
        {
            FieldShape field = shape.Fields[ordinal];
            if (field.Shape.Width > 0) { return _bytes.Slice(field.Slot, field.Shape.Width); }

            int start = field.PreviousEnd < 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(_bytes[field.PreviousEnd..]);
            int end = BinaryPrimitives.ReadInt32LittleEndian(_bytes[field.Slot..]);
            return _bytes[(shape.DataStart + start)..(shape.DataStart + end)];
        }
    }

    /// <summary>True for a field that is NULL.</summary>
    public bool IsNull(int ordinal) => (_bytes[ordinal >> 3] >> (ordinal & 7) & 1) == 0;
}
