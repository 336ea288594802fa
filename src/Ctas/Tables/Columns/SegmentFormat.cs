namespace Ctas.Tables.Columns;

/// <summary>Where a sealed column is written to: numbers and flat arrays, in an order that its reader knows.</summary>
internal interface ISegmentWriter
{
    /// <summary>Writes a number of a header.</summary>
    void Write(long value);

    /// <summary>Writes an array with its length; little-endian, as it lies in memory.</summary>
    void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged;
}

/// <summary>Where a column is read from: gives back what was written, in the same order.</summary>
internal interface ISegmentReader
{
    /// <summary>Reads a number of a header.</summary>
    /// <exception cref="InvalidDataException">There is none at this place.</exception>
    long ReadInt64();

    /// <summary>Reads an array of the length it was written with; the caller owns it.</summary>
    /// <exception cref="InvalidDataException">There is none of that type at this place.</exception>
    T[] ReadArray<T>()
        where T : unmanaged;
}

/// <summary>What lists of rows have to be before they are trusted.</summary>
internal static class StoredRows
{
    /// <summary>Rows that ascend and lie below a number.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public static ushort[] Checked(ushort[] rows, int count)
    {
        int last = -1;
        foreach (ushort row in rows)
        {
            if (row <= last || row >= count) { throw new InvalidDataException($"Row {row} of {count} after row {last}."); }

            last = row;
        }

        return rows;
    }
}

/// <summary>The forms of a sealed column, as they are written down; a number never changes its meaning.</summary>
internal enum ColumnEncoding
{
    /// <summary><see cref="IntegerColumn"/>.</summary>
    Integers = 1,

    /// <summary><see cref="PlainColumn{T}"/>.</summary>
    Plain = 2,

    /// <summary><see cref="ScaledColumn"/>.</summary>
    Scaled = 3,

    /// <summary><see cref="SplitColumn"/>.</summary>
    Split = 4,

    /// <summary><see cref="IntervalColumn"/>.</summary>
    Intervals = 5,

    /// <summary><see cref="CodedStrings"/>.</summary>
    Codes = 6,

    /// <summary><see cref="ArenaStrings"/>.</summary>
    Arena = 7,

    /// <summary><see cref="TemplateStrings"/>.</summary>
    Template = 8,
}

/// <summary>The forms of a sequence of integers, as they are written down; a number never changes its meaning.</summary>
internal enum IntegerEncoding
{
    /// <summary><see cref="PackedIntegers"/>.</summary>
    Packed = 1,

    /// <summary><see cref="BlockIntegers"/>.</summary>
    Blocks = 2,

    /// <summary><see cref="PatchedIntegers"/>.</summary>
    Patched = 3,

    /// <summary><see cref="RunIntegers"/>.</summary>
    Runs = 4,

    /// <summary><see cref="DictionaryIntegers"/>.</summary>
    Dictionary = 5,

    /// <summary><see cref="StrideIntegers"/>.</summary>
    Stride = 6,
}
