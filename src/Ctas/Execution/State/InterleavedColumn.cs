using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>The place of a column in a row.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Offset">Bytes before its value.</param>
/// <param name="NullBit">Bits before the one that is set for NULL; null where none is.</param>
internal sealed record InterleavedPlace(DataType Type, int Offset, int? NullBit);

/// <summary>A column of interleaved rows.</summary>
internal abstract class InterleavedColumn(InterleavedPlace place)
{
    /// <summary>True when a row may hold NULL.</summary>
    public bool IsNullable => place.NullBit is not null;

    /// <summary>Where it lies in a row.</summary>
    protected InterleavedPlace Place => place;

    /// <summary>Writes rows from <paramref name="start"/> on, as many as there are places; NULL bits are clear.</summary>
    public abstract void Write(RowPlaces places, Column column, int start);

    /// <summary>An array for so many values.</summary>
    /// <param name="count">How many at least.</param>
    /// <param name="memory">Of which kind.</param>
    public abstract Array Allocate(int count, ColumnMemory memory);

    /// <summary>Reads the values of rows.</summary>
    /// <param name="places">Where the rows lie.</param>
    /// <param name="rows">The rows; a negative one has none.</param>
    /// <param name="values">An array of <see cref="Allocate"/>.</param>
    /// <param name="start">Where in it to begin.</param>
    public abstract void Gather(RowPlaces places, ReadOnlySpan<int> rows, Array values, int start);

    /// <summary>The column of gathered values.</summary>
    public abstract Column Finish(GatheredValues values, Bitmap? validity);

    /// <summary>Which rows hold a value; null when all do.</summary>
    public Bitmap? ValidityOf(RowPlaces places, ReadOnlySpan<int> rows, ColumnMemory memory)
    {
        Bitmap? validity = null;
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row] >= 0 && !IsNull(places, rows[row])) { continue; }

            validity ??= memory.Bits(rows.Length, value: true);
            validity[row] = false;
        }

        return validity;
    }

    private protected void MarkNulls(RowPlaces places, Column column, int start)
    {
        if (column.Validity is not { } validity || place.NullBit is not { } bit) { return; }

        for (int row = 0; row < places.Count; row++)
        {
            if (!validity[start + row]) { places.ByteOf(row, bit >> 3) |= (byte)(1 << (bit & 7)); }
        }
    }

    private bool IsNull(RowPlaces places, int row) =>
        place.NullBit is { } bit && (places.ByteOf(row, bit >> 3) >> (bit & 7) & 1) != 0;
}

/// <summary>Values gathered from interleaved rows.</summary>
/// <param name="Values">An array of <see cref="InterleavedColumn.Allocate"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="Memory">The memory they lie in.</param>
internal readonly record struct GatheredValues(Array Values, int Count, ColumnMemory Memory);

/// <summary>Values of a fixed width.</summary>
internal sealed class InterleavedValues<T>(InterleavedPlace place) : InterleavedColumn(place)
    where T : unmanaged
{
    public override Array Allocate(int count, ColumnMemory memory) => memory.Allocate<T>(count);

    public override void Write(RowPlaces places, Column column, int start)
    {
        InterleavedLoops.Write(places, Place.Offset, ((FixedColumn<T>)column).Values[start..]);
        MarkNulls(places, column, start);
    }

    public override void Gather(RowPlaces places, ReadOnlySpan<int> rows, Array values, int start) =>
        InterleavedLoops.Gather<T>(places, Place.Offset, rows, ((T[])values).AsSpan(start), default);

    public override Column Finish(GatheredValues values, Bitmap? validity) =>
        values.Memory.Column(Place.Type, (T[])values.Values, values.Count, validity);
}

/// <summary>Strings, as codes into one pool.</summary>
internal sealed class InterleavedCodes(InterleavedPlace place, StringPool pool) : InterleavedColumn(place)
{
    public override Array Allocate(int count, ColumnMemory memory) => memory.Allocate<int>(count);

    public override void Write(RowPlaces places, Column column, int start)
    {
        InterleavedLoops.Write(places, Place.Offset, ((StringColumn)column).Codes[start..]);
        MarkNulls(places, column, start);
    }

    public override void Gather(RowPlaces places, ReadOnlySpan<int> rows, Array values, int start) =>
        InterleavedLoops.Gather(places, Place.Offset, rows, ((int[])values).AsSpan(start), -1);

    public override Column Finish(GatheredValues values, Bitmap? validity) =>
        values.Memory.Column(Place.Type, (int[])values.Values, values.Count, pool, validity);
}

/// <summary>The loops over the values of one column.</summary>
file static class InterleavedLoops
{
    [MethodImpl(HotLoop.Options)]
    public static void Write<T>(RowPlaces places, int offset, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        values = values[..places.Count];
        for (int row = 0; row < values.Length; row++) { Unsafe.WriteUnaligned(ref places.ByteOf(row, offset), values[row]); }
    }

    [MethodImpl(HotLoop.Options)]
    public static void Gather<T>(RowPlaces places, int offset, ReadOnlySpan<int> rows, Span<T> gathered, T absent)
        where T : unmanaged
    {
        gathered = gathered[..rows.Length];
        uint count = (uint)places.Count;
        for (int row = 0; row < rows.Length; row++)
        {
            int from = rows[row];
            if ((uint)from < count) { gathered[row] = Unsafe.ReadUnaligned<T>(ref places.ByteOf(from, offset)); }
            else { gathered[row] = from < 0 ? absent : throw Gathering.Outside(); }
        }
    }
}
