using System.Text;
using Ctas.Data.Nested;

namespace Ctas.Data;

/// <summary>A vector of values of one type. Immutable, so safe for many readers.</summary>
/// <remarks>
/// The physical form follows from <see cref="Type"/>:
/// BOOLEAN <c>FixedColumn&lt;bool&gt;</c> · INT, DATE <c>FixedColumn&lt;int&gt;</c> ·
/// BIGINT, TIME, TIMESTAMP <c>FixedColumn&lt;long&gt;</c> · DOUBLE <c>FixedColumn&lt;double&gt;</c> ·
/// DECIMAL <c>FixedColumn&lt;Int128&gt;</c> (unscaled) · INTERVAL <c>FixedColumn&lt;Interval&gt;</c> ·
/// VARCHAR, BYTES <see cref="StringColumn"/> · ARRAY, MAP, STRUCT <see cref="StringColumn"/>, each value in its one
/// encoded form, so that equal values are equal bytes.
/// </remarks>
public abstract class Column
{
    private protected Column(DataType type, int length, Bitmap? validity)
    {
        Type = type;
        Length = length;
        Validity = validity;
    }

    /// <summary>The SQL type.</summary>
    public DataType Type { get; }

    /// <summary>Number of rows.</summary>
    public int Length { get; }

    /// <summary>Set bits are values, clear bits are NULL; null when no row is NULL.</summary>
    public Bitmap? Validity { get; }

    /// <summary>True when the row holds NULL.</summary>
    public bool IsNull(int row) => Validity is not null && !Validity[row];

    /// <summary>A new column of the given rows, in the given order; a negative row index gives NULL.</summary>
    /// <remarks>Cost O(rows); strings are not copied.</remarks>
    public abstract Column Gather(ReadOnlySpan<int> rows);

    /// <summary>As <see cref="Gather(ReadOnlySpan{int})"/>, over the arrays of an earlier column that nobody reads any more.</summary>
    internal abstract Column Gather(ReadOnlySpan<int> rows, ReusedColumn last);

    /// <summary>As <see cref="Gather(ReadOnlySpan{int})"/>, in memory of a kind.</summary>
    internal abstract Column Gather(ReadOnlySpan<int> rows, ColumnMemory memory);

    /// <summary>Rows [start, start + length) as a column of their own; values are shared, not copied.</summary>
    internal abstract Column Slice(int start, int length);

    /// <summary>True when the values lie in pooled memory.</summary>
    internal bool IsLent { get; init; }

    /// <summary>Gives pooled memory back, where the values lie in any: nobody reads them, or a slice of them, any more.</summary>
    /// <remarks>A string pool stays what it is. Columns whose memory is not given back are collected like any other.</remarks>
    /// <exception cref="InvalidOperationException">The memory has been given back before.</exception>
    internal void GiveBack()
    {
        if (!IsLent) { return; }

        ReturnValues();
        Validity?.GiveBack();
    }

    /// <summary>
    /// Gives pooled memory of values that were decoded on demand back: nobody reads what was read of this column or of a
    /// slice of it any more. The column stays what it is, and is decoded again when it is read again.
    /// </summary>
    internal virtual void GiveBackDecoded()
    {
    }

    /// <summary>True when the values are decoded on demand.</summary>
    internal virtual bool IsDeferred => false;

    /// <summary>Takes the column for longer, and for other readers: what is decoded of it is not given back any more.</summary>
    internal virtual void KeepDecoded()
    {
    }

    /// <summary>Ends the use of an array that a builder has rented.</summary>
    /// <returns>What stands in its place: nothing can be read there.</returns>
    private protected static T[]? Return<T>(T[]? values)
    {
        RentedMemory.Return(values ?? throw GivenBack());
        return null;
    }

    /// <summary>The failure to use memory that was given back.</summary>
    private protected static InvalidOperationException GivenBack() => new("The memory of the column has been given back.");

    /// <summary>Gives the array of the values back; they cannot be read any more.</summary>
    private protected abstract void ReturnValues();

    /// <summary>Bytes this column keeps alive, without shared string pools; a slice counts its own rows.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>The value boxed in its .NET form, null for NULL. For display and tests, not for hot paths.</summary>
    /// <remarks>
    /// bool, int, long, double, <see cref="decimal"/> (a DECIMAL that does not fit is a string), string, byte[],
    /// <see cref="DateOnly"/>, <see cref="TimeOnly"/>, <see cref="DateTime"/> (UTC), <see cref="Interval"/>; an ARRAY is
    /// an <c>object?[]</c>, a MAP an <c>IReadOnlyDictionary&lt;object, object?&gt;</c> in the order of its keys, a STRUCT
    /// an <c>IReadOnlyDictionary&lt;string, object?&gt;</c> in the order of its fields.
    /// </remarks>
    public object? GetValue(int row) => IsNull(row) ? null : ColumnValues.Box(this, row);

    // A column made of a whole array answers for all of it, a slice for its own part.
    private protected long KeptLength(int arrayLength, int start) =>
        start > 0 || Length < arrayLength / 2 ? Length : arrayLength;

    /// <summary>The value as JSON text, <c>null</c> for NULL. For display, not for hot paths.</summary>
    /// <remarks>
    /// ARRAYs are arrays, STRUCTs and MAPs objects. Numbers have all their digits; NaN and the infinities are strings.
    /// BYTES are base64, dates, times and intervals ISO 8601.
    /// </remarks>
    public string GetJson(int row)
    {
        if (IsNull(row)) { return "null"; }

        Span<byte> scratch = stackalloc byte[16];
        ReadOnlySpan<byte> value = NestedColumns.Read(this, row, scratch);
        return Encoding.UTF8.GetString(new NestedJson().Write(ValueShape.Of(Type), value));
    }

    private protected Bitmap? GatherValidity(ReadOnlySpan<int> rows, ColumnMemory memory, ReusedColumn? last = null)
    {
        // Most columns hold no NULL and most gathers add none: one vectorised pass settles that.
        if (Validity is null && !rows.ContainsAnyInRange(int.MinValue, -1)) { return null; }

        Bitmap? gathered = null;
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row] >= 0 && !IsNull(rows[row])) { continue; }

            gathered ??= last?.SetBits(rows.Length) ?? memory.Bits(rows.Length, value: true);
            gathered[row] = false;
        }

        return gathered;
    }
}
