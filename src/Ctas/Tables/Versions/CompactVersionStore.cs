using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Versions;

/// <summary>The rows of one version of a compact table that is kept fresh, by number. Immutable.</summary>
/// <remarks>A row number is the segment (upper 16 bits) and the place in it; numbers are never used again.</remarks>
internal sealed class CompactVersionStore : RowStore
{
    private const int PlaceMask = CompactSegment.MaxRows - 1;

    private readonly Schema _schema;
    private readonly RowLayout _layout;
    private readonly LiveSegment?[] _segments;
    private readonly PreviousRows? _previous;

    /// <summary>Takes over segments by number; null where one is gone.</summary>
    /// <param name="shape">The table.</param>
    /// <param name="layout">Of rows that are objects.</param>
    /// <param name="segments">The segments.</param>
    /// <param name="previous">The first segment that can still get rows.</param>
    public CompactVersionStore(TableShape shape, RowLayout layout, LiveSegment?[] segments, PreviousRows? previous)
    {
        _schema = shape.Schema;
        _layout = layout;
        _segments = segments;
        _previous = previous;
        Inline = new StandardRowStore(_schema, layout, new StringPool?[_schema.Fields.Count]);
    }

    /// <summary>The segments by number.</summary>
    public ReadOnlySpan<LiveSegment?> Segments => _segments;

    /// <summary>Turns row objects into columns.</summary>
    public StandardRowStore Inline { get; }

    public override int ColumnCount => _schema.Fields.Count;

    public override Schema Schema => _schema;

    /// <summary>True when the version has the row, alive or dead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int row)
    {
        LiveSegment?[] segments = _segments;
        int segment = row >> CompactSegment.RowBits;
        return (uint)segment < (uint)segments.Length
            && segments[segment] is { } rows && (row & PlaceMask) < rows.RowCount;
    }

    /// <summary>True when a row that the version has is alive in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLive(int row) => !_segments[row >> CompactSegment.RowBits]!.Deleted[row & PlaceMask];

    /// <summary>The row that held the key before; −1 when there is none that this version could see.</summary>
    public int Before(int row) => _previous is null ? -1 : _previous.Before(row);

    internal override DataType TypeOf(int ordinal) => _schema.Fields[ordinal].Type;

    internal override PhysicalType FormOf(int ordinal) => _layout.TypeOf(ordinal);

    internal override bool IsNull(int row, int ordinal)
    {
        SegmentRows rows = RowsOf(row);
        return rows.Columns is { } columns
            ? columns[ordinal].IsNull(row & PlaceMask)
            : _layout.IsNull(rows.Objects![row & PlaceMask]!, ordinal);
    }

    internal override long GetInt64(int row, int ordinal)
    {
        SegmentRows rows = RowsOf(row);
        if (rows.Columns is { } columns)
        {
            EncodedColumn column = columns[ordinal];
            return column.IsNull(row & PlaceMask) ? 0 : column.GetInt64(row & PlaceMask);
        }

        byte[] bytes = rows.Objects![row & PlaceMask]!;
        return _layout.TypeOf(ordinal) switch
        {
            PhysicalType.Int64 => RowLayout.Read<long>(bytes, _layout.OffsetOf(ordinal)),
            PhysicalType.Int32 => RowLayout.Read<int>(bytes, _layout.OffsetOf(ordinal)),
            _ => RowLayout.Read<byte>(bytes, _layout.OffsetOf(ordinal)),
        };
    }

    internal override double GetDouble(int row, int ordinal)
    {
        SegmentRows rows = RowsOf(row);
        if (rows.Columns is not { } columns) { return Read<double>(rows, row, ordinal); }

        EncodedColumn column = columns[ordinal];
        return column.IsNull(row & PlaceMask) ? 0 : column.GetDouble(row & PlaceMask);
    }

    internal override Int128 GetInt128(int row, int ordinal)
    {
        SegmentRows rows = RowsOf(row);
        if (rows.Columns is not { } columns) { return Read<Int128>(rows, row, ordinal); }

        EncodedColumn column = columns[ordinal];
        return column.IsNull(row & PlaceMask) ? 0 : column.GetInt128(row & PlaceMask);
    }

    internal override Interval GetInterval(int row, int ordinal)
    {
        SegmentRows rows = RowsOf(row);
        if (rows.Columns is not { } columns) { return Read<Interval>(rows, row, ordinal); }

        EncodedColumn column = columns[ordinal];
        return column.IsNull(row & PlaceMask) ? default : column.GetInterval(row & PlaceMask);
    }

    internal override ReadOnlySpan<byte> GetBytes(int row, int ordinal)
    {
        SegmentRows rows = RowsOf(row);
        int place = row & PlaceMask;
        if (rows.Columns is not { } columns)
        {
            byte[] bytes = rows.Objects![place]!;
            return _layout.IsNull(bytes, ordinal)
                ? default
                : _layout.InlineText(bytes, RowLayout.Read<int>(bytes, _layout.OffsetOf(ordinal)));
        }

        EncodedColumn column = columns[ordinal];
        return column.IsNull(place) ? default : column.GetBytes(place);
    }

    internal override bool BytesEqual(int row, int ordinal, ReadOnlySpan<byte> value)
    {
        SegmentRows rows = RowsOf(row);
        return rows.Columns is { } columns
            ? columns[ordinal].BytesEqual(row & PlaceMask, value)
            : GetBytes(row, ordinal).SequenceEqual(value);
    }

    internal override ulong HashBytes(int row, int ordinal)
    {
        SegmentRows rows = RowsOf(row);
        return rows.Columns is { } columns
            ? columns[ordinal].HashBytes(row & PlaceMask)
            : Hashing.Bytes(GetBytes(row, ordinal));
    }

    internal override int CopyBytes(int row, int ordinal, Span<byte> destination)
    {
        SegmentRows rows = RowsOf(row);
        if (rows.Columns is not { } columns) { return base.CopyBytes(row, ordinal, destination); }

        EncodedColumn column = columns[ordinal];
        return column.IsNull(row & PlaceMask) ? 0 : column.CopyBytes(row & PlaceMask, destination);
    }

    private T Read<T>(SegmentRows rows, int row, int ordinal)
        where T : unmanaged => RowLayout.Read<T>(rows.Objects![row & PlaceMask]!, _layout.OffsetOf(ordinal));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SegmentRows RowsOf(int row) => _segments[row >> CompactSegment.RowBits]!.Rows;
}
