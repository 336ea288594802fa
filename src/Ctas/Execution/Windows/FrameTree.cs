using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Windows;

/// <summary>Any aggregate over frames, by a tree of partial aggregates over the sorted rows.</summary>
/// <remarks>
/// <code>
/// level 1   [          0           ][          1           ]     a node covers 16 nodes of the level below
/// level 0   [ 0 ][ 1 ] …            [16 ][17 ] …                 a node covers 16 positions
/// frame          ──rows─┤ nodes of level 0, 1, 0 ├─rows──
/// </code>
/// Frames are computed some thousand at a time: all of them take their first rows, then their first nodes of level 0 and
/// so on, always from left to right, so that also aggregates that depend on the order come out right. Source: Leis et
/// al., Efficient Processing of Window Functions in Analytical SQL Queries, VLDB 2015.
/// </remarks>
internal sealed class FrameTree
{
    private const int FanOutBits = 4;
    private const int FanOut = 1 << FanOutBits;
    private const int PortionRows = 2048;
    private const int MaxPairs = 1 << 16;

    private readonly Column[] _arguments;
    private readonly int[] _before;
    private readonly List<Accumulator> _levels = [];

    /// <param name="arguments">The rows that count, sorted.</param>
    /// <param name="before">How many rows that count lie before each position.</param>
    /// <param name="create">Makes a fresh state.</param>
    private FrameTree(Column[] arguments, int[] before, Func<Accumulator> create)
    {
        _arguments = arguments;
        _before = before;
        int rowCount = before[^1];
        if (create().Copy([]) is null) { return; }

        int nodes = NodesOver(rowCount);
        Accumulator level = create();
        level.Add(arguments, Parents(rowCount), nodes);
        while (nodes > 1)
        {
            _levels.Add(level);
            int above = NodesOver(nodes);
            Accumulator next = create();
            next.Merge(level.Copy(RowNumbersTo(nodes))!, Parents(nodes), above);
            level = next;
            nodes = above;
        }
    }

    /// <summary>Computes an aggregate over all frames.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="arguments">A column for each argument, a row for each row (not position).</param>
    /// <param name="filter">Only rows for which it is TRUE count; null: all.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="create">Makes a fresh state.</param>
    public static FrameResult Compute(
        SortedRows rows,
        Column[] arguments,
        FixedColumn<bool>? filter,
        FrameBounds frames,
        Func<Accumulator> create)
    {
        var before = new int[rows.Count + 1];
        for (int position = 0; position < rows.Count; position++)
        {
            before[position + 1] = before[position] + (filter is null || filter.Values[rows.Order[position]] ? 1 : 0);
        }

        int[] order = filter is null ? rows.Order : Array.FindAll(rows.Order, row => filter.Values[row]);
        var tree = new FrameTree([.. arguments.Select(argument => argument.Gather(order))], before, create);
        Bitmap? failed = null;
        ExecutionException? first = null;
        ColumnAccumulator? results = null;
        for (int start = 0; start < rows.Count;)
        {
            int end = tree.PortionEnd(start, frames);
            Accumulator state = create();
            tree.AddFrames(state, frames, start, end);
            Column portion = state.Finish(end - start);
            results ??= ColumnAccumulator.Create(portion.Type);
            results.Append(portion);
            if (state.Failures is { } failures)
            {
                first ??= failures.First;
                failed ??= new Bitmap(rows.Count);
                for (int frame = 0; frame < end - start; frame++)
                {
                    if (failures.Groups[frame]) { failed[rows.Order[start + frame]] = true; }
                }
            }

            start = end;
        }

        Column values = results is null ? create().Finish(0) : results.View().Gather(PositionOfRow(rows.Order));
        return new FrameResult(values, failed is null ? null : new GroupFailures(failed, first!));
    }

    private static int[] PositionOfRow(int[] order)
    {
        var positions = new int[order.Length];
        for (int position = 0; position < order.Length; position++) { positions[order[position]] = position; }

        return positions;
    }

