using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    /// <summary>
    /// Puts filters on top: first the conditions that cannot raise an error, so that the others see fewer rows.
    /// </summary>
    private static Lowered WithConditions(Lowered input, IReadOnlyList<BoundExpression> conditions)
    {
        Lowered safe = WithFilter(input, [.. conditions.Where(condition => !ExpressionRisks.CanRaise(condition))]);
        return WithFilter(safe, [.. conditions.Where(ExpressionRisks.CanRaise)]);
    }

    private static Lowered WithFilter(Lowered input, BoundExpression[] conditions)
    {
        if (Conjunction(conditions, input.Ordinals) is not { } predicate) { return input; }

        return input with { Plan = new LogicalFilter(input.Plan, predicate, input.Plan.Kind) };
    }

    /// <summary>The conditions as one, without those that are always TRUE; null for none.</summary>
    private static ScalarExpression? Conjunction(
        IEnumerable<BoundExpression> conditions, IReadOnlyDictionary<ColumnSymbol, int> ordinals)
    {
        ScalarExpression? all = null;
        foreach (BoundExpression condition in conditions)
        {
            ScalarExpression next = Lower(condition, ordinals);
            if (next is ConstantExpression { Value: true }) { continue; }

            all = all is null ? next : new BinaryExpression(BinaryOperator.And, all, next, DataType.Boolean);
        }

        return all;
    }
}
