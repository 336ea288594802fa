using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>A column of the segment that is being filled. Single-threaded; rows that are there can be read.</summary>
internal abstract class OpenColumn : EncodedColumn
{
    private Bitmap? _validity;

    private protected OpenColumn(DataType type)
        : base(type, 0, null)
    {
    }

    public override string Form => "open";

    public override long NullBytes => _validity is null ? 0 : 56 + (_validity.Words.Length * 8L);

    /// <summary>An empty column of a type.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="strings">The strings of the table's column; null for other types.</param>
    public static OpenColumn Create(DataType type, ColumnStrings? strings) => PhysicalTypes.Of(type) switch
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    /// <summary>The column encoded; it holds nothing of this one, which is used up.</summary>
    public EncodedColumn Seal()
    {
        EncodedColumn encoded = Encode();
        Release();
        return encoded;
    }

    public override void Write(ISegmentWriter writer) =>
        throw new InvalidOperationException("A column is written when it is sealed.");

    /// <summary>Encodes the rows there are; NULL rows may be overwritten.</summary>
    protected abstract EncodedColumn Encode();

    /// <summary>Gives the memory of the rows back.</summary>
    protected abstract void Release();

    /// <summary>Appends the values behind <see cref="EncodedColumn.Count"/>.</summary>
    protected abstract void AppendValues(Column column, int start, int end);

    /// <summary>The NULLs of the rows there are.</summary>
    protected NullRows? SealNulls() => NullRows.Of(_validity, Count);

    /// <summary>The validity of some rows; null when none is NULL.</summary>
    protected Bitmap? CopyValidity(int start, int count) => NullRows.Of(_validity, Count)?.ToBitmap(start, count);

    /// <summary>Gives NULL rows a value that costs nothing: that of the nearest row before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    /// <summary>Makes room for more values, in memory that <see cref="GiveBack"/> takes.</summary>
    protected void Reserve<T>(ref T[] values, int more)
    {
        if (Count + more <= values.Length) { return; }

        T[] larger = RentedMemory.Rent<T>(Math.Max(Count + more, Math.Min(CompactSegment.MaxRows, values.Length * 2)));
        values.AsSpan(0, Math.Min(Count, values.Length)).CopyTo(larger);
        GiveBack(ref values);
        values = larger;
    }

    /// <summary>Ends the use of values that <see cref="Reserve"/> made room for.</summary>
    protected static void GiveBack<T>(ref T[] values)
    {
        if (values.Length > 0) { RentedMemory.Return(values); }

        values = [];
    }
}

/// <summary>Values of fixed width under construction. Single-threaded.</summary>
internal abstract class OpenFixed<T>(DataType type) : OpenColumn(type)
    where T : unmanaged
{
    private T[] _values = [];

    // All rows there are, where these are a whole column of another table; then they are not among the values.
    private FixedColumn<T>? _whole;

    public override long SizeInBytes => 64 + ArraySize.Of(_values) + NullBytes;

    /// <summary>The values there are.</summary>
    protected Span<T> Values
    {
        get
        {
            TakeWhole();
            return _values.AsSpan(0, Count);
        }
    }

    protected sealed override EncodedColumn Encode() =>
        _whole is { Deferred: SegmentValues<T> { Encoded: var encoded } } ? encoded : SealValues();

    /// <summary>The values encoded.</summary>
    protected abstract EncodedColumn SealValues();

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false) =>
        new FixedColumn<T>(Type, Values.Slice(start, count).ToArray(), count, CopyValidity(start, count));

    protected override void AppendValues(Column column, int start, int end)
    {
        var given = (FixedColumn<T>)column;
        bool isWhole = Count == 0 && end - start == given.Length && given.Deferred is SegmentValues<T> { Encoded: var encoded }
            && encoded.Count == given.Length && encoded.Type == Type;
        if (isWhole)
        {
            _whole = given;
            return;
        }

        TakeWhole();
        Reserve(ref _values, end - start);
        given.Values[start..end].CopyTo(_values.AsSpan(Count));
    }

    /// <summary>Copies the values of a whole column that was not to be the only one after all, or is read.</summary>
    private void TakeWhole()
    {
        if (_whole is not { } whole) { return; }

        _whole = null;
        Reserve(ref _values, whole.Length - Count);
        whole.Values.CopyTo(_values);
    }

    protected override void Release()
    {
        GiveBack(ref _values);
        _whole = null;
    }
}
