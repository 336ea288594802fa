using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables.Columns;
using Ctas.Tables.Keys;

namespace Ctas.Tables;

/// <summary>Builds a <see cref="CompactTable"/>. Single-threaded.</summary>
/// <remarks>
/// Rows go to an open segment, which is encoded when it is full. A row of a key that is there already is appended, and
/// the old one marked as deleted; when that has left many holes, the rows are written once more.
/// </remarks>
internal sealed class CompactTableBuilder : TableBuilder
{
    // Of so many rows at once.
    private const int HashedRows = 16 * 1024;

    // Below this there is nothing worth gaining by writing the rows once more.
    private const int MinHoles = 1 << 17;
    private const int RowsAhead = 16;

    private readonly ColumnStrings?[] _strings;
    private readonly CompactRowStore _store;
    private OpenColumn[] _open = [];
    private ulong[] _hashes = [];

    // Of every row, where keys are known to be different and no index is kept.
    private uint[] _keyHashes = [];
    private long _sealedBytes;
    private int _deletedRows;
    private int _rows;

    /// <summary>Begins a table.</summary>
    /// <param name="name">The table's name.</param>
    /// <param name="schema">Columns and key.</param>
    /// <param name="nullKeys">What a NULL in a key column means.</param>
    /// <param name="hasUniqueKeys">True when no key comes twice and no row is retracted: rows are then indexed at the end.</param>
    public CompactTableBuilder(string name, Schema schema, NullKeyRule nullKeys, bool hasUniqueKeys = false)
        : base(name, schema, nullKeys, hasIndex: !hasUniqueKeys)
    {
        int uniqueOrdinal = schema.Key is [var only] ? only : -1;
        _strings = [.. schema.Fields.Select((field, ordinal) =>
            PhysicalTypes.Of(field.Type) == PhysicalType.Bytes ? new ColumnStrings(ordinal == uniqueOrdinal) : null)];
        _store = new CompactRowStore(schema, [.. _strings.Select(strings => strings?.Pool)]);
    }

    public override long SizeInBytes => _sealedBytes + (Index?.SizeInBytes ?? 0) + (_keyHashes.Length * 4L)
        + _open.Sum(column => column.SizeInBytes) + _strings.Sum(strings => strings?.Pool.SizeInBytes ?? 0);

    public override long RowCount => _rows - _deletedRows;

    public override bool KeepsColumns => false;

    protected override RowStore Store => _store;

    protected override int NumberedRows => _rows;

    public override TableBuilder WithoutHoles() =>
        _deletedRows > MinHoles && _deletedRows > RowCount ? Rewrite() : this;

    public override ITable Complete()
    {
        // A quarter of holes costs more than writing the rows once more.
        if (_deletedRows > _rows / 4)
        {
            using CompactTableBuilder dense = Rewrite();
            return dense.Complete();
        }

        if (_open.Length > 0) { Seal(); }

        foreach (ColumnStrings? strings in _strings) { strings?.Complete(); }

        TagIndex? index = Index is not null ? TagIndex.Of(Index, MaxThreads)
            : Schema.HasKey ? TagIndex.Of(_keyHashes.AsMemory(0, _rows), rows: default, MaxThreads)
            : null;
        return new CompactTable(Shape, _store, index, RowCount);
    }

    public override void Dispose()
    {
        _open = [];
        _hashes = [];
        ReleaseKeyHashes();
    }

    protected override void Insert(Batch rows, int start, int end)
    {
        int first = _rows;
        for (int from = start; from < end;)
        {
            if (_open.Length == 0) { Open(); }

            int room = CompactSegment.MaxRows - (_rows & (CompactSegment.MaxRows - 1));
            int to = Math.Min(end, from + room);
            for (int ordinal = 0; ordinal < _open.Length; ordinal++) { _open[ordinal].Append(rows[ordinal], from, to); }

            _rows += to - from;
            if (to - from == room) { Seal(); }

            from = to;
        }

        if (!Schema.HasKey) { return; }

        for (int from = start; from < end; from += HashedRows)
        {
            InsertKeys(rows, from, Math.Min(end, from + HashedRows), first + from - start);
        }
    }

