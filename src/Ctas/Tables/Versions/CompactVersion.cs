using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Versions;

/// <summary>One version of a compact table that is kept fresh. Immutable.</summary>
/// <remarks>
/// The index is one for all versions: it points at the newest row of each key. A reader that meets a row its version does
/// not have, or has as dead, goes back along <see cref="PreviousRows"/>; of the rows of a key at most one is alive in it.
/// </remarks>
internal sealed class CompactVersion : Table
{
    private readonly CompactVersionStore _rows;
    private readonly TagDirectory _index;

    /// <summary>Makes a version.</summary>
    public CompactVersion(TableShape shape, CompactVersionStore rows, TagDirectory index, VersionInfo version, TableMemory memory)
        : base(shape, version.Number)
    {
        _rows = rows;
        _index = index;
        RowCount = version.RowCount;
        Continuation = version.Continuation;
        RowMemory = memory;
    }

    public override TableModel Model => TableModel.Compact;

    public override long RowCount { get; }

    internal override TableMemory RowMemory { get; }

    /// <summary>The rows by number.</summary>
    internal CompactVersionStore Versioned => _rows;

    internal override RowStore Store => _rows;

    public override IEnumerable<Batch> Scan(OrdinalList? columns = null)
    {
        LiveSegment[] segments = LiveSegments();
        var scan = new SegmentScan(segments, columns ?? Shape.AllColumns, _rows.Inline);
        return segments.SelectMany(scan.Read);
    }

    private LiveSegment[] LiveSegments()
    {
        var live = new List<LiveSegment>();
        foreach (LiveSegment? segment in _rows.Segments)
        {
            if (segment is not null && segment.RowCount > segment.DeadRows) { live.Add(segment); }
        }

        return [.. live];
    }

    protected override int FindText(ReadOnlySpan<byte> key, ulong hash)
    {
        int ordinal = Shape.Keys.Ordinals[0];
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(hash)); probe.MoveNext();)
        {
            // All rows of a chain have one key.
            for (int row = probe.Newest; row >= 0; row = _rows.Before(row))
            {
                if (!_rows.Has(row)) { continue; }

                if (_rows.IsNull(row, ordinal) || !_rows.BytesEqual(row, ordinal, key)) { break; }

                if (_rows.IsLive(row)) { return row; }
            }
        }

        return -1;
    }

    protected override int FindInteger(long key)
    {
        int ordinal = Shape.Keys.Ordinals[0];
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(Hashing.Int64((ulong)key))); probe.MoveNext();)
        {
            for (int row = probe.Newest; row >= 0; row = _rows.Before(row))
            {
                if (!_rows.Has(row)) { continue; }

                if (_rows.GetInt64(row, ordinal) != key || _rows.IsNull(row, ordinal)) { break; }

                if (_rows.IsLive(row)) { return row; }
            }
        }

        return -1;
    }

    protected override int Find(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text)
    {
        for (TagProbe probe = _index.Probe(KeyIndex.Shorten(Shape.Keys.Hash(key, text))); probe.MoveNext();)
        {
            for (int row = probe.Newest; row >= 0; row = _rows.Before(row))
            {
                if (!_rows.Has(row)) { continue; }

                if (!Shape.Keys.AreEqual(_rows, row, key, text)) { break; }

                if (_rows.IsLive(row)) { return row; }
            }
        }

        return -1;
    }

    internal override IEnumerable<int> LiveRows()
    {
        for (int segment = 0; segment < _rows.Segments.Length; segment++)
        {
            if (_rows.Segments[segment] is not { } live) { continue; }

            for (int place = 0; place < live.RowCount; place++)
            {
                if (!live.Deleted[place]) { yield return segment << CompactSegment.RowBits | place; }
            }
        }
    }
}
