using Ctas.Data;
using Ctas.Tables.Columns;
using Ctas.Tables.Keys;

namespace Ctas.Tables;

/// <summary>Builds a <see cref="BatchTable"/> of batches that insert finished rows. Single-threaded.</summary>
/// <remarks>
/// Large batches are kept as they are, small ones are put together. A string column keeps the pool its strings came
/// in, shared with whoever made it, unless they come in several, the pool holds far more than the table does, or does not
/// hold its strings at all.
/// </remarks>
internal sealed class BatchTableBuilder : TableBuilder
{
    // Batches of fewer rows are collected until there are as many.
    private const int MinBatchRows = 4 * 1024;

    private readonly List<Batch> _batches = [];
    private readonly List<Batch> _pending = [];
    private readonly StringPool?[] _pools;
    private readonly TableStrings?[] _own;
    private int _pendingRows;
    private int _rows;
    private long _columnBytes;

    public BatchTableBuilder(string name, Schema schema)
        : base(name, schema, NullKeyRule.Keep, hasIndex: false)
    {
        _pools = new StringPool?[schema.Fields.Count];
        _own = new TableStrings?[schema.Fields.Count];
    }

    public override long SizeInBytes
    {
        get
        {
            long bytes = _columnBytes;
            foreach (StringPool? pool in _pools) { bytes += pool?.SizeInBytes ?? 0; }

            return bytes;
        }
    }

    public override long RowCount => _rows;

    protected override RowStore Store => throw new System.Diagnostics.UnreachableException("No row is ever replaced.");

    protected override int NumberedRows => _rows;

    public override ITable Complete()
    {
        SealPending();
        for (int ordinal = 0; ordinal < _pools.Length; ordinal++)
        {
            // A pool of which little is used must not be kept alive for it.
            const int fewStrings = 1024;
            bool isSparse = _pools[ordinal] is { } pool && _own[ordinal] is null
                && pool.Count > fewStrings && pool.Count / 2 > _rows;
            if (isSparse) { TakeOwnPool(ordinal); }

            _own[ordinal]?.Complete();
        }

        var rows = new BatchRowStore(Schema, _batches);
        return new BatchTable(Shape, rows, Schema.HasKey ? BatchIndex.Of(rows, Keys, MaxThreads) : null);
    }

    public override void Dispose() => _pending.Clear();

    protected override void Insert(Batch rows, int start, int end)
    {
        Batch inserted = WithOnePool(rows.Slice(start, end - start));
        _rows += inserted.RowCount;
        foreach (Column column in inserted.Columns) { _columnBytes += column.SizeInBytes; }

        if (inserted.RowCount == 0) { return; }

        inserted.KeepDecoded();

        if (inserted.RowCount >= MinBatchRows)
        {
            SealPending();
            _batches.Add(inserted);
            return;
        }

        _pending.Add(inserted);
        _pendingRows += inserted.RowCount;
        if (_pendingRows >= MinBatchRows) { SealPending(); }
    }

    protected override void Delete(int row) =>
        throw new System.Diagnostics.UnreachableException("No row is ever deleted.");

    private void SealPending()
    {
        if (_pending.Count == 0) { return; }

        _batches.Add(Concatenation.Of(_pending));
        _pending.Clear();
        _pendingRows = 0;
    }

    private Batch WithOnePool(Batch rows)
    {
        Column[]? columns = null;
        for (int ordinal = 0; ordinal < rows.ColumnCount; ordinal++)
        {
            if (rows[ordinal] is not StringColumn strings) { continue; }

            // Strings that are yet to be made would keep another table alive, and be counted too late.
            if (_pools[ordinal] is null && strings.Pool.Deferred is not null) { TakeOwnPool(ordinal); }

            _pools[ordinal] ??= strings.Pool;
            if (ReferenceEquals(strings.Pool, _pools[ordinal])) { continue; }

            if (_own[ordinal] is null) { TakeOwnPool(ordinal); }

            columns ??= rows.Columns.ToArray();
            columns[ordinal] = Translate(_own[ordinal]!, strings);
        }

        return columns is null ? rows : new Batch(columns, rows.RowCount);
    }

    /// <summary>Moves the strings of all rows so far into a pool of the table's own.</summary>
    private void TakeOwnPool(int ordinal)
    {
        var own = new TableStrings();
        foreach (List<Batch> batches in (ReadOnlySpan<List<Batch>>)[_batches, _pending])
        {
            for (int batch = 0; batch < batches.Count; batch++)
            {
                Column[] columns = batches[batch].Columns.ToArray();
                columns[ordinal] = Translate(own, (StringColumn)columns[ordinal]);
                batches[batch] = new Batch(columns, batches[batch].RowCount);
            }
        }

        _own[ordinal] = own;
        _pools[ordinal] = own.Pool;
    }

    private static StringColumn Translate(TableStrings own, StringColumn strings)
    {
        int[] codes = GC.AllocateUninitializedArray<int>(strings.Length);
        own.Translate(strings, 0, strings.Length, codes);
        return new StringColumn(strings.Type, codes, codes.Length, own.Pool, strings.Validity);
    }
}
