using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Where the values of a row lie in its bytes. Immutable.</summary>
/// <remarks>
/// <code>
/// | NULL bits | values of fixed width: numbers, codes of strings | text of a key of one string |
/// </code>
/// The key's text lies in the row itself, so that a lookup finds it where it finds the row.
/// </remarks>
internal sealed class RowLayout
{
    private readonly int[] _offsets;
    private readonly PhysicalType[] _types;

    public RowLayout(Schema schema, KeyLayout keys)
    {
        _types = [.. schema.Fields.Select(field => PhysicalTypes.Of(field.Type))];
        _offsets = new int[_types.Length];
        int offset = (_types.Length + 7) / 8;
        for (int ordinal = 0; ordinal < _types.Length; ordinal++)
        {
            _offsets[ordinal] = offset;
            offset += Width(_types[ordinal]);
        }

        FixedBytes = offset;
        TextKey = keys.Form == KeyForm.Text ? keys.Ordinals[0] : -1;
    }

    /// <summary>Bytes of a row without the text of its key.</summary>
    public int FixedBytes { get; }

    /// <summary>Ordinal of the column whose text lies in the row itself, −1 when there is none.</summary>
    public int TextKey { get; }

    /// <summary>Where the value of a column starts.</summary>
    public int OffsetOf(int ordinal) => _offsets[ordinal];

    /// <summary>The physical form of a column.</summary>
    public PhysicalType TypeOf(int ordinal) => _types[ordinal];

    /// <summary>True when the NULL bit of a column is set.</summary>
    public static bool IsNull(byte[] row, int ordinal) => (row[ordinal >> 3] >> (ordinal & 7) & 1) != 0;

    /// <summary>Sets the NULL bit of a column.</summary>
    public static void SetNull(byte[] row, int ordinal) => row[ordinal >> 3] |= (byte)(1 << (ordinal & 7));

    private static int Width(PhysicalType type) => type switch
    {
        PhysicalType.Boolean => 1,
        PhysicalType.Int32 or PhysicalType.Bytes => sizeof(int),
        PhysicalType.Int64 or PhysicalType.Double => sizeof(long),
        _ => 16,
    };
}
