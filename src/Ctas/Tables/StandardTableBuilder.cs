using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables;

/// <summary>Builds a <see cref="StandardTable"/>. Single-threaded.</summary>
internal sealed class StandardTableBuilder : TableBuilder
{
    private const int RowsAtOnce = 8192;

    private readonly StandardRowStore _store;
    private readonly TableStrings?[] _strings;
    private readonly Stack<int> _freeRows = new();
    private byte[][] _incoming = [];
    private int[] _codes = [];
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
    }

    public override long SizeInBytes =>
        _store.SizeInBytes + (Index?.SizeInBytes ?? 0) + _strings.Sum(strings => strings?.Pool.SizeInBytes ?? 0);

    public override long RowCount => _store.Count - _freeRows.Count;

    protected override RowStore Store => _store;

    protected override int NumberedRows => _store.Count;

    /// <summary>A table of finished rows with different keys, numbered as they are; the pools are shared.</summary>
    public static StandardTable Of(string name, BatchRowStore columns)
    {
        using var builder = new StandardTableBuilder(
            name,
            columns.Schema,
            NullKeyRule.Keep,
            [.. columns.Schema.Fields.Select((_, ordinal) =>
                columns.PoolOf(ordinal) is { } pool ? new TableStrings(pool) : null)]);
        foreach (Batch batch in columns.Batches)
        {
            for (int start = 0; start < batch.RowCount; start += RowsAtOnce)
            {
                builder.Insert(batch, start, Math.Min(batch.RowCount, start + RowsAtOnce));
            }
        }

        return (StandardTable)builder.Complete();
    }

    /// <summary>Close to what <see cref="Of"/> would take.</summary>
    public static TableMemory MemoryOf(BatchRowStore columns, KeyLayout keys)
    {
        var layout = new RowLayout(columns.Schema, keys);
        long keyBytes = layout.TextKey >= 0 && columns.PoolOf(layout.TextKey) is { Count: > 0 } pool
            ? pool.SizeInBytes / pool.Count
            : 0;
        long rowBytes = StandardRowStore.BytesOfRow(layout.FixedBytes + (int)keyBytes);
        return new TableMemory(
            Columns: 0,
            Math.Max(columns.ColumnBytes, columns.RowCount * (rowBytes + IntPtr.Size)),
            BatchTable.PoolBytes(columns),
            KeyIndex.SizeFor(columns.RowCount));
    }

    public override ITable Complete()
    {
        foreach (TableStrings? strings in _strings) { strings?.Complete(); }

        return new StandardTable(Name, Keys, _store, Index, RowCount);
    }

    public override void Dispose()
    {
        _incoming = [];
        _codes = [];
        _hashes = [];
    }

    protected override void Insert(Batch rows, int start, int end)
    {
        int count = end - start;
        if (_incoming.Length < count)
        {
            _incoming = new byte[count][];
            _codes = new int[count];
            _hashes = new ulong[count];
        }

        Allocate(rows, start, count);
        for (int ordinal = 0; ordinal < rows.ColumnCount; ordinal++) { Fill(rows[ordinal], ordinal, start, count); }

        if (Index is not { } index)
        {
            for (int row = 0; row < count; row++) { _ = _store.Add(_incoming[row]); }

            return;
        }

        Keys.Hash(rows, start, end, _hashes);
        for (int row = 0; row < count; row++) { Upsert(index, rows, start + row, _hashes[row], _incoming[row]); }
    }

    protected override void Delete(int row)
    {
        _store[row] = null;
        _freeRows.Push(row);
    }

    private void Upsert(KeyIndex index, Batch rows, int row, ulong hash, byte[] bytes)
    {
        for (KeyProbe probe = index.Probe(hash); probe.MoveNext();)
        {
            if (!Keys.AreEqual(_store, probe.Row, rows, row)) { continue; }

            _store[probe.Row] = bytes;
            return;
        }

        if (_freeRows.TryPop(out int free)) { _store[free] = bytes; }
        else { free = _store.Add(bytes); }

        index.Add(hash, free);
    }

    private void Allocate(Batch rows, int start, int count)
    {
        RowLayout layout = _store.Layout;
        var keys = layout.TextKey >= 0 ? (StringColumn)rows[layout.TextKey] : null;
        for (int row = 0; row < count; row++)
        {
            if (keys is null)
            {
                _incoming[row] = new byte[layout.FixedBytes];
                continue;
            }

            ReadOnlySpan<byte> key = keys.GetBytes(start + row);
            byte[] bytes = new byte[layout.FixedBytes + key.Length];
            key.CopyTo(bytes.AsSpan(layout.FixedBytes));
            _incoming[row] = bytes;
        }
    }

    private void Fill(Column column, int ordinal, int start, int count)
    {
        int offset = _store.Layout.OffsetOf(ordinal);
        switch (column)
        {
            case FixedColumn<long> longs: Fill(longs.Values.Slice(start, count), offset); break;
            case FixedColumn<int> ints: Fill(ints.Values.Slice(start, count), offset); break;
            case FixedColumn<double> doubles: Fill(doubles.Values.Slice(start, count), offset); break;
            case FixedColumn<bool> booleans: Fill(booleans.Values.Slice(start, count), offset); break;
            case FixedColumn<Int128> decimals: Fill(decimals.Values.Slice(start, count), offset); break;
            case FixedColumn<Interval> intervals: Fill(intervals.Values.Slice(start, count), offset); break;
            case StringColumn strings:
                _strings[ordinal]!.Translate(strings, start, start + count, _codes);
                Fill<int>(_codes.AsSpan(0, count), offset);
                break;
        }

        for (int row = 0; column.Validity is not null && row < count; row++)
        {
            if (column.IsNull(start + row)) { RowLayout.SetNull(_incoming[row], ordinal); }
        }
    }

    private void Fill<T>(ReadOnlySpan<T> values, int offset)
        where T : unmanaged
    {
        byte[][] incoming = _incoming;
        for (int row = 0; row < values.Length; row++)
        {
            Unsafe.WriteUnaligned(ref incoming[row][offset], values[row]);
        }
    }
}
