using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Finds out which columns of the results of joins are read by the nodes above them.</summary>
internal sealed class ColumnReaders
{
    private readonly Dictionary<LogicalPlan, bool[]> _isRead = new(ReferenceEqualityComparer.Instance);

    /// <summary>Goes through a plan whose own columns are all read.</summary>
    public ColumnReaders(LogicalPlan plan) => Visit(plan, All(plan));

    /// <summary>Whether each column of a join's result is read; null: all are.</summary>
    public bool[]? Of(LogicalPlan join) => _isRead.GetValueOrDefault(join);

    private void Visit(LogicalPlan plan, bool[] isRead)
    {
        switch (plan)
        {
            case LogicalProject or LogicalAggregate:
                Visit(plan.Children[0], WithExpressions(plan, new bool[plan.Children[0].Schema.Fields.Count]));
                break;
            case LogicalFilter filter:
                Visit(filter.Input, WithExpressions(filter, [.. isRead]));
                break;
            case LogicalJoin { Join: JoinKind.Inner or JoinKind.Left or JoinKind.Right or JoinKind.Full or JoinKind.Cross } join:
                VisitJoin(join, isRead);
                break;
            default:
                foreach (LogicalPlan child in plan.Children) { Visit(child, All(child)); }

                break;
        }
    }

    private void VisitJoin(LogicalJoin join, bool[] isRead)
    {
        if (_isRead.TryGetValue(join, out bool[]? known))
        {
            isRead = [.. known.Zip(isRead, (first, second) => first | second)];
        }

        _isRead[join] = isRead;
        int leftCount = join.Left.Schema.Fields.Count;
        bool[] inside = [.. isRead];
        if (join.Residual is not null) { Mark(join.Residual, inside); }

        bool[] left = inside[..leftCount];
        bool[] right = inside[leftCount..];
        foreach (ScalarExpression key in join.LeftKeys) { Mark(key, left); }

        foreach (ScalarExpression key in join.RightKeys) { Mark(key, right); }

        Visit(join.Left, left);
        Visit(join.Right, right);
    }

    private static bool[] All(LogicalPlan plan) => [.. plan.Schema.Fields.Select(_ => true)];

    private static bool[] WithExpressions(LogicalPlan plan, bool[] isRead)
    {
        plan.MapExpressions(expression =>
        {
            Mark(expression, isRead);
            return expression;
        });
        return isRead;
    }

    private static void Mark(ScalarExpression expression, bool[] isRead)
    {
        if (expression is ColumnReference column && column.Ordinal < isRead.Length) { isRead[column.Ordinal] = true; }

        foreach (ScalarExpression operand in expression.Operands) { Mark(operand, isRead); }
    }
}
