using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Where the values of a row lie in its bytes. Immutable.</summary>
/// <remarks>
/// <code>
/// | stamp | length of the key's text | NULL bits | values of fixed width | text of a key of one string | inline strings |
/// </code>
/// The stamp is the number of the change that wrote the row: a version sees the rows with smaller numbers than its own
/// end. The key's text lies in the row itself, so that a lookup finds it where it finds the row. Any other string is
/// the code of one in the table's pool, or inline: its length and its bytes. A deleted row is a stamp alone.
/// </remarks>
internal sealed class RowLayout
{
    /// <summary>Bytes of the stamp; a row of no more bytes is a deleted one.</summary>
    public const int StampBytes = sizeof(long);

    /// <summary>Stands in the place of a code: the string is the text of the key.</summary>
    public const int KeyText = -2;

    private readonly int[] _offsets;
    private readonly PhysicalType[] _types;
    private readonly int _nullBits;
    private readonly int _keyOrdinal;
    private readonly int _keyOffset;
    private readonly bool _isLongKey;

    public RowLayout(Schema schema, KeyLayout keys)
    {
        _types = [.. schema.Fields.Select(field => PhysicalTypes.Of(field.Type))];
        _offsets = new int[_types.Length];
        TextKey = keys.Form == KeyForm.Text ? keys.Ordinals[0] : -1;
        _nullBits = TextKey >= 0 ? StampBytes + sizeof(int) : StampBytes;
        int offset = _nullBits + ((_types.Length + 8) / 8);
        for (int ordinal = 0; ordinal < _types.Length; ordinal++)
        {
            _offsets[ordinal] = offset;
            offset += Width(_types[ordinal]);
        }

        FixedBytes = offset;
        if (keys.Form != KeyForm.Integer) { return; }

        _keyOrdinal = keys.Ordinals[0];
        _keyOffset = _offsets[_keyOrdinal];
        _isLongKey = _types[_keyOrdinal] == PhysicalType.Int64;
    }

    /// <summary>Bytes of a row without the text of its key and inline strings.</summary>
    public int FixedBytes { get; }

    /// <summary>Ordinal of the column whose text lies in the row itself, −1 when there is none.</summary>
    public int TextKey { get; }

    /// <summary>The columns.</summary>
    public int ColumnCount => _types.Length;

    /// <summary>Where the value of a column starts.</summary>
    public int OffsetOf(int ordinal) => _offsets[ordinal];

    /// <summary>The physical form of a column.</summary>
    public PhysicalType TypeOf(int ordinal) => _types[ordinal];

    /// <summary>The change that wrote a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Stamp(byte[] row) => Read<long>(row, 0);

    /// <summary>True when the NULL bit of a column is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(byte[] row, int ordinal) => (row[_nullBits + (ordinal >> 3)] >> (ordinal & 7) & 1) != 0;

    /// <summary>Sets the NULL bit of a column.</summary>
    public void SetNull(byte[] row, int ordinal) => row[_nullBits + (ordinal >> 3)] |= (byte)(1 << (ordinal & 7));

    /// <summary>The text of the key of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> KeyTextOf(byte[] row) => row.AsSpan(FixedBytes, Read<int>(row, StampBytes));

    /// <summary>True when the key of a row is a byte string.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsKey(byte[] row, ReadOnlySpan<byte> text) => KeyTextOf(row).SequenceEqual(text) && HasKey(row, text.Length);

    /// <summary>True when the key of a row is a text that is ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsKey(byte[] row, string ascii) => Ascii.Equals(KeyTextOf(row), ascii) && HasKey(row, ascii.Length);

    /// <summary>True when the key of a row is a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsKey(byte[] row, long number) =>
        (_isLongKey ? Read<long>(row, _keyOffset) : Read<int>(row, _keyOffset)) == number && !IsNull(row, _keyOrdinal);

    // The text of NULL is empty.
    private bool HasKey(byte[] row, int length) => length > 0 || !IsNull(row, TextKey);

    /// <summary>A string that is inline, by what stands in the place of its code.</summary>
    public ReadOnlySpan<byte> InlineText(byte[] row, int place)
    {
        if (place == KeyText) { return KeyTextOf(row); }

        int offset = ~place;
        return row.AsSpan(offset + sizeof(int), Read<int>(row, offset));
    }

    /// <summary>A fixed-width value of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(byte[] row, int offset)
        where T : unmanaged =>
        Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(row), offset));

    /// <summary>Writes a fixed-width value of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<T>(byte[] row, int offset, T value)
        where T : unmanaged =>
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(row), offset), value);

    private static int Width(PhysicalType type) => type switch
    {
        PhysicalType.Boolean => 1,
        PhysicalType.Int32 or PhysicalType.Bytes => sizeof(int),
        PhysicalType.Int64 or PhysicalType.Double => sizeof(long),
        _ => 16,
    };
}
