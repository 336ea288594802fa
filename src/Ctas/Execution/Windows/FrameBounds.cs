using System.Diagnostics;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>The frame of every position: positions [Start, End), less what is left out. Immutable.</summary>
/// <remarks>Both bounds ascend with the positions of a partition. Cost O(rows), whatever the frames hold.</remarks>
internal sealed class FrameBounds
{
    private readonly FrameExclusion _exclusion;
    private readonly int[] _peerStarts;
    private readonly int[] _peerOf;

    private FrameBounds(int[] starts, int[] ends, FrameExclusion exclusion, int[] peerStarts, int[] peerOf)
    {
        Starts = starts;
        Ends = ends;
        _exclusion = exclusion;
        _peerStarts = peerStarts;
        _peerOf = peerOf;
    }

    /// <summary>First position of each frame.</summary>
    public int[] Starts { get; }

    /// <summary>End of each frame, exclusive; not before its start.</summary>
    public int[] Ends { get; }

    /// <summary>True when frames have holes, so that <see cref="Piece"/> tells them.</summary>
    public bool HasHoles => _exclusion != FrameExclusion.NoOthers;

    /// <summary>Most pieces a frame has.</summary>
    public int MaxPieces => _exclusion switch
    {
        FrameExclusion.NoOthers => 1,
        FrameExclusion.Ties => 3,
        _ => 2,
    };

    /// <summary>The frames of all positions.</summary>
    /// <param name="frame">What was written.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="rangeKey">A value for each row (not position), where the frame has a range key.</param>
    /// <param name="isDescending">Direction of the range key.</param>
    public static FrameBounds Of(WindowFrame frame, SortedRows rows, Column? rangeKey, bool isDescending)
    {
        int[] peerOf = PeerOfEach(rows);
        RangeKeys? keys = rangeKey is null ? null : RangeKeys.Of(rangeKey, rows.Order, isDescending);
        var starts = new int[rows.Count];
        var ends = new int[rows.Count];
        for (int partition = 0; partition < rows.PartitionCount; partition++)
        {
            var range = new Partition(
                rows.PartitionStarts[partition], rows.PartitionStarts[partition + 1], rows.PeerStarts, peerOf, keys);
            range.Fill(starts, frame.Unit, frame.Start, isEnd: false);
            range.Fill(ends, frame.Unit, frame.End, isEnd: true);
        }

        for (int position = 0; position < ends.Length; position++)
        {
            ends[position] = Math.Max(starts[position], ends[position]);
        }

        return new FrameBounds(starts, ends, frame.Exclusion, rows.PeerStarts, peerOf);
    }

    /// <summary>One piece of a frame, in order; empty pieces are possible.</summary>
    public (int Start, int End) Piece(int position, int piece)
    {
        int start = Starts[position];
        int end = Ends[position];
        int peers = _peerOf[position];
        (int holeStart, int holeEnd) = _exclusion switch
        {
            FrameExclusion.NoOthers => (end, end),
            FrameExclusion.CurrentRow => (position, position + 1),
            _ => (_peerStarts[peers], _peerStarts[peers + 1]),
        };
        holeStart = Math.Clamp(holeStart, start, end);
        holeEnd = Math.Clamp(holeEnd, start, end);
        if (piece == 0) { return (start, holeStart); }

        // Without ties, the current row itself stays where the frame has it.
        bool isSelf = piece == 1 && _exclusion == FrameExclusion.Ties;
        if (!isSelf) { return (holeEnd, end); }

        return position >= start && position < end ? (position, position + 1) : (end, end);
    }

    private static int[] PeerOfEach(SortedRows rows)
    {
        var peerOf = new int[rows.Count];
        for (int peers = 0; peers < rows.PeerStarts.Length - 1; peers++)
        {
            peerOf.AsSpan(rows.PeerStarts[peers]..rows.PeerStarts[peers + 1]).Fill(peers);
        }

        return peerOf;
    }

    /// <summary>The bounds within one partition.</summary>
    private readonly struct Partition(int start, int end, int[] peerStarts, int[] peerOf, RangeKeys? keys)
    {
        public void Fill(int[] bounds, FrameUnit unit, FrameBound bound, bool isEnd)
        {
            switch (bound.Kind)
            {
                case FrameBoundKind.UnboundedPreceding: bounds.AsSpan(start..end).Fill(start); break;
                case FrameBoundKind.UnboundedFollowing: bounds.AsSpan(start..end).Fill(end); break;
                case FrameBoundKind.CurrentRow: FillCurrent(bounds, unit, isEnd); break;
                case FrameBoundKind.Preceding or FrameBoundKind.Following when unit == FrameUnit.Range:
                    keys!.Fill(
                        bounds, start, end, bound.Offset!.Value!, bound.Kind == FrameBoundKind.Preceding, isEnd,
                        peerStarts, peerOf);
                    break;
                default:
                    long offset = (long)bound.Offset!.Value!;
                    long distance = bound.Kind == FrameBoundKind.Preceding
                        ? -Math.Min(offset, bounds.Length)
                        : Math.Min(offset, bounds.Length);
                    FillCounted(bounds, unit, (int)distance, isEnd);
                    break;
            }
        }

        private void FillCurrent(int[] bounds, FrameUnit unit, bool isEnd)
        {
            for (int position = start; position < end; position++)
            {
                int peers = peerOf[position] + (isEnd ? 1 : 0);
                bounds[position] = unit == FrameUnit.Rows ? position + (isEnd ? 1 : 0) : peerStarts[peers];
            }
        }

        private void FillCounted(int[] bounds, FrameUnit unit, int distance, bool isEnd)
        {
            int after = isEnd ? 1 : 0;
            int firstPeers = start < end ? peerOf[start] : 0;
            int lastPeers = start < end ? peerOf[end - 1] + 1 : 0;
            for (int position = start; position < end; position++)
            {
                long at = unit switch
                {
                    FrameUnit.Rows => (long)position + distance + after,
                    FrameUnit.Groups =>
                        peerStarts[Math.Clamp((long)peerOf[position] + distance + after, firstPeers, lastPeers)],
                    _ => throw new UnreachableException($"No rule for {unit}."),
                };
                bounds[position] = (int)Math.Clamp(at, start, end);
            }
        }
    }
}
