using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Versions;

/// <summary>Keeps a compact table fresh: changes append row objects, and merges encode them beside the writer.</summary>
/// <remarks>
/// <code>
/// changes ─► open segment of row objects ─► closed ones ─┐
///                                                        ├─► merge (another thread) ─► encoded segment, all rows dead
/// encoded segments with many dead rows ──────────────────┘        │
///                          the writer moves the rows one by one ◄─┘ a few with every call: new place, old place dead
/// </code>
/// An update appends the new row, links it to the old one, points the index at it and marks the old one dead. A move does
/// the same with an equal row, so a version published half way through a merge has every key once. The writer never waits
/// for a merge.
/// </remarks>
internal sealed class CompactTableWriter : TableWriter, IIndexedRows
{
    // Rows moved with each call, beside as many as there are changes.
    private const int MovesAtOnce = 4096;

    private readonly StandardRowEncoder _encoder;
    private readonly WriterSegments _segments;
    private readonly CompactMerges _merges;
    private readonly ChangedNumbers _effective = new();
    private readonly ChangedNumbers _changes = new();
    private readonly KeyLayout _identity;
    private TagIndex? _index;
    private ulong[] _hashes = [];
    private long _rowCount;
    private int _applied;

    /// <summary>Goes on from the version that a load made.</summary>
    /// <exception cref="InvalidOperationException">Another writer does.</exception>
    public CompactTableWriter(CompactTable version, WriterOptions options)
        : base(version, options)
    {
        if (!version.Continuation.TryTake())
        {
            throw HasWriter(version);
        }

        var layout = new RowLayout(Shape.Schema, Shape.Keys);
        _encoder = new StandardRowEncoder(
            layout,
            [.. Shape.Schema.Fields.Select(field =>
                PhysicalTypes.Of(field.Type) == PhysicalType.Bytes ? new InlineStrings() : null)]);
        _rowCount = version.RowCount;
        _identity = Shape.Schema.HasKey ? Shape.Keys : AllColumns;
        _index = Shape.Schema.HasKey ? TagIndex.Copy(version.Index, version.Memory.Index) : null;
        _segments = new WriterSegments(version, layout, options.OpenRows);
        _merges = new CompactMerges(version, _segments, options);
    }

    /// <inheritdoc/>
    public override long RowCount => _rowCount;

    /// <inheritdoc/>
    public bool TryHash(int row, out uint hash)
    {
        bool isLive = _segments.IsLive(row);
        hash = isLive ? KeyIndex.Shorten(_identity.Hash(_segments.Rows, row)) : 0;
        return isLive;
    }

    /// <inheritdoc/>
    protected override void ApplyDense(ChangeBatch changes, Action<ChangeBatch>? effective)
    {
        Batch rows = changes.Rows;
        if (changes.Weights is not null) { _index ??= IndexAllRows(); }

        byte[]?[] incoming = _encoder.Encode(rows, 0, rows.RowCount, changes.Weights);
        if (_index is not null) { Hash(rows); }

        _effective.Begin();
        for (int row = 0; row < rows.RowCount; row++)
        {
            int weight = changes.Weights is null ? 1 : changes.Weights[row];
            if (Shape.Schema.HasKey)
            {
                if (weight > 0) { Upsert(rows, row, incoming[row]!); }
                else if (weight < 0) { Retract(rows, row); }

                continue;
            }

            for (int copy = 0; copy < weight; copy++) { Insert(row, incoming[row]!); }

            for (int copy = 0; copy > weight; copy--) { Retract(rows, row); }
        }

        _encoder.Clear();
        _applied += rows.RowCount;
        if (effective is not null && _effective.ToChanges(Shape.Schema, _segments.Rows) is { } effects) { effective(effects); }
    }

