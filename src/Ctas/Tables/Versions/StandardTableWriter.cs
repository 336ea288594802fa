using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Versions;

/// <summary>Keeps a standard table fresh: an update replaces one object and leaves the index as it is.</summary>
internal sealed class StandardTableWriter : IndexedTableWriter
{
    private readonly StandardRowStore _rows;
    private readonly StandardRowEncoder _encoder;
    private readonly EffectiveRows _effective = new();
    private readonly Stack<int> _freeRows = new();
    private readonly List<int> _freedRows = [];

    // Rows that differ from the last version.
    private readonly List<int> _touched = [];

    private ReplacedRows _replaced;
    private long _change;
    private long _published;

    /// <summary>Goes on from a version.</summary>
    /// <exception cref="InvalidOperationException">Another writer does.</exception>
    public StandardTableWriter(StandardTable version, WriterOptions options)
        : base(version, options)
    {
        _rows = version.Objects.ToWriter();
        _change = version.Objects.End;
        _published = _change;
        _replaced = version.Objects.Replaced!;
        Index = Shape.Schema.HasKey
            ? TagIndex.Continue(version.Index.Directory, version.Index.SizeInBytes)
            : null;
        for (int row = 0; row < _rows.Count; row++)
        {
            if (_rows[row] is null) { _freeRows.Push(row); }
        }

        _encoder = new StandardRowEncoder(
            _rows.Layout,
            [.. _rows.Pools.Select(pool => pool is null ? null : new LiveStrings(pool, () => RowsInNext))]);
    }

    /// <inheritdoc/>
    protected override RowStore Written => _rows;

    /// <inheritdoc/>
    protected override bool IsLive(int row) => _rows[row] is not null;

    /// <inheritdoc/>
    protected override IEnumerable<int> LiveNumbers() => Enumerable.Range(0, _rows.Count);

    /// <inheritdoc/>
    protected override void ApplyDense(ChangeBatch changes, Action<ChangeBatch>? effective)
    {
        Batch rows = changes.Rows;
        Hash(changes);
        byte[]?[] incoming = _encoder.Encode(rows, 0, rows.RowCount, changes.Weights);
        _effective.Begin(_change);
        for (int row = 0; row < rows.RowCount; row++)
        {
            int weight = changes.Weights is null ? 1 : changes.Weights[row];
            if (Shape.Schema.HasKey)
            {
                if (weight > 0) { Upsert(rows, row, incoming[row]!); }
                else if (weight < 0) { Retract(rows, row); }

                continue;
            }

            for (int copy = 0; copy < weight; copy++) { Insert(row, copy == 0 ? incoming[row]! : [.. incoming[row]!]); }

            for (int copy = 0; copy > weight; copy--) { Retract(rows, row); }
        }

        if (effective is not null && _effective.ToChanges(_rows, Shape.AllColumns) is { } effects) { effective(effects); }

        _encoder.Clear();
    }

    /// <inheritdoc/>
    protected override MadeVersion? MakeVersion()
    {
        if (_change == _published) { return null; }

        // Versions before this one may still read what these numbers meant: from now on they may mean something else.
        foreach (int row in _freedRows) { _freeRows.Push(row); }

        _freedRows.Clear();
        _published = _change;
        var version = new StandardTable(
            Shape,
            _rows.ToVersion(_change, _replaced),
            Index is null ? default : new StandardIndex(Index.Publish(), Index.SizeInBytes),
            new VersionInfo(Current.Version + 1, RowsInNext, new WriterClaim(isTaken: true)));
        var before = (StandardTable)Current;
        var changes = new List<(int Old, int New)>(_touched.Count);
        foreach (int row in _touched)
        {
            bool was = before.Objects[row] is not null;
            bool isThere = version.Objects[row] is not null;
            if (was || isThere) { changes.Add((was ? row : -1, isThere ? row : -1)); }
        }

        _touched.Clear();
        return new MadeVersion(version, changes);
    }

    private void Upsert(Batch rows, int row, byte[] incoming)
    {
        int number = Find(Identity, rows, row);
        if (number < 0)
        {
            Insert(row, incoming);
            return;
        }

        byte[] old = _rows[number]!;
        if (_rows.Layout.TextKey is >= 0 and int textKey)
        {
            // A key that lies in the pool stays there.
            int offset = _rows.Layout.OffsetOf(textKey);
            RowLayout.Write(incoming, offset, RowLayout.Read<int>(old, offset));
        }

        // A string that lies in the row may have come into the pool since: then the rows have other lengths.
        bool isSame = old.Length == incoming.Length
            ? old.AsSpan(RowLayout.StampBytes).SequenceEqual(incoming.AsSpan(RowLayout.StampBytes))
            : AllColumns.AreEqual(_rows, number, rows, row);
        if (!isSame) { Replace(number, old, incoming); }
    }

    private void Insert(int row, byte[] incoming)
    {
        RowLayout.Write(incoming, 0, _change);
        bool isReused = _freeRows.TryPop(out int number);
        _replaced = _replaced.Add(_change, isReused ? _rows.Raw(number) : null);
        if (isReused) { _rows.Set(number, incoming); }
        else { number = _rows.Add(incoming); }

        Index?.Add(HashOf(row), number, this);
        _touched.Add(number);
        _effective.Add(null, incoming);
        RowsInNext++;
        _change++;
    }

    private void Retract(Batch rows, int row)
    {
        int number = Find(Identity, rows, row);
        if (number < 0) { return; }

        bool isOther = Options.Retractions == RetractionRule.ByRow && !AllColumns.AreEqual(_rows, number, rows, row);
        if (isOther) { return; }

        Replace(number, _rows[number]!, after: null);
        _freedRows.Add(number);
        RowsInNext--;
    }

    private void Replace(int number, byte[] before, byte[]? after)
    {
        if (RowLayout.Stamp(before) < _published) { _touched.Add(number); }

        byte[] stamped = after ?? new byte[RowLayout.StampBytes];
        RowLayout.Write(stamped, 0, _change);
        _replaced = _replaced.Add(_change, before);
        _rows.Set(number, stamped);
        _effective.Add(before, after);
        _change++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(KeyLayout layout, Batch rows, int row)
    {
        for (TagProbe probe = Index!.Current.Probe(HashOf(row)); probe.MoveNext();)
        {
            int number = probe.Row;
            if (_rows[number] is not null && layout.AreEqual(_rows, number, rows, row)) { return number; }
        }

        return -1;
    }
}
