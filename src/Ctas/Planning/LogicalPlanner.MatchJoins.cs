using System.Diagnostics;
using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    private static Lowered LowerMatchJoin(BoundMatchJoin join, Request request)
    {
        HashSet<ColumnSymbol> leftColumns = [.. join.Left.ReadableColumns];
        HashSet<ColumnSymbol> rightColumns = [.. join.Right.ReadableColumns];
        JoinConditions conditions = Distribute(join, request.Conditions, leftColumns, rightColumns);
        BoundBinary? comparison = join.Comparison as BoundBinary;

        // Only a comparison that decides alone can be looked up; beside other conditions it is tried pair by pair.
        bool isLookup = comparison is { Operator: BoundOperator.Equal }
            && conditions.Keys.Count == 0 && conditions.Residual.Count == 0
            && comparison.Left.Columns().IsSubsetOf(leftColumns) && comparison.Right.Columns().IsSubsetOf(rightColumns);
        if (isLookup) { conditions.Keys.Add((comparison!.Left, comparison.Right)); }

        BoundExpression[] tried = comparison is null || isLookup
            ? [.. conditions.Residual]
            : [.. conditions.Residual, comparison];
        HashSet<ColumnSymbol> read = new Request(request.Columns, [.. tried, .. conditions.Above]).AllColumns();
        AddKeyColumns(conditions, read);
        Lowered left = Lower(join.Left, new Request([.. read.Where(leftColumns.Contains)], conditions.Left));
        Lowered right = Lower(join.Right, new Request([.. read.Where(rightColumns.Contains)], conditions.Right));

        Dictionary<ColumnSymbol, int> both = SideBySide(left, right);
        ScalarExpression? residual = Conjunction(conditions.Residual, both);
        if (comparison is not null && !isLookup)
        {
            ScalarExpression open = Lower(comparison, both);
            residual = residual is null
                ? open
                : new CaseExpression(
                    [new CaseBranch(residual, open)], new ConstantExpression(false, DataType.Boolean), DataType.Boolean);
        }

        var plan = new LogicalJoin(
            Kind(join.Kind),
            left.Plan,
            right.Plan,
            [.. conditions.Keys.Select(key => Lower(key.Left, left.Ordinals))],
            [.. conditions.Keys.Select(key => Lower(key.Right, right.Ordinals))],
            residual,
            MatchSchema(join, left.Plan.Schema),
            join.Kind == BoundMatchKind.Semi && IsAppendOnly(left, right) ? ChangeKind.AppendOnly : ChangeKind.Retract)
        {
            IsNullAware = comparison is not null,
        };
        Dictionary<ColumnSymbol, int> ordinals = new(left.Ordinals);
        if (join.Mark is not null) { ordinals[join.Mark] = left.Plan.Schema.Fields.Count; }

        return WithConditions(new Lowered(plan, ordinals), conditions.Above);
    }

    private static JoinConditions Distribute(
        BoundMatchJoin join,
        IReadOnlyList<BoundExpression> asked,
        HashSet<ColumnSymbol> left,
        HashSet<ColumnSymbol> right)
    {
        var conditions = new JoinConditions();
        foreach (BoundExpression conjunct in join.Condition?.Conjuncts() ?? [])
        {
            bool isSafe = !ExpressionRisks.CanRaise(conjunct);
            HashSet<ColumnSymbol> columns = conjunct.Columns();
            if (isSafe && columns.Count > 0 && columns.IsSubsetOf(right)) { conditions.Right.Add(conjunct); }
            else if (isSafe && join.Kind == BoundMatchKind.Semi && columns.Count > 0 && columns.IsSubsetOf(left))
            {
                conditions.Left.Add(conjunct);
            }
            else { AddMatch(conditions, conjunct, left, right); }
        }

        // Whether a row has a match depends on nothing but the row: it may be dropped before.
        foreach (BoundExpression condition in asked)
        {
            bool isLeft = !ExpressionRisks.CanRaise(condition) && condition.Columns() is { Count: > 0 } columns
                && columns.IsSubsetOf(left);
            (isLeft ? conditions.Left : conditions.Above).Add(condition);
        }

        return conditions;
    }

    private static Schema MatchSchema(BoundMatchJoin join, Schema left) => join.Mark is null
        ? left
        : new Schema([.. left.Fields, AsField(join.Mark)], [.. left.Key]);

    private static JoinKind Kind(BoundMatchKind kind) => kind switch
    {
        BoundMatchKind.Semi => JoinKind.Semi,
        BoundMatchKind.Anti => JoinKind.Anti,
        BoundMatchKind.Mark => JoinKind.Mark,
        _ => throw new UnreachableException($"No rule for {kind}."),
    };
}
