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
    private readonly EffectiveNumbers _effective = new();
    private readonly KeyLayout _identity;
    private TagIndex? _index;
    private ulong[] _hashes = [];
    private long _rowCount;
    private bool _isChanged;

    /// <summary>Goes on from the version that a load made.</summary>
    /// <exception cref="InvalidOperationException">Another writer does.</exception>
    public CompactTableWriter(CompactTable version, WriterOptions options)
        : base(version, options)
    {
        if (!version.Continuation.TryTake())
        {
            throw new InvalidOperationException($"Version {version.Version} of table \"{version.Name}\" has a writer already.");
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
        _merges = new CompactMerges(Shape, _segments, options);
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
        if (effective is not null && _effective.ToChanges(Shape.Schema, _segments.Rows) is { } effects) { effective(effects); }

        _merges.Advance(_index, _identity, MovesAtOnce + rows.RowCount);
    }

    /// <inheritdoc/>
    protected override Table? MakeVersion()
    {
        _merges.Advance(_index, _identity, MovesAtOnce);
        if (!_isChanged) { return null; }

        _isChanged = false;
        if (_segments.AreScattered && !_merges.IsRunning) { _index = _segments.Renumber(_index); }

        CompactVersionStore rows = _segments.Publish();
        return new CompactVersion(
            Shape,
            rows,
            _index is null ? default : _index.Publish(),
            new VersionInfo(Current.Version + 1, _rowCount, new WriterClaim(isTaken: true)),
            _segments.Memory(_index?.SizeInBytes ?? 0));
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

            _effective.Add(isLive ? old : -1, number);
            _isChanged = true;
            return;
        }

        Insert(row, incoming);
    }

    private void Insert(int row, byte[] incoming)
    {
        int number = _segments.Append(incoming, previous: -1);
        _index?.Add(KeyIndex.Shorten(_hashes[row]), number, this);
        _effective.Add(-1, number);
        _rowCount++;
        _isChanged = true;
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
            _effective.Add(old, -1);
            _rowCount--;
            _isChanged = true;
            return;
        }
    }
}
