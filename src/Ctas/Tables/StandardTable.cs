using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Rows as objects behind a hash index: quickest lookups and updates of whole rows. Immutable.</summary>
internal sealed class StandardTable : Table
{
    private const int ScanRows = 8192;

    private readonly StandardRowStore _rows;
    private readonly KeyIndex? _index;
    private readonly KeyLayout _keys;

    public StandardTable(string name, KeyLayout keys, StandardRowStore rows, KeyIndex? index, long rowCount)
        : base(name, rows.Schema, keys)
    {
        _keys = keys;
        _rows = rows;
        _index = index;
        RowCount = rowCount;
        Memory = new TableMemory(
            Columns: 0, rows.SizeInBytes, rows.Pools.Sum(pool => pool?.SizeInBytes ?? 0), index?.SizeInBytes ?? 0);
    }

    public override TableModel Model => TableModel.Standard;

    public override long RowCount { get; }

    public override TableMemory Memory { get; }

    /// <summary>The rows by number.</summary>
    internal StandardRowStore Objects => _rows;

    protected override RowStore Store => _rows;

    /// <summary>The number of the row with a key of one string, or −1.</summary>
    internal int NumberOfText(ReadOnlySpan<byte> key) => FindText(key);

    /// <summary>The number of the row with a key of one integer, or −1.</summary>
    internal int NumberOfInteger(long key) => FindInteger(key);

    /// <summary>The number of the row with any key, or −1.</summary>
    internal int NumberOf(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text) => Find(key, text);

    public override IEnumerable<Batch> Scan(OrdinalList? columns = null)
    {
        OrdinalList wanted = columns ?? AllColumns;
        var rows = new List<byte[]>(ScanRows);
        foreach (int row in LiveRows())
        {
            rows.Add(_rows[row]!);
            if (rows.Count < ScanRows) { continue; }

            yield return RowBatches.Create(_rows, rows, wanted);
            rows.Clear();
        }

        if (rows.Count > 0) { yield return RowBatches.Create(_rows, rows, wanted); }
    }

    protected override int FindText(ReadOnlySpan<byte> key)
    {
        StandardRowStore rows = _rows;
        for (KeyProbe probe = _index!.Probe(Hashing.Bytes(key)); probe.MoveNext();)
        {
            byte[] row = rows[probe.Row]!;
            bool isFound = rows.KeyText(row).SequenceEqual(key) && !RowLayout.IsNull(row, rows.Layout.TextKey);
            if (isFound) { return probe.Row; }
        }

        return -1;
    }

    protected override int FindInteger(long key)
    {
        int ordinal = _keys.Ordinals[0];
        for (KeyProbe probe = _index!.Probe(Hashing.Int64((ulong)key)); probe.MoveNext();)
        {
            if (_rows.GetInt64(probe.Row, ordinal) == key && !_rows.IsNull(probe.Row, ordinal)) { return probe.Row; }
        }

        return -1;
    }

    protected override int Find(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text)
    {
        for (KeyProbe probe = _index!.Probe(_keys.Hash(key, text)); probe.MoveNext();)
        {
            if (_keys.AreEqual(_rows, probe.Row, key, text)) { return probe.Row; }
        }

        return -1;
    }

    protected override IEnumerable<int> LiveRows()
    {
        for (int row = 0; row < _rows.Count; row++)
        {
            if (_rows[row] is not null) { yield return row; }
        }
    }
}
