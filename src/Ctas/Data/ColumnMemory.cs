namespace Ctas.Data;

/// <summary>What columns that are made are made of: arrays of their own, or rented ones, which who makes them gives back.</summary>
internal readonly struct ColumnMemory
{
    private ColumnMemory(bool isLent) => IsLent = isLent;

    /// <summary>Arrays of their own.</summary>
    public static ColumnMemory Kept => default;

    /// <summary>Rented arrays, see <see cref="Column.GiveBack"/>.</summary>
    public static ColumnMemory Lent => new(isLent: true);

    /// <summary>True when the columns are to be given back.</summary>
    public bool IsLent { get; }

    /// <summary>What suits who gets the columns.</summary>
    /// <param name="areKept">True when he may read them for longer than he is called.</param>
    public static ColumnMemory For(bool areKept) => new(!areKept);

    /// <summary>An array for at least so many values, whatever they are.</summary>
    public T[] Allocate<T>(int count)
        where T : unmanaged => IsLent ? RentedMemory.Rent<T>(count) : GC.AllocateUninitializedArray<T>(count);

    /// <summary>So many bits, all set or all clear; given back with the column whose validity they are.</summary>
    public Bitmap Bits(int length, bool value)
    {
        int words = Bitmap.WordsFor(length);
        return new Bitmap(length, value, IsLent ? RentedMemory.Rent<ulong>(words) : new ulong[words], IsLent);
    }

    /// <summary>Ends the use of an array that was allocated here, and that no column is made of.</summary>
    public void GiveBack<T>(T[] items)
        where T : unmanaged
    {
        if (IsLent) { RentedMemory.Return(items); }
    }

    /// <summary>The column of values in an array that was allocated here.</summary>
    public FixedColumn<T> Column<T>(DataType type, T[] values, int count, Bitmap? validity = null)
        where T : unmanaged => new(type, values, count, validity) { IsLent = IsLent };

    /// <summary>The column of codes in an array that was allocated here.</summary>
    public StringColumn Column(DataType type, int[] codes, int count, StringPool pool, Bitmap? validity = null)
    {
        // Given back with the codes.
        if (IsLent) { pool.Retain(); }

        return new StringColumn(type, codes, count, pool, validity) { IsLent = IsLent };
    }
}