    private void InsertKeys(Batch rows, int start, int end, int first)
    {
        if (_hashes.Length < end - start) { _hashes = new ulong[end - start]; }

        Keys.Hash(rows, start, end, _hashes);
        if (Index is not { } index)
        {
            NoteHashes(first, end - start);
            return;
        }

        for (int row = start; row < end; row++)
        {
            // What the rows to come will look at is on its way meanwhile.
            if (row + RowsAhead < end) { index.Prefetch(_hashes[row + RowsAhead - start]); }

            Upsert(index, _hashes[row - start], rows, row, first + row - start);
        }
    }

    protected override void Delete(int row)
    {
        _store.Delete(row);
        _deletedRows++;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void NoteHashes(int first, int count)
    {
        if (_keyHashes.Length < first + count)
        {
            uint[] larger = RentedMemory.Rent<uint>(Math.Max(first + count, _keyHashes.Length * 2));
            _keyHashes.AsSpan(0, first).CopyTo(larger);
            ReleaseKeyHashes();
            _keyHashes = larger;
        }

        for (int row = 0; row < count; row++) { _keyHashes[first + row] = KeyIndex.Shorten(_hashes[row]); }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Upsert(KeyIndex index, ulong hash, Batch rows, int row, int number)
    {
        for (KeyProbe probe = index.Probe(hash); probe.MoveNext();)
        {
            if (!Keys.AreEqual(_store, probe.Row, rows, row)) { continue; }

            Delete(probe.Row);
            probe.SetRow(number);
            return;
        }

        index.Add(hash, number);
    }

    private void ReleaseKeyHashes()
    {
        if (_keyHashes.Length > 0) { RentedMemory.Return(_keyHashes); }

        _keyHashes = [];
    }

    private void Open()
    {
        _open = [.. Schema.Fields.Select((field, ordinal) => OpenColumn.Create(field.Type, _strings[ordinal]))];
        _store.Add(new CompactSegment(_open, 0));
    }

    private void Seal()
    {
        CompactSegment open = _store.Segments[^1];
        int rowCount = _open.Length == 0 ? 0 : _open[0].Count;
        EncodedColumn[] columns = SealColumns();
        CompactSegment segment = new CompactSegment(columns, rowCount).WithDeleted(open.Deleted);
        _store.ReplaceLast(segment);
        _sealedBytes += segment.ColumnBytes + segment.StringBytes;
        _open = [];
    }

    private EncodedColumn[] SealColumns()
    {
        // Columns know nothing of each other.
        const int fewRows = 4096;
        EncodedColumn[] columns = new EncodedColumn[_open.Length];
        void Seal(int ordinal) => columns[ordinal] = _open[ordinal].Seal();
        if (MaxThreads > 1 && columns.Length > 1 && _open[0].Count >= fewRows)
        {
            Parallel.For(0, columns.Length, new ParallelOptions { MaxDegreeOfParallelism = MaxThreads }, Seal);
        }
        else
        {
            for (int ordinal = 0; ordinal < columns.Length; ordinal++) { Seal(ordinal); }
        }

        return columns;
    }

    private CompactTableBuilder Rewrite()
    {
        var dense = new CompactTableBuilder(Name, Schema, NullKeys);
        dense.Expect(RowCount);
        if (_open.Length > 0) { Seal(); }

        OrdinalList columns = new([.. Enumerable.Range(0, Schema.Fields.Count)]);
        StringPool?[] pools = CompactSegment.PoolsFor(_store.Segments, columns, Schema);
        foreach (CompactSegment segment in _store.Segments)
        {
            Batch live = segment.Decode(columns, pools);
            dense.Insert(live, 0, live.RowCount);
        }

        return dense;
    }
}
