using Ctas.Data;
using Ctas.Tables.Columns;
using Ctas.Tables.Versions;

namespace Ctas.Tables;

/// <summary>Builds a <see cref="StandardTable"/>. Single-threaded.</summary>
internal sealed class StandardTableBuilder : TableBuilder
{
    private const int RowsAtOnce = 8192;

    private readonly StandardRowStore _store;
    private readonly TableStrings?[] _strings;
    private readonly Stack<int> _freeRows = new();
    private readonly StandardRowEncoder _encoder;
    private ulong[] _hashes = [];

    public StandardTableBuilder(string name, Schema schema, NullKeyRule nullKeys)
        : this(name, schema, nullKeys, [.. schema.Fields.Select(field =>
            PhysicalTypes.Of(field.Type) == PhysicalType.Bytes ? new TableStrings() : null)])
    {
    }

    private StandardTableBuilder(string name, Schema schema, NullKeyRule nullKeys, TableStrings?[] strings)
        : base(name, schema, nullKeys)
    {
        var layout = new RowLayout(schema, Keys);
        _strings = strings;
        _store = new StandardRowStore(schema, layout, [.. _strings.Select(strings => strings?.Pool)]);
        _encoder = new StandardRowEncoder(layout, _strings);
    }

    public override long SizeInBytes =>
        _store.SizeInBytes + (Index?.SizeInBytes ?? 0) + _strings.Sum(strings => strings?.Pool.SizeInBytes ?? 0);

    public override long RowCount => _store.Count - _freeRows.Count;

    protected override RowStore Store => _store;

    protected override int NumberedRows => _store.Count;

    /// <summary>A table of finished rows with different keys, numbered as they are; the pools are shared.</summary>
    public static StandardTable Of(BatchTable table)
    {
        BatchRowStore columns = table.Columns;
        using var builder = new StandardTableBuilder(
            table.Name,
            columns.Schema,
            NullKeyRule.Keep,
            [.. columns.Schema.Fields.Select((field, ordinal) => PhysicalTypes.Of(field.Type) != PhysicalType.Bytes
                ? null
                : columns.PoolOf(ordinal) is { } pool ? new TableStrings(pool) : new TableStrings())]);
        foreach (Batch batch in columns.Batches)
        {
            for (int start = 0; start < batch.RowCount; start += RowsAtOnce)
            {
                builder.Insert(batch, start, Math.Min(batch.RowCount, start + RowsAtOnce));
            }
        }

        return (StandardTable)builder.Complete();
    }

    public override ITable Complete()
    {
        foreach (TableStrings? strings in _strings) { strings?.Complete(); }

        return StandardVersions.First(Shape, _store, Index, RowCount);
    }

    public override void Dispose()
    {
        _encoder.Clear();
        _hashes = [];
    }

    protected override void Insert(Batch rows, int start, int end)
    {
        int count = end - start;
        byte[]?[] incoming = _encoder.Encode(rows, start, end);
        if (Index is not { } index)
        {
            for (int row = 0; row < count; row++) { _ = _store.Add(incoming[row]!); }

            return;
        }

        if (_hashes.Length < count) { _hashes = new ulong[count]; }

        Keys.Hash(rows, start, end, _hashes);
        for (int row = 0; row < count; row++) { Upsert(index, rows, start + row, _hashes[row], incoming[row]!); }
    }

    protected override void Delete(int row)
    {
        _store.Set(row, null);
        _freeRows.Push(row);
    }

    private void Upsert(KeyIndex index, Batch rows, int row, ulong hash, byte[] bytes)
    {
        for (KeyProbe probe = index.Probe(hash); probe.MoveNext();)
        {
            if (!Keys.AreEqual(_store, probe.Row, rows, row)) { continue; }

            _store.Set(probe.Row, bytes);
            return;
        }

        if (_freeRows.TryPop(out int free)) { _store.Set(free, bytes); }
        else { free = _store.Add(bytes); }

        index.Add(hash, free);
    }
}