    private static int NodesOver(int count) => (count + FanOut - 1) >> FanOutBits;

    private static int[] Parents(int count)
    {
        var parents = new int[count];
        for (int child = 0; child < count; child++) { parents[child] = child >> FanOutBits; }

        return parents;
    }

    private static int[] RowNumbersTo(int count)
    {
        var numbers = new int[count];
        for (int number = 0; number < count; number++) { numbers[number] = number; }

        return numbers;
    }

    /// <summary>Without a tree, fewer frames are taken at a time when they are long.</summary>
    private int PortionEnd(int start, FrameBounds frames)
    {
        int limit = Math.Min(frames.Starts.Length, start + PortionRows);
        if (_levels.Count > 0) { return limit; }

        int end = start;
        for (long pairs = 0; end < limit && (end == start || pairs < MaxPairs); end++)
        {
            pairs += frames.Ends[end] - frames.Starts[end];
        }

        return end;
    }

    private void AddFrames(Accumulator state, FrameBounds frames, int start, int end)
    {
        for (int piece = 0; piece < frames.MaxPieces; piece++)
        {
            var spans = new Span[end - start];
            for (int frame = 0; frame < spans.Length; frame++)
            {
                (int first, int last) = frames.HasHoles
                    ? frames.Piece(start + frame, piece)
                    : (frames.Starts[start + frame], frames.Ends[start + frame]);
                spans[frame] = new Span(_before[first], _before[last]);
            }

            AddLevel(state, spans, level: -1);
        }
    }

    /// <summary>Adds children [Start, End) of a level (rows: −1): those at the edges, and in between whole parents.</summary>
    private void AddLevel(Accumulator state, Span[] spans, int level)
    {
        var left = new Pairs();
        var right = new Pairs();
        bool isTop = level == _levels.Count - 1;
        bool hasInner = false;
        for (int frame = 0; frame < spans.Length; frame++)
        {
            (int start, int end) = spans[frame];
            int innerStart = Math.Min(end, (start + FanOut - 1) & ~(FanOut - 1));
            int innerEnd = Math.Max(innerStart, end & ~(FanOut - 1));
            if (isTop) { innerStart = innerEnd = end; }

            left.Add(start, innerStart, frame);
            right.Add(innerEnd, end, frame);
            spans[frame] = innerEnd > innerStart
                ? new Span(innerStart >> FanOutBits, innerEnd >> FanOutBits)
                : default;
            hasInner |= innerEnd > innerStart;
        }

        Add(state, left, level, spans.Length);
        if (hasInner) { AddLevel(state, spans, level + 1); }

        Add(state, right, level, spans.Length);
    }

    private void Add(Accumulator state, Pairs pairs, int level, int frameCount)
    {
        if (pairs.Count == 0) { return; }

        if (level >= 0)
        {
            state.Merge(_levels[level].Copy(pairs.Children)!, pairs.Frames, frameCount);
            return;
        }

        var arguments = new Column[_arguments.Length];
        for (int argument = 0; argument < arguments.Length; argument++)
        {
            arguments[argument] = _arguments[argument].Gather(pairs.Children);
        }

        state.Add(arguments, pairs.Frames, frameCount);
    }

    private readonly record struct Span(int Start, int End);

    /// <summary>Which children belong to which frames.</summary>
    private sealed class Pairs
    {
        private readonly List<int> _children = [];
        private readonly List<int> _frames = [];

        public int Count => _children.Count;

        public ReadOnlySpan<int> Children => CollectionsMarshal.AsSpan(_children);

        public ReadOnlySpan<int> Frames => CollectionsMarshal.AsSpan(_frames);

        public void Add(int start, int end, int frame)
        {
            for (int child = start; child < end; child++)
            {
                _children.Add(child);
                _frames.Add(frame);
            }
        }
    }
}
