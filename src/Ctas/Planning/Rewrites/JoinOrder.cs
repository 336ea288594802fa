namespace Ctas.Planning.Rewrites;

/// <summary>
/// Joins in the order that makes the fewest rows on the way, building the smaller side; products of everything with
/// everything only where no condition connects the rest.
/// </summary>
/// <remarks>
/// Up to <see cref="MaxExact"/> relations the best order is found (Moerkotte and Neumann, VLDB 2006, over all subsets),
/// above that the cheapest next join is taken (Fegaras, DEXA 1998). The order as written stays unless another one is
/// clearly cheaper. Without sizes of all relations, all count the same: then only needless products are avoided.
/// </remarks>
internal sealed class JoinOrder(Cardinality cardinality)
{
    private const int MaxExact = 10;
    private const double WorthIt = 0.8;

    /// <summary>Orders the joins of a plan.</summary>
    public LogicalPlan Apply(LogicalPlan plan) => Apply(plan, isFree: true);

    private LogicalPlan Apply(LogicalPlan plan, bool isFree)
    {
        if (!isFree || !JoinGraph.IsFree(plan))
        {
            bool isFreeBelow = RowOrder.IsFreeBelow(plan, isFree);
            return PlanTree.MapChildren(plan, child => Apply(child, isFreeBelow));
        }

        var join = (LogicalJoin)WithRelations(plan);
        JoinGraph graph = JoinGraph.Of(join);
        if (graph.Relations.Count is < 3 or > JoinGraph.MaxRelations) { return join; }

        var costs = new JoinCosts(graph, cardinality);
        JoinTree best = graph.Relations.Count <= MaxExact ? ExactJoinOrder.Find(graph, costs) : GreedyJoinOrder.Find(graph, costs);
        return best.Cost < WorthIt * costs.OfWritten(join)
            ? Rebuilt(graph, best, join)
            : join;
    }

    /// <summary>The joins as they are, over relations whose own joins have been ordered.</summary>
    private LogicalPlan WithRelations(LogicalPlan plan) => JoinGraph.IsFree(plan)
        ? PlanTree.MapChildren(plan, WithRelations)
        : Apply(plan, isFree: true);

    private static LogicalProject Rebuilt(JoinGraph graph, JoinTree tree, LogicalJoin written)
    {
        (LogicalPlan plan, int[] columns) = Build(graph, tree);

        // The columns come as they were written; what reads them does not notice.
        var place = new int[columns.Length];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++) { place[columns[ordinal]] = ordinal; }

        return new LogicalProject(
            plan,
            [.. written.Schema.Fields.Select((field, ordinal) => new ColumnReference(place[ordinal], field.Type))],
            written.Schema,
            written.Kind);
    }

    /// <summary>The plan, and for each of its columns the ordinal it had among those of all relations.</summary>
    private static (LogicalPlan Plan, int[] Columns) Build(JoinGraph graph, JoinTree tree)
    {
        if (tree.Left is null || tree.Right is null) { return Relation(graph, JoinGraph.Members(tree.Relations).Single()); }

        (LogicalPlan left, int[] leftColumns) = Build(graph, tree.Left);
        (LogicalPlan right, int[] rightColumns) = Build(graph, tree.Right);
        int[] columns = [.. leftColumns, .. rightColumns];
        List<ScalarExpression> leftKeys = [];
        List<ScalarExpression> rightKeys = [];
        List<ScalarExpression> residual = [];
        foreach (JoinCondition condition in graph.Conditions.Where(c => IsDecidedHere(c, tree)))
        {
            if (graph.KeyBetween(condition, tree.Left.Relations, tree.Right.Relations) is { } key)
            {
                leftKeys.Add(Over(leftColumns, key.First));
                rightKeys.Add(Over(rightColumns, key.Second));
            }
            else { residual.Add(Over(columns, condition.Expression)); }
        }

        JoinKind kind = leftKeys.Count + residual.Count == 0 ? JoinKind.Cross : JoinKind.Inner;
        return (
            LogicalJoins.Create(kind, left, right, leftKeys, rightKeys, ExpressionTree.Conjunction(residual)), columns);
    }

    private static (LogicalPlan Plan, int[] Columns) Relation(JoinGraph graph, int relation)
    {
        LogicalPlan plan = graph.Relations[relation];
        int[] columns = [.. Enumerable.Range(graph.Start(relation), plan.Schema.Fields.Count)];
        IEnumerable<ScalarExpression> own = graph.Conditions
            .Where(condition => condition.Relations == 1UL << relation).Select(condition => Over(columns, condition.Expression));
        return (PlanTree.Filter(plan, own), columns);
    }

    /// <summary>A condition is asked by the first join that has all it reads; one that reads nothing, by the last.</summary>
    private static bool IsDecidedHere(JoinCondition condition, JoinTree tree) => condition.Relations == 0
        ? tree.IsRoot
        : JoinGraph.IsWithin(condition.Relations, tree.Relations)
            && !JoinGraph.IsWithin(condition.Relations, tree.Left!.Relations)
            && !JoinGraph.IsWithin(condition.Relations, tree.Right!.Relations);

    private static ScalarExpression Over(int[] columns, ScalarExpression expression) =>
        ExpressionTree.Renumber(expression, ordinal => Array.IndexOf(columns, ordinal));
}