    /// <inheritdoc/>
    protected override MadeVersion? MakeVersion()
    {
        List<(int Old, int New)> changes = _changes.ToPairs();
        CompactVersion? version = null;
        VersionEdits? edits = null;
        if (changes.Count > 0)
        {
            // A row that was moved since then had another number in the last version.
            for (int pair = 0; pair < changes.Count; pair++)
            {
                changes[pair] = (_segments.NumberInLastVersion(changes[pair].Old), changes[pair].New);
            }

            edits = EditsOf(changes);
            if (_segments.AreScattered && !_merges.IsRunning)
            {
                Func<int, int> numberOf = _segments.Renumber(changes);
                _index = _index?.Renumber(numberOf);
                edits = new VersionEdits(
                    [.. edits.Pairs.Select(pair => (pair.Old, pair.New < 0 ? pair.New : numberOf(pair.New)))], numberOf);
            }

            version = new CompactVersion(
                Shape,
                _segments.Publish(),
                _index is null ? default : _index.Publish(),
                new VersionInfo(Current.Version + 1, _rowCount, new WriterClaim(isTaken: true)),
                _segments.Memory(_index?.SizeInBytes ?? 0));
        }

        // Rows are moved between versions only, so that a change names rows of its own version and the last.
        _changes.Begin();
        _merges.Advance(_index, _identity, MovesAtOnce + (2 * _applied));
        _applied = 0;
        return version is null ? null : new MadeVersion(version, changes) { Edits = edits };
    }

    /// <summary>What changed, and the rows that merges have moved since the last version.</summary>
    private VersionEdits EditsOf(List<(int Old, int New)> changes)
    {
        List<int> moved = _merges.TakeMoved();
        if (Current.Indexes.IsEmpty) { return new VersionEdits(changes); }

        IEnumerable<(int Old, int New)> moves =
            moved.Where(_segments.IsLive).Select(row => (_segments.NumberInLastVersion(row), row));
        return new VersionEdits([.. changes, .. moves]);
    }

    private void Hash(Batch rows)
    {
        if (_hashes.Length < rows.RowCount) { _hashes = new ulong[rows.RowCount]; }

        _identity.Hash(rows, 0, rows.RowCount, _hashes);
    }

    private TagIndex IndexAllRows()
    {
        var index = new TagIndex();
        foreach (int row in _segments.LiveNumbers())
        {
            if (TryHash(row, out uint hash)) { index.Add(hash, row, this); }
        }

        return index;
    }

    private void Upsert(Batch rows, int row, byte[] incoming)
    {
        for (TagProbe probe = _index!.Current.Probe(KeyIndex.Shorten(_hashes[row])); probe.MoveNext();)
        {
            int old = probe.Row;
            if (!_segments.Has(old) || !_identity.AreEqual(_segments.Rows, old, rows, row)) { continue; }

            bool isLive = _segments.IsLive(old);
            if (isLive && AllColumns.AreEqual(_segments.Rows, old, rows, row)) { return; }

            // The slot of a deleted key is taken up again: versions that have the key go back to the old row.
            int number = _segments.Append(incoming, old);
            Volatile.Write(ref probe.Row, number);
            if (isLive) { _segments.Kill(old); }
            else { _rowCount++; }

            Note(isLive ? old : -1, number);
            return;
        }

        Insert(row, incoming);
    }

    private void Insert(int row, byte[] incoming)
    {
        int number = _segments.Append(incoming, previous: -1);
        _index?.Add(KeyIndex.Shorten(_hashes[row]), number, this);
        Note(-1, number);
        _rowCount++;
    }

    private void Note(int before, int after)
    {
        _effective.Add(before, after);
        _changes.Add(before, after);
    }

    private void Retract(Batch rows, int row)
    {
        for (TagProbe probe = _index!.Current.Probe(KeyIndex.Shorten(_hashes[row])); probe.MoveNext();)
        {
            int old = probe.Row;
            if (!_segments.IsLive(old) || !_identity.AreEqual(_segments.Rows, old, rows, row)) { continue; }

            bool isOther = Options.Retractions == RetractionRule.ByRow && !AllColumns.AreEqual(_segments.Rows, old, rows, row);
            if (isOther) { return; }

            _segments.Kill(old);
            Note(old, -1);
            _rowCount--;
            return;
        }
    }
}
