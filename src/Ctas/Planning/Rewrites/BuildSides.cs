namespace Ctas.Planning.Rewrites;

/// <summary>Swaps the inputs of joins so that the smaller one is built, which is always the right one.</summary>
internal sealed class BuildSides(Cardinality cardinality)
{
    // A swap is worth its while only when the sides differ clearly; estimates are rough.
    private const double Clearly = 1.25;
    private const double SmallTable = 1_000_000;

    /// <summary>Chooses the build side of every join.</summary>
    public LogicalPlan Apply(LogicalPlan plan) => Apply(plan, isFree: true);

    private LogicalPlan Apply(LogicalPlan plan, bool isFree)
    {
        bool swaps = isFree && plan is LogicalJoin { LeftKeys.Count: > 0 } join && IsLeftSmaller(join);
        bool isFreeBelow = RowOrder.IsFreeBelow(plan, isFree);
        LogicalPlan mapped = PlanTree.MapChildren(plan, child => Apply(child, isFreeBelow));
        return swaps ? Swapped((LogicalJoin)mapped) : mapped;
    }

    private bool IsLeftSmaller(LogicalJoin join)
    {
        if (join.Join is not (JoinKind.Inner or JoinKind.Left or JoinKind.Right or JoinKind.Full)
            || LogicalJoins.GoesByTime(join))
        {
            return false;
        }

        double? left = cardinality.Of(join.Left)?.Rows;
        double? right = cardinality.Of(join.Right)?.Rows;

        // What nobody knows the size of, a stream mostly, goes past a table that is known to fit.
        return right is null ? left < SmallTable : left * Clearly < right;
    }

    private static LogicalProject Swapped(LogicalJoin join)
    {
        int leftWidth = join.Left.Schema.Fields.Count;
        int rightWidth = join.Right.Schema.Fields.Count;
        int Moved(int ordinal) => ordinal < leftWidth ? ordinal + rightWidth : ordinal - leftWidth;
        JoinKind kind = join.Join switch
        {
            JoinKind.Left => JoinKind.Right,
            JoinKind.Right => JoinKind.Left,
            _ => join.Join,
        };
        LogicalJoin swapped = LogicalJoins.Create(
            kind,
            join.Right,
            join.Left,
            join.RightKeys,
            join.LeftKeys,
            join.Residual is null ? null : ExpressionTree.Renumber(join.Residual, Moved));
        return new LogicalProject(
            swapped,
            [.. join.Schema.Fields.Select((field, ordinal) => new ColumnReference(Moved(ordinal), field.Type))],
            join.Schema,
            join.Kind);
    }
}
