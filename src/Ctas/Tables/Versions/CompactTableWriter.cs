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
internal sealed class CompactTableWriter : IndexedTableWriter
{
    // Rows moved with each call, beside as many as there are changes.
    private const int MovesAtOnce = 4096;

    private readonly StandardRowEncoder _encoder;
    private readonly WriterSegments _segments;
    private readonly CompactMerges _merges;
    private readonly ChangedNumbers _effective = new();
    private readonly ChangedNumbers _changes = new();
    private int _applied;

    /// <summary>Goes on from the version that a load made.</summary>
    /// <exception cref="InvalidOperationException">Another writer does.</exception>
    public CompactTableWriter(CompactTable version, WriterOptions options)
        : base(version, options)
    {
        var layout = new RowLayout(Shape.Schema, Shape.Keys);
        _encoder = new StandardRowEncoder(
            layout,
            [.. Shape.Schema.Fields.Select(field =>
                PhysicalTypes.Of(field.Type) == PhysicalType.Bytes ? new InlineStrings() : null)]);
        Index = Shape.Schema.HasKey ? TagIndex.Copy(version.Index, version.Memory.Index) : null;
        _segments = new WriterSegments(version, layout, options.OpenRows);
        _merges = new CompactMerges(version, _segments, options);
    }

    /// <inheritdoc/>
    protected override RowStore Written => _segments.Rows;

    /// <inheritdoc/>
    protected override bool IsLive(int row) => _segments.IsLive(row);

    /// <inheritdoc/>
    protected override IEnumerable<int> LiveNumbers() => _segments.LiveNumbers();

    /// <inheritdoc/>
    protected override void ApplyDense(ChangeBatch changes, Action<ChangeBatch>? effective)
    {
        Batch rows = changes.Rows;
        Hash(changes);
        byte[]?[] incoming = _encoder.Encode(rows, 0, rows.RowCount, changes.Weights);
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
                Index = Index?.Renumber(numberOf);
                edits = new VersionEdits(
                    [.. edits.Pairs.Select(pair => (pair.Old, pair.New < 0 ? pair.New : numberOf(pair.New)))], numberOf);
            }

            version = new CompactVersion(
                Shape,
                _segments.Publish(),
                Index is null ? default : Index.Publish(),
                new VersionInfo(Current.Version + 1, RowsInNext, new WriterClaim(isTaken: true)),
                _segments.Memory(Index?.SizeInBytes ?? 0));
        }

        // Rows are moved between versions only, so that a change names rows of its own version and the last.
        _changes.Begin();
        _merges.Advance(Index, Identity, MovesAtOnce + (2 * _applied));
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

    private void Upsert(Batch rows, int row, byte[] incoming)
    {
        for (TagProbe probe = Index!.Current.Probe(HashOf(row)); probe.MoveNext();)
        {
            int old = probe.Row;
            if (!_segments.Has(old) || !Identity.AreEqual(_segments.Rows, old, rows, row)) { continue; }

            bool isLive = _segments.IsLive(old);
            if (isLive && AllColumns.AreEqual(_segments.Rows, old, rows, row)) { return; }

            // The slot of a deleted key is taken up again: versions that have the key go back to the old row.
            int number = _segments.Append(incoming, old);
            Volatile.Write(ref probe.Row, number);
            if (isLive) { _segments.Kill(old); }
            else { RowsInNext++; }

            Note(isLive ? old : -1, number);
            return;
        }

        Insert(row, incoming);
    }

    private void Insert(int row, byte[] incoming)
    {
        int number = _segments.Append(incoming, previous: -1);
        Index?.Add(HashOf(row), number, this);
        Note(-1, number);
        RowsInNext++;
    }

    private void Note(int before, int after)
    {
        _effective.Add(before, after);
        _changes.Add(before, after);
    }

    private void Retract(Batch rows, int row)
    {
        for (TagProbe probe = Index!.Current.Probe(HashOf(row)); probe.MoveNext();)
        {
            int old = probe.Row;
            if (!_segments.IsLive(old) || !Identity.AreEqual(_segments.Rows, old, rows, row)) { continue; }

            bool isOther = Options.Retractions == RetractionRule.ByRow && !AllColumns.AreEqual(_segments.Rows, old, rows, row);
            if (isOther) { return; }

            _segments.Kill(old);
            Note(old, -1);
            RowsInNext--;
            return;
        }
    }
}
