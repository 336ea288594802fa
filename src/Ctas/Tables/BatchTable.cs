using Ctas.Data;

namespace Ctas.Tables;

/// <summary>
/// A standard table whose rows came finished: one without a key, or the result of a query that gives each key once.
/// </summary>
/// <remarks>
/// Rows stay in the columns the query made, so that publishing costs nothing and scans read them as they are. The
/// first lookup by key turns them into row objects behind an index, once, while other lookups wait for it; then the
/// columns are dropped. Row numbers are the same in both forms. Memory is told as of the form that takes more.
/// </remarks>
internal sealed class BatchTable : Table
{
    private const int MaxScanRows = 64 * 1024;

    private readonly Lock _making = new();
    private readonly bool _hasKey;
    private volatile BatchRowStore? _columns;
    private volatile StandardTable? _rows;

    public BatchTable(string name, KeyLayout keys, BatchRowStore columns)
        : base(name, columns.Schema, keys)
    {
        _columns = columns;
        _hasKey = keys.Form != KeyForm.None;
        RowCount = columns.RowCount;
        Memory = _hasKey ? StandardTableBuilder.MemoryOf(columns, keys) : new TableMemory(
            columns.ColumnBytes, Rows: 0, PoolBytes(columns), Index: 0);
    }

    public override TableModel Model => TableModel.Standard;

    public override long RowCount { get; }

    public override TableMemory Memory { get; }

    protected override RowStore Store => _columns is { } columns ? columns : _rows!.Objects;

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
        if (_columns is not { } store) { return _rows!.Scan(columns); }

        return Scan(store, columns ?? AllColumns);
    }

    protected override int FindText(ReadOnlySpan<byte> key) => Keyed().NumberOfText(key);

    protected override int FindInteger(long key) => Keyed().NumberOfInteger(key);

    protected override int Find(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text) => Keyed().NumberOf(key, text);

    protected override IEnumerable<int> LiveRows() => Enumerable.Range(0, (int)RowCount);

    private static IEnumerable<Batch> Scan(BatchRowStore store, OrdinalList columns)
    {
        int[] ordinals = [.. columns];
        foreach (Batch batch in store.Batches)
        {
            Batch selected = batch.Select(ordinals);
            for (int start = 0; start < batch.RowCount; start += MaxScanRows)
            {
                yield return selected.Slice(start, Math.Min(MaxScanRows, batch.RowCount - start));
            }
        }
    }

    private StandardTable Keyed() => _rows ?? MakeRows();

    private StandardTable MakeRows()
    {
        lock (_making)
        {
            if (_rows is { } made) { return made; }

            // Order matters to readers without a lock: the rows are there before the columns go.
            StandardTable rows = StandardTableBuilder.Of(Name, _columns!);
            _rows = rows;
            _columns = null;
            return rows;
        }
    }
}
