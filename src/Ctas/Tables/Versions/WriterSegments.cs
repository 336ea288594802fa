using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Versions;

/// <summary>The segments of a compact table as its writer has them, by number. Single-threaded.</summary>
internal sealed class WriterSegments
{
    private const int PlaceMask = CompactSegment.MaxRows - 1;

    private readonly TableShape _shape;
    private readonly RowLayout _layout;
    private readonly int _openRows;
    private SegmentState?[] _states;
    private LiveSegment?[] _views;
    private PreviousRows _last;
    private LiveSegment?[] _lastVersion;
    private PreviousRows _lastOpen;
    private int _count;
    private int _open;

    /// <summary>Takes up the segments of a loaded table.</summary>
    public WriterSegments(CompactTable loaded, RowLayout layout, int openRows)
    {
        _shape = loaded.Shape;
        _layout = layout;
        _openRows = openRows;
        _states = new SegmentState?[loaded.Segments.Length + 8];
        _views = new LiveSegment?[_states.Length];
        foreach (CompactSegment segment in loaded.Segments)
        {
            DeletedRowsBuilder deleted = DeletedRowsBuilder.Of(segment.Deleted, segment.RowCount);
            SegmentState state = new SegmentState(new SegmentRows(segment.Columns, segment.RowCount), deleted)
                .With(segment.RowCount, segment.Deleted?.CountSet() ?? 0);
            Put(_count++, state);
        }

        Rows = View();
        _last = new PreviousRows(_count, _openRows);
        _lastOpen = _last;
        _lastVersion = new LiveSegment?[_count];
        foreach ((int number, SegmentState state) in All) { _lastVersion[number] = state.Publish(); }

        _open = _count++;
        Put(_open, new SegmentState(new SegmentRows(_openRows), new DeletedRowsBuilder(_openRows)) { IsOpen = true, Previous = _last });
        Rows = View();
    }

    /// <summary>Every row by number, alive or dead.</summary>
    public CompactVersionStore Rows { get; private set; }

    /// <summary>Reads row objects.</summary>
    public StandardRowStore Inline => Rows.Inline;

    /// <summary>The segments there are, with their numbers.</summary>
    public IEnumerable<(int Number, SegmentState State)> All
    {
        get
        {
            for (int number = 0; number < _count; number++)
            {
                if (_states[number] is { } state) { yield return (number, state); }
            }
        }
    }

    /// <summary>True when most numbers belong to segments that are gone.</summary>
    public bool AreScattered => _count > 64 && _count > All.Count() * 4;

    /// <summary>The segment of a number.</summary>
    public SegmentState this[int number] => _states[number]!;

    /// <summary>True when the row is there, alive or dead.</summary>
    public bool Has(int row)
    {
        int segment = row >> CompactSegment.RowBits;
        return (uint)segment < (uint)_count && _states[segment] is { } state && (row & PlaceMask) < state.RowCount;
    }

    /// <summary>True when the row is there and alive.</summary>
    public bool IsLive(int row) => Has(row) && !_states[row >> CompactSegment.RowBits]!.IsDead(row & PlaceMask);

    /// <summary>The numbers of all live rows.</summary>
    public IEnumerable<int> LiveNumbers()
    {
        foreach ((int number, SegmentState state) in All)
        {
            for (int place = 0; place < state.RowCount; place++)
            {
                if (!state.IsDead(place)) { yield return number << CompactSegment.RowBits | place; }
            }
        }
    }

    /// <summary>Puts a row behind the others.</summary>
    /// <param name="row">The row object.</param>
    /// <param name="previous">The row that held its key before; −1 when there was none.</param>
    /// <returns>Its number, to be put into the index.</returns>
    public int Append(byte[] row, int previous)
    {
        SegmentState open = _states[_open]!;
        if (open.RowCount == open.Rows.Capacity)
        {
            open.IsOpen = false;
            _open = Add(new SegmentState(new SegmentRows(_openRows), new DeletedRowsBuilder(_openRows)));
            open = _states[_open]!;
        }

        int number = _open << CompactSegment.RowBits | open.RowCount;
        open.Append(row);
        if (previous >= 0) { open.Previous!.Set(number, previous); }

        return number;
    }

    /// <summary>A live row dies.</summary>
    public void Kill(int row) => _states[row >> CompactSegment.RowBits]!.Kill(row & PlaceMask);

    /// <summary>Adds an encoded segment whose rows are all dead until they are moved in.</summary>
    public int AddMerged(SegmentRows rows) =>
        Add(new SegmentState(rows, new DeletedRowsBuilder(rows.Capacity, areAllDead: true)).With(rows.Capacity, rows.Capacity));

