using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>A column of the segment that is being filled. Single-threaded.</summary>
internal abstract class OpenColumn : EncodedColumn
{
    private Bitmap? _validity;

    private protected OpenColumn(DataType type)
        : base(type)
    {
    }

    /// <summary>Rows appended.</summary>
    public int Count { get; private protected set; }

    /// <summary>An empty column of a type.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="strings">The strings of the table's column; null for other types.</param>
    public static OpenColumn Create(DataType type, TableStrings? strings) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => new OpenIntegers<bool>(type),
        PhysicalType.Int32 => new OpenIntegers<int>(type),
        PhysicalType.Int64 => new OpenIntegers<long>(type),
        PhysicalType.Double => new OpenDoubles(type),
        PhysicalType.Int128 => new OpenDecimals(type),
        PhysicalType.Interval => new OpenIntervals(type),
        PhysicalType.Bytes => new OpenStrings(type, strings!),
        PhysicalType other => throw new UnreachableException($"No column form for {other}."),
    };

    public override bool IsNull(int row) => _validity is not null && !_validity[row];

    /// <summary>Appends rows [start, end) of a column of the same type; the segment has room for them.</summary>
    public void Append(Column column, int start, int end)
    {
        if (column.Validity is { } validity)
        {
            for (int row = start; row < end; row++)
            {
                if (validity[row]) { continue; }

                _validity ??= new Bitmap(CompactSegment.MaxRows, value: true);
                _validity[Count + row - start] = false;
            }
        }

        AppendValues(column, start, end);
        Count += end - start;
    }

    public override Column Decode(StringPool? pool) => Seal().Decode(pool);

    /// <summary>The column encoded; it holds nothing of this one any more.</summary>
    public abstract EncodedColumn Seal();

    /// <summary>Appends the values behind <see cref="Count"/>.</summary>
    protected abstract void AppendValues(Column column, int start, int end);

    /// <summary>The bits of the rows there are; null when none is NULL.</summary>
    protected Bitmap? SealValidity()
    {
        if (_validity is null || Count == CompactSegment.MaxRows) { return _validity; }

        var exact = new Bitmap(Count);
        _validity.Words[..exact.Words.Length].CopyTo(exact.Words);
        if ((Count & 63) != 0) { exact.Words[^1] &= (1UL << (Count & 63)) - 1; }

        return exact;
    }

    /// <summary>Gives NULL rows a value that costs nothing: that of the nearest row before.</summary>
    protected void FillNulls<T>(Span<T> values)
    {
        if (_validity is null) { return; }

        int first = 0;
        while (first < Count && !_validity[first]) { first++; }

        T last = first < Count ? values[first] : default!;
        for (int row = 0; row < Count; row++)
        {
            if (_validity[row]) { last = values[row]; }
            else { values[row] = last; }
        }
    }

    /// <summary>Makes room for more values.</summary>
    protected void Reserve<T>(ref T[] values, int more)
    {
        if (Count + more <= values.Length) { return; }

        int wanted = Math.Max(Count + more, Math.Min(CompactSegment.MaxRows, values.Length * 2));
        Array.Resize(ref values, wanted);
    }
}
