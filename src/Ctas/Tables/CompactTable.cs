using Ctas.Data;
using Ctas.Tables.Columns;
using Ctas.Tables.Keys;

namespace Ctas.Tables;

/// <summary>Encoded column segments behind a hash index: a fraction of the memory of row objects. Immutable.</summary>
internal sealed class CompactTable : Table
{
    private readonly CompactRowStore _rows;
    private readonly TagDirectory _index;
    private readonly KeyLayout _keys;
    private readonly WeakReference<ScanStrings>?[] _strings;

    public CompactTable(TableShape shape, CompactRowStore rows, TagIndex? index, long rowCount)
        : base(shape)
    {
        _keys = shape.Keys;
        _rows = rows;
        _strings = new WeakReference<ScanStrings>?[shape.Schema.Fields.Count];
        _index = index is null ? default : index.Publish();
        RowCount = rowCount;
        RowMemory = new TableMemory(
            rows.Segments.Sum(segment => segment.ColumnBytes),
            Rows: 0,
            rows.Segments.Sum(segment => segment.StringBytes) + rows.Pools.Sum(pool => pool?.SizeInBytes ?? 0),
            index?.SizeInBytes ?? 0)
        {
            Deleted = rows.Segments.Sum(segment => segment.DeletedBytes),
        };
    }

    public override TableModel Model => TableModel.Compact;

    public override long RowCount { get; }

    internal override TableMemory RowMemory { get; }

    /// <summary>The rows, in segments.</summary>
    internal CompactSegment[] Segments => _rows.Segments;

    /// <summary>The strings of each column.</summary>
    internal StringPool?[] Pools => _rows.Pools;

    /// <summary>The key index.</summary>
    internal TagDirectory Index => _index;

    internal override RowStore Store => _rows;

    public override IEnumerable<Batch> Scan(OrdinalList? columns = null)
    {
        OrdinalList wanted = columns ?? Shape.AllColumns;
        ScanStrings?[] strings = [.. wanted.Select(StringsOf)];
        for (int segment = 0; segment < _rows.Segments.Length; segment++)
        {
            Batch live = _rows.Segments[segment].Read(wanted, segment, strings);
            if (live.RowCount > 0) { yield return live; }
        }
    }

    // Kept for as long as somebody uses it: scans of one column beside each other share codes.
    private ScanStrings? StringsOf(int ordinal)
    {
        if (PhysicalTypes.Of(Schema.Fields[ordinal].Type) != PhysicalType.Bytes) { return null; }

        if (Volatile.Read(ref _strings[ordinal]) is { } kept && kept.TryGetTarget(out ScanStrings? strings)) { return strings; }

        EncodedColumn[] column = [.. _rows.Segments.Select(segment => segment.Columns[ordinal])];
        bool isKey = Schema.Key is [var only] && only == ordinal;
        bool areDistinct = isKey && Array.TrueForAll(
            _rows.Segments, segment => segment.Deleted is null && segment.Columns[ordinal].Nulls is null);
        strings = ScanStrings.Of(column, areDistinct);
        Volatile.Write(ref _strings[ordinal], new WeakReference<ScanStrings>(strings));
        return strings;
    }

    protected override int FindText(ReadOnlySpan<byte> key, ulong hash)
    {
        int ordinal = _keys.Ordinals[0];
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(hash)); probe.MoveNext();)
        {
            if (_rows.BytesEqual(probe.Row, ordinal, key) && !_rows.IsNull(probe.Row, ordinal))
            {
                return probe.Row;
            }
        }

        return -1;
    }

    protected override int FindInteger(long key)
    {
        int ordinal = _keys.Ordinals[0];
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(Hashing.Int64((ulong)key))); probe.MoveNext();)
        {
            if (_rows.GetInt64(probe.Row, ordinal) == key && !_rows.IsNull(probe.Row, ordinal)) { return probe.Row; }
        }

        return -1;
    }

    protected override int Find(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text)
    {
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(_keys.Hash(key, text))); probe.MoveNext();)
        {
            if (_keys.AreEqual(_rows, probe.Row, key, text)) { return probe.Row; }
        }

        return -1;
    }

    internal override IEnumerable<int> LiveRows()
    {
        for (int segment = 0; segment < _rows.Segments.Length; segment++)
        {
            CompactSegment rows = _rows.Segments[segment];
            for (int row = 0; row < rows.RowCount; row++)
            {
                if (rows.IsLive(row)) { yield return segment << CompactSegment.RowBits | row; }
            }
        }
    }
}
