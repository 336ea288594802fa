using System.Diagnostics;
using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

/// <content>Functions over windows.</content>
internal static partial class LogicalPlanner
{
    private static Lowered LowerWindows(BoundWindows windows, Request request)
    {
        Dictionary<ColumnSymbol, BoundWindowCall> calls =
            windows.Calls.ToDictionary(call => call.Column, call => (BoundWindowCall)call.Expression);

        // A condition on what every window partitions by drops whole partitions, so it may go below.
        bool IsOfPartitions(BoundExpression condition) => !ExpressionRisks.CanRaise(condition) && EqualValues.AreKeptBy(condition)
            && condition.Columns() is { Count: > 0 } columns
            && columns.All(column => calls.Values.All(
                call => call.Window.PartitionBy.Any(key => key is BoundColumn known && known.Column == column)));
        BoundExpression[] below = [.. request.Conditions.Where(IsOfPartitions)];
        BoundExpression[] above = [.. request.Conditions.Where(condition => !IsOfPartitions(condition))];

        HashSet<ColumnSymbol> needed = new Request(request.Columns, above).AllColumns();
        List<BoundProjection> kept = [.. windows.Calls.Where(call => needed.Contains(call.Column))];
        HashSet<ColumnSymbol> read = [.. needed.Where(column => !calls.ContainsKey(column))];
        foreach (BoundProjection call in kept) { call.Expression.AddColumnsTo(read); }

        Lowered lowered = Lower(windows.Input, new Request(read, below));

        // One sort serves all that share partitions and order. The limited ones come last: nothing else sees their rows.
        (ColumnSymbol Column, long Rows)? limit = above.Select(RowLimit).FirstOrDefault(
            found => found is { } known && calls.TryGetValue(known.Column, out BoundWindowCall? call)
                && call.Function == "ROW_NUMBER");
        IEnumerable<BoundProjection[]> nodes = kept
            .GroupBy(call => Specification((BoundWindowCall)call.Expression))
            .Select(group => group.ToArray())
            .OrderBy(group => limit is { } known && group.Any(call => call.Column == known.Column) ? 1 : 0);
        foreach (BoundProjection[] node in nodes)
        {
            bool isLimited = limit is { } known && node.Any(call => call.Column == known.Column)
                && node.All(call => calls[call.Column].Function is "ROW_NUMBER" or "RANK" or "DENSE_RANK");
            lowered = WithWindow(lowered, node, isLimited ? Math.Max(0, limit!.Value.Rows) : null);
        }

        lowered = WithConditions(lowered, above);
        return limit is { Rows: 1 } first ? OneOfEach(lowered, calls[first.Column].Window) : lowered;
    }

    /// <summary>Where one row of each partition is left, the columns that partition tell rows apart.</summary>
    private static Lowered OneOfEach(Lowered lowered, BoundWindow window)
    {
        bool isOfColumns = window.PartitionBy.Count > 0 && window.PartitionBy.All(key => key is BoundColumn);
        if (!isOfColumns) { return lowered; }

        int[] key = [.. window.PartitionBy.Select(column => lowered.Ordinals[((BoundColumn)column).Column])];
        return lowered with { Plan = lowered.Plan with { Schema = lowered.Plan.Schema.WithKey(key) } };
    }

    private static (BoundList<BoundExpression> PartitionBy, BoundList<BoundSortKey> OrderBy) Specification(
        BoundWindowCall call) => (call.Window.PartitionBy, call.Window.OrderBy);

