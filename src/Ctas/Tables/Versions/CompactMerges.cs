using System.Diagnostics;
using Ctas.Data;
using Ctas.Tables.Columns;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Versions;

/// <summary>Runs the merges of a compact table, one at a time, and moves rows into what they made. Single-threaded.</summary>
/// <remarks>
/// Merged are: closed segments of row objects, when they hold an eighth of the table or as many rows as a segment; encoded
/// segments with more than 30 % dead rows; and small ones, when there are many.
/// </remarks>
internal sealed class CompactMerges
{
    private const int ManySmall = 8;

    private readonly TableShape _shape;
    private readonly WriterSegments _segments;
    private readonly WriterOptions _options;
    private readonly ColumnStrings?[] _strings;
    private Task<SegmentMerge.Result>? _running;
    private SegmentMerge.Result? _moving;
    private int _target;
    private int _moved;
    private List<int> _movedTo = [];

    /// <summary>Nothing is merged yet.</summary>
    /// <param name="loaded">The table that the writer goes on from.</param>
    /// <param name="segments">The _segments.</param>
    /// <param name="options">How.</param>
    public CompactMerges(CompactTable loaded, WriterSegments segments, WriterOptions options)
    {
        _shape = loaded.Shape;
        _segments = segments;
        _options = options;
        int uniqueOrdinal = _shape.Schema.Key is [var only] ? only : -1;
        _strings = [.. loaded.Pools.Select((pool, ordinal) =>
            pool is null ? null : ColumnStrings.Continue(pool, ordinal == uniqueOrdinal))];
    }

    /// <summary>True while a merge is under way, or its rows are being moved.</summary>
    public bool IsRunning => _running is not null || _moving is not null;

    /// <summary>Begins a merge when there is something to merge, takes up one that is ready, moves some rows.</summary>
    /// <param name="index">Finds rows; null when there is none.</param>
    /// <param name="identity">What the index hashes.</param>
    /// <param name="maxMoves">The most rows to move now.</param>
    public void Advance(TagIndex? index, KeyLayout identity, int maxMoves)
    {
        if (!IsRunning) { Begin(index is null ? null : identity); }

        if (_running is { IsCompleted: true } ready)
        {
            _running = null;
            _moving = ready.GetAwaiter().GetResult();
            _moved = 0;
            _target = _segments.AddMerged(_moving.Rows);
        }

        if (_moving is { } merge) { Move(merge, index, identity, maxMoves); }
    }

    /// <summary>The numbers that rows were moved to since the last call; some of them have gone since then.</summary>
    public List<int> TakeMoved()
    {
        List<int> moved = _movedTo;
        _movedTo = [];
        return moved;
    }

    private void Begin(KeyLayout? identity)
    {
        List<(int Number, LiveSegment Segment)> chosen = Choose();
        if (chosen.Count == 0) { return; }

        StandardRowStore inline = _segments.Inline;
        _running = _options.MergesBesideWriter
            ? Task.Run(() => SegmentMerge.Run(_shape, chosen, inline, _strings, identity))
            : Task.FromResult(SegmentMerge.Run(_shape, chosen, inline, _strings, identity));
    }

    private List<(int Number, LiveSegment Segment)> Choose()
    {
        var objects = new List<(int Number, SegmentState State)>();
        var sparse = new List<(int Number, SegmentState State)>();
        var small = new List<(int Number, SegmentState State)>();
        long live = 0;
        foreach ((int number, SegmentState state) in _segments.All)
        {
            live += state.LiveRows;
            if (state.IsOpen || state.LiveRows == 0) { continue; }

            if (state.Rows.Objects is not null) { objects.Add((number, state)); }
            else if (state.DeadRows * 10L > state.RowCount * 3L) { sparse.Add((number, state)); }
            else if (state.RowCount < CompactSegment.MaxRows / 4) { small.Add((number, state)); }
        }

        int enough = (int)Math.Clamp(live / 8, _options.OpenRows, Math.Max(_options.OpenRows, CompactSegment.MaxRows - _options.OpenRows));
        if (objects.Sum(segment => segment.State.RowCount) < enough) { objects.Clear(); }

        if (small.Count < ManySmall) { small.Clear(); }

        var chosen = new List<(int Number, LiveSegment Segment)>();
        int rows = 0;
        foreach ((int number, SegmentState state) in objects.Concat(sparse).Concat(small))
        {
            if (rows + state.LiveRows > CompactSegment.MaxRows) { break; }

            rows += state.LiveRows;
            chosen.Add((number, state.Publish()));
        }

        return chosen;
    }

    private void Move(SegmentMerge.Result merge, TagIndex? index, KeyLayout identity, int maxMoves)
    {
        SegmentState target = _segments[_target];
        int end = Math.Min(merge.Sources.Length, _moved + maxMoves);
        for (; _moved < end; _moved++)
        {
            int source = merge.Sources[_moved];
            if (!_segments.IsLive(source)) { continue; }

            int number = _target << CompactSegment.RowBits | _moved;
            target.Previous!.Set(number, source);
            if (index is not null)
            {
                uint hash = merge.Hashes.Length > 0
                    ? merge.Hashes[_moved]
                    : KeyIndex.Shorten(identity.Hash(_segments.Rows, source));
                Point(index, hash, source, number);
            }

            target.Revive(_moved);
            _segments.Kill(source);
            _movedTo.Add(number);
        }

        if (_moved < merge.Sources.Length) { return; }

        target.IsOpen = false;
        _moving = null;
    }

    private static void Point(TagIndex index, uint hash, int from, int to)
    {
        for (TagProbe probe = index.Current.Probe(hash); probe.MoveNext();)
        {
            if (probe.Row != from) { continue; }

            Volatile.Write(ref probe.Row, to);
            return;
        }

        throw new UnreachableException("A live row is not in the index.");
    }
}