    /// <summary>The number in the last version of a row that was there then; −1 when it was not.</summary>
    public int NumberInLastVersion(int row)
    {
        while (row >= 0 && !WasLive(row)) { row = _lastOpen.Before(row); }

        return row;
    }

    private bool WasLive(int row)
    {
        int number = row >> CompactSegment.RowBits;
        return number < _lastVersion.Length && _lastVersion[number] is { } segment
            && (row & PlaceMask) < segment.RowCount && !segment.Deleted[row & PlaceMask];
    }

    /// <summary>The rows for a version; closed segments without live rows are gone from it.</summary>
    public CompactVersionStore Publish()
    {
        var segments = new LiveSegment?[_count];
        PreviousRows? firstOpen = null;
        bool isAnyGone = false;
        foreach ((int number, SegmentState state) in All)
        {
            if (state.LiveRows == 0 && !state.IsOpen)
            {
                _states[number] = null;
                _views[number] = null;
                isAnyGone = true;
                continue;
            }

            segments[number] = state.Publish();
            if (state.IsOpen) { firstOpen ??= state.Previous; }
        }

        if (isAnyGone) { Rows = View(); }

        _lastVersion = segments;
        _lastOpen = firstOpen!;
        return new CompactVersionStore(_shape, _layout, segments, firstOpen);
    }

    /// <summary>Gives all segments the lowest numbers, in the order they have. No merge may be under way.</summary>
    /// <remarks>Versions before hold the old index and the old numbers: the index has to be copied.</remarks>
    /// <param name="changes">Changed rows, whose numbers after are brought up to date.</param>
    /// <returns>The new number of a row.</returns>
    public Func<int, int> Renumber(List<(int Old, int New)> changes)
    {
        int[] numbers = new int[_count];
        Array.Fill(numbers, -1);
        var states = new SegmentState?[(All.Count() * 2) + 8];
        int count = 0;
        foreach ((int number, SegmentState state) in All)
        {
            numbers[number] = count;
            states[count++] = state;
        }

        _open = numbers[_open];
        _states = states;
        _count = count;
        _views = new LiveSegment?[states.Length];
        for (int number = 0; number < count; number++) { Put(number, states[number]!); }

        _last = new PreviousRows(_open, _openRows);
        _states[_open]!.Previous = _last;
        Rows = View();
        for (int pair = 0; pair < changes.Count; pair++)
        {
            if (changes[pair].New >= 0) { changes[pair] = (changes[pair].Old, NumberOf(changes[pair].New)); }
        }

        return NumberOf;

        int NumberOf(int row)
        {
            int segment = row >> CompactSegment.RowBits;
            return segment < numbers.Length && numbers[segment] >= 0
                ? numbers[segment] << CompactSegment.RowBits | (row & PlaceMask)
                : int.MaxValue;
        }
    }

    /// <summary>Bytes by part.</summary>
    public TableMemory Memory(long indexBytes)
    {
        var memory = new TableMemory(0, 0, 0, indexBytes);
        var pools = new HashSet<StringPool>(ReferenceEqualityComparer.Instance);
        foreach ((_, SegmentState state) in All)
        {
            long links = state.IsOpen ? state.Rows.Capacity * 4L : 0;
            memory = memory with
            {
                Columns = memory.Columns + state.Rows.ColumnBytes,
                Strings = memory.Strings + state.Rows.StringBytes,
                Rows = memory.Rows + state.Rows.ObjectBytes + links,
                Deleted = memory.Deleted + state.DeletedBytes,
            };
            foreach (EncodedColumn column in state.Rows.Columns ?? [])
            {
                if (column.Pool is { } pool && pools.Add(pool)) { memory = memory with { Strings = memory.Strings + pool.SizeInBytes }; }
            }
        }

        return memory;
    }

    private int Add(SegmentState state)
    {
        int number = _count++;
        if (number == _states.Length)
        {
            Array.Resize(ref _states, _states.Length * 2);
            Array.Resize(ref _views, _states.Length);
        }

        // An encoded segment is not read by row objects' capacity: its links are as many as its rows.
        _last = _last.Append(number, state.Rows.Capacity);
        state.Previous = _last;
        state.IsOpen = true;
        Put(number, state);
        Rows = View();
        return number;
    }

    private void Put(int number, SegmentState state)
    {
        _states[number] = state;
        _views[number] = new LiveSegment(state.Rows, state.Rows.Capacity, 0, default);
    }

    private CompactVersionStore View() => new(_shape, _layout, _views, previous: null);
}
