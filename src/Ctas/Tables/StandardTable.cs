using Ctas.Data;
using Ctas.Tables.Keys;
using Ctas.Tables.Versions;

namespace Ctas.Tables;

/// <summary>One version of rows as objects behind a key index: quickest lookups and updates of whole rows. Immutable.</summary>
internal sealed class StandardTable : Table
{
    private const int ScanRows = 8192;

    private readonly StandardRowStore _rows;
    private readonly TagDirectory _index;

    public StandardTable(TableShape shape, StandardRowStore rows, StandardIndex index, VersionInfo version)
        : base(shape, version.Number)
    {
        _rows = rows;
        _index = index.Directory;
        Index = index;
        Continuation = version.Continuation;
        RowCount = version.RowCount;
        RowMemory = new TableMemory(
            Columns: 0, rows.SizeInBytes, rows.Pools.Sum(pool => pool?.SizeInBytes ?? 0), index.SizeInBytes);
    }

    public override TableModel Model => TableModel.Standard;

    public override long RowCount { get; }

    internal override TableMemory RowMemory { get; }

    /// <summary>The rows by number.</summary>
    internal StandardRowStore Objects => _rows;

    /// <summary>The key index.</summary>
    internal StandardIndex Index { get; }

    internal override RowStore Store => _rows;

    public override IEnumerable<Batch> Scan(OrdinalList? columns = null)
    {
        OrdinalList wanted = columns ?? Shape.AllColumns;
        var rows = new List<byte[]>(ScanRows);
        for (int number = 0; number < _rows.Count; number++)
        {
            if (_rows[number] is not { } row) { continue; }

            rows.Add(row);
            if (rows.Count < ScanRows) { continue; }

            yield return RowBatches.Create(_rows, rows, wanted);
            rows.Clear();
        }

        if (rows.Count > 0) { yield return RowBatches.Create(_rows, rows, wanted); }
    }

    protected override int FindText(ReadOnlySpan<byte> key, ulong hash)
    {
        StandardRowStore rows = _rows;
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(hash)); probe.MoveNext();)
        {
            int number = probe.Row;
            if (rows[number] is { } row && rows.Layout.IsKey(row, key)) { return number; }
        }

        return -1;
    }

    protected override int FindAscii(string key, ulong hash)
    {
        StandardRowStore rows = _rows;
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(hash)); probe.MoveNext();)
        {
            int number = probe.Row;
            if (rows[number] is { } row && rows.Layout.IsKey(row, key)) { return number; }
        }

        return -1;
    }

    protected override int FindInteger(long key)
    {
        StandardRowStore rows = _rows;
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(Hashing.Int64((ulong)key))); probe.MoveNext();)
        {
            int number = probe.Row;
            if (rows[number] is { } row && rows.Layout.IsKey(row, key)) { return number; }
        }

        return -1;
    }

    protected override int Find(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text)
    {
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(Shape.Keys.Hash(key, text))); probe.MoveNext();)
        {
            int number = probe.Row;
            if (_rows[number] is not null && Shape.Keys.AreEqual(_rows, number, key, text)) { return number; }
        }

        return -1;
    }

    internal override IEnumerable<int> LiveRows()
    {
        for (int row = 0; row < _rows.Count; row++)
        {
            if (_rows[row] is not null) { yield return row; }
        }
    }
}
