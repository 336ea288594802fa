using System.Diagnostics;
using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

/// <content>Windows of event time.</content>
internal static partial class LogicalPlanner
{
    private static Lowered LowerTimeWindow(BoundTimeWindow window, Request request)
    {
        HashSet<ColumnSymbol> own = window.End is null ? [window.Start] : [window.Start, window.End];

        // Only conditions on keys of the groups come here; they leave the rows of one session together.
        BoundExpression[] below =
            [.. request.Conditions.Where(c => !ExpressionRisks.CanRaise(c) && c.Columns().Count > 0 && !c.Columns().Overlaps(own))];
        BoundExpression[] above = [.. request.Conditions.Except(below)];
        HashSet<ColumnSymbol> read = new Request(request.Columns, above).AllColumns();
        read.ExceptWith(own);
        foreach (BoundExpression expression in window.Keys.Prepend(window.Time)) { expression.AddColumnsTo(read); }

        Lowered input = Lower(window.Input, new Request(read, below));
        int width = input.Plan.Schema.Fields.Count;
        Dictionary<ColumnSymbol, int> ordinals = new(input.Ordinals) { [window.Start] = width };
        if (window.End is not null) { ordinals[window.End] = width + 1; }

        // In several windows, a row is told apart by the window's start.
        OrdinalList inputKey = input.Plan.Schema.Key;
        bool isHopping = window.Kind == BoundTimeWindowKind.Hopping;
        int[] key = isHopping && inputKey.Count > 0 ? [.. inputKey, width] : [.. inputKey];
        bool isStreaming = input.Plan.Kind == ChangeKind.AppendOnly && window.Kind != BoundTimeWindowKind.Session;
        var plan = new LogicalTimeWindow(
            input.Plan,
            Kind(window.Kind),
            Lower(window.Time, input.Ordinals),
            window.Size,
            window.Advance,
            [.. window.Keys.Select(expression => Lower(expression, input.Ordinals))],
            new Schema([.. input.Plan.Schema.Fields, .. own.Select(AsField)], key),
            isStreaming ? ChangeKind.AppendOnly : ChangeKind.Retract)
        {
            Grace = window.Grace,
        };
        return WithConditions(new Lowered(plan, ordinals), above);
    }

    private static Lowered LowerRetention(BoundRetention retention, Request request)
    {
        HashSet<ColumnSymbol> read = request.AllColumns();
        read.Add(retention.Time);
        Lowered input = Lower(retention.Input, new Request(read, []));
        ScalarExpression time = Lower(new BoundColumn(retention.Time), input.Ordinals);
        return WithConditions(
            new Lowered(new LogicalRetention(input.Plan, time, retention.Length, retention.Now), input.Ordinals), request.Conditions);
    }

    private static TimeWindowKind Kind(BoundTimeWindowKind kind) => kind switch
    {
        BoundTimeWindowKind.Tumbling => TimeWindowKind.Tumbling,
        BoundTimeWindowKind.Hopping => TimeWindowKind.Hopping,
        BoundTimeWindowKind.Session => TimeWindowKind.Session,
        _ => throw new UnreachableException($"No rule for {kind}."),
    };
}