    private static Lowered WithWindow(Lowered input, BoundProjection[] node, long? rowLimit)
    {
        BoundWindow window = ((BoundWindowCall)node[0].Expression).Window;
        Schema schema = new(
            [.. input.Plan.Schema.Fields, .. node.Select(call => AsField(call.Column))], input.Plan.Schema.Key.AsSpan());
        Dictionary<ColumnSymbol, int> ordinals = new(input.Ordinals);
        for (int i = 0; i < node.Length; i++)
        {
            ordinals[node[i].Column] = input.Plan.Schema.Fields.Count + i;
        }

        var plan = new LogicalWindow(
            input.Plan,
            [.. window.PartitionBy.Select(key => Lower(key, input.Ordinals))],
            [.. window.OrderBy.Select(
                key => new SortKey(Lower(key.Expression, input.Ordinals), key.IsDescending, key.NullsFirst))],
            [.. node.Select(call => LowerWindowCall((BoundWindowCall)call.Expression, input.Ordinals))],
            schema)
        {
            RowLimit = rowLimit,
        };
        return new Lowered(plan, ordinals);
    }

    /// <summary>The column and the greatest value that a condition lets pass; null when it is none of that kind.</summary>
    private static (ColumnSymbol Column, long Rows)? RowLimit(BoundExpression condition) => condition switch
    {
        BoundBinary { Left: BoundColumn c, Right: BoundConstant { Value: long n } } e => e.Operator switch
        {
            BoundOperator.LessOrEqual or BoundOperator.Equal => (c.Column, n),
            BoundOperator.Less when n > long.MinValue => (c.Column, n - 1),
            _ => null,
        },
        BoundBinary { Left: BoundConstant { Value: long n }, Right: BoundColumn c } e => e.Operator switch
        {
            BoundOperator.GreaterOrEqual or BoundOperator.Equal => (c.Column, n),
            BoundOperator.Greater when n > long.MinValue => (c.Column, n - 1),
            _ => null,
        },
        _ => null,
    };

    private static WindowCall LowerWindowCall(
        BoundWindowCall call, IReadOnlyDictionary<ColumnSymbol, int> ordinals)
    {
        BoundFrame frame = call.Window.Frame;
        ScalarExpression? rangeKey = frame.RangeKey is null ? null : Lower(frame.RangeKey, ordinals);
        return new WindowCall(
            call.Function,
            call.Aggregate is null ? null : LowerAggregate(call.Aggregate, ordinals),
            [.. call.Arguments.Select(argument => Lower(argument, ordinals))],
            new WindowFrame(
                Unit(frame.Unit), Bound(frame.Start), Bound(frame.End), Exclusion(frame.Exclusion), rangeKey),
            StoredType(call.Type))
        {
            IgnoresNulls = call.IgnoresNulls,
        };
    }

    private static FrameBound Bound(BoundFrameBound bound) => new(
        bound.Kind switch
        {
            BoundFrameBoundKind.UnboundedPreceding => FrameBoundKind.UnboundedPreceding,
            BoundFrameBoundKind.Preceding => FrameBoundKind.Preceding,
            BoundFrameBoundKind.CurrentRow => FrameBoundKind.CurrentRow,
            BoundFrameBoundKind.Following => FrameBoundKind.Following,
            BoundFrameBoundKind.UnboundedFollowing => FrameBoundKind.UnboundedFollowing,
            _ => throw new UnreachableException($"No rule for {bound.Kind}."),
        },
        bound.Offset is null ? null : new ConstantExpression(bound.Offset.Value, bound.Offset.Type));

    private static FrameUnit Unit(BoundFrameUnit unit) => unit switch
    {
        BoundFrameUnit.Rows => FrameUnit.Rows,
        BoundFrameUnit.Range => FrameUnit.Range,
        BoundFrameUnit.Groups => FrameUnit.Groups,
        _ => throw new UnreachableException($"No rule for {unit}."),
    };

    private static FrameExclusion Exclusion(BoundFrameExclusion exclusion) => exclusion switch
    {
        BoundFrameExclusion.NoOthers => FrameExclusion.NoOthers,
        BoundFrameExclusion.CurrentRow => FrameExclusion.CurrentRow,
        BoundFrameExclusion.Group => FrameExclusion.Group,
        BoundFrameExclusion.Ties => FrameExclusion.Ties,
        _ => throw new UnreachableException($"No rule for {exclusion}."),
    };
}
