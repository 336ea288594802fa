using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables;

/// <summary>The rows of a compact table by number. One writer while it is built, immutable afterwards.</summary>
internal sealed class CompactRowStore : RowStore
{
    private const int RowMask = CompactSegment.MaxRows - 1;

    private readonly Schema _schema;
    private readonly PhysicalType[] _forms;

    public CompactRowStore(Schema schema, StringPool?[] pools)
    {
        _schema = schema;
        _forms = [.. schema.Fields.Select(field => PhysicalTypes.Of(field.Type))];
        Pools = pools;
    }

    /// <summary>The segments in row order; while it is built, the last one may be open.</summary>
    public CompactSegment[] Segments { get; private set; } = [];

    /// <summary>The strings of each column; null for columns of other types.</summary>
    public StringPool?[] Pools { get; }

    public override int ColumnCount => _schema.Fields.Count;

    public override Schema Schema => _schema;

    /// <summary>Puts another segment at the end.</summary>
    public void Add(CompactSegment segment) => Segments = [.. Segments, segment];

    /// <summary>Puts another segment in the place of the last.</summary>
    public void ReplaceLast(CompactSegment segment) => Segments = [.. Segments[..^1], segment];

    /// <summary>Marks a row as deleted.</summary>
    public void Delete(int row) => Segments[row >> CompactSegment.RowBits].Delete(row & RowMask);

    internal override DataType TypeOf(int ordinal) => _schema.Fields[ordinal].Type;

    internal override PhysicalType FormOf(int ordinal) => _forms[ordinal];

    internal override bool IsNull(int row, int ordinal) => ColumnOf(row, ordinal).IsNull(row & RowMask);

    internal override long GetInt64(int row, int ordinal)
    {
        EncodedColumn column = ColumnOf(row, ordinal);
        return column.IsNull(row & RowMask) ? 0 : column.GetInt64(row & RowMask);
    }

    internal override double GetDouble(int row, int ordinal)
    {
        EncodedColumn column = ColumnOf(row, ordinal);
        return column.IsNull(row & RowMask) ? 0 : column.GetDouble(row & RowMask);
    }

    internal override Int128 GetInt128(int row, int ordinal)
    {
        EncodedColumn column = ColumnOf(row, ordinal);
        return column.IsNull(row & RowMask) ? 0 : column.GetInt128(row & RowMask);
    }

    internal override Interval GetInterval(int row, int ordinal)
    {
        EncodedColumn column = ColumnOf(row, ordinal);
        return column.IsNull(row & RowMask) ? default : column.GetInterval(row & RowMask);
    }

    internal override ReadOnlySpan<byte> GetBytes(int row, int ordinal)
    {
        EncodedColumn column = ColumnOf(row, ordinal);
        return column.IsNull(row & RowMask) ? default : column.GetBytes(row & RowMask);
    }

    internal override bool BytesEqual(int row, int ordinal, ReadOnlySpan<byte> value) =>
        ColumnOf(row, ordinal).BytesEqual(row & RowMask, value);

    internal override ulong HashBytes(int row, int ordinal) => ColumnOf(row, ordinal).HashBytes(row & RowMask);

    internal override int CopyBytes(int row, int ordinal, Span<byte> destination)
    {
        EncodedColumn column = ColumnOf(row, ordinal);
        return column.IsNull(row & RowMask) ? 0 : column.CopyBytes(row & RowMask, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private EncodedColumn ColumnOf(int row, int ordinal) =>
        Segments[row >> CompactSegment.RowBits].Columns[ordinal];
}
