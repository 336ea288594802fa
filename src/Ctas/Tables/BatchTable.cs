using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables;

/// <summary>
/// A standard table whose rows came finished: one without a key, or the result of a query that gives each key once.
/// </summary>
/// <remarks>
/// Rows stay in the columns the query made, so that publishing costs no more than the key index, and scans read them
/// as they are.
/// </remarks>
internal sealed class BatchTable : Table
{
    private const int MaxScanRows = 64 * 1024;

    private readonly BatchRowStore _columns;
    private readonly TagDirectory _index;

    /// <summary>Takes over rows.</summary>
    /// <param name="shape">Name, columns and key.</param>
    /// <param name="columns">The rows; no key comes twice.</param>
    /// <param name="index">The index of their keys; null without a key.</param>
    public BatchTable(TableShape shape, BatchRowStore columns, TagIndex? index)
        : base(shape)
    {
        _columns = columns;
        _index = index is null ? default : index.Publish();
        RowCount = columns.RowCount;
        RowMemory = new TableMemory(columns.ColumnBytes, Rows: 0, PoolBytes(columns), index?.SizeInBytes ?? 0);
    }

    public override TableModel Model => TableModel.Standard;

    public override long RowCount { get; }

    internal override TableMemory RowMemory { get; }

    /// <summary>The rows by number.</summary>
    internal BatchRowStore Columns => _columns;

    internal override RowStore Store => _columns;

    /// <summary>Bytes of the different pools of the columns.</summary>
    public static long PoolBytes(BatchRowStore columns)
    {
        var pools = new HashSet<StringPool>(ReferenceEqualityComparer.Instance);
        for (int ordinal = 0; ordinal < columns.ColumnCount; ordinal++)
        {
            if (columns.PoolOf(ordinal) is { } pool) { pools.Add(pool); }
        }

        return pools.Sum(pool => pool.SizeInBytes);
    }

    public override IEnumerable<Batch> Scan(OrdinalList? columns = null)
    {
        int[] ordinals = [.. columns ?? Shape.AllColumns];
        foreach (Batch batch in _columns.Batches)
        {
            Batch selected = batch.Select(ordinals);
            for (int start = 0; start < batch.RowCount; start += MaxScanRows)
            {
                yield return selected.Slice(start, Math.Min(MaxScanRows, batch.RowCount - start));
            }
        }
    }

    protected override int FindText(ReadOnlySpan<byte> key, ulong hash)
    {
        int ordinal = Shape.Keys.Ordinals[0];
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(hash)); probe.MoveNext();)
        {
            int row = probe.Row;
            if (_columns.GetBytes(row, ordinal).SequenceEqual(key) && !_columns.IsNull(row, ordinal)) { return row; }
        }

        return -1;
    }

    protected override int FindInteger(long key)
    {
        int ordinal = Shape.Keys.Ordinals[0];
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(Hashing.Int64((ulong)key))); probe.MoveNext();)
        {
            int row = probe.Row;
            if (_columns.GetInt64(row, ordinal) == key && !_columns.IsNull(row, ordinal)) { return row; }
        }

        return -1;
    }

    protected override int Find(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text)
    {
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(Shape.Keys.Hash(key, text))); probe.MoveNext();)
        {
            int row = probe.Row;
            if (Shape.Keys.AreEqual(_columns, row, key, text)) { return row; }
        }

        return -1;
    }

    internal override IEnumerable<int> LiveRows() => Enumerable.Range(0, (int)RowCount);
}
