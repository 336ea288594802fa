using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    /// <summary>
    /// Puts filters on top: first the conditions that cannot raise an error, so that the others see fewer rows.
    /// </summary>
    private static Lowered WithConditions(Lowered input, IReadOnlyList<BoundExpression> conditions)
    {
        Lowered safe = WithFilter(input, [.. conditions.Where(condition => !CanRaise(condition))]);
        return WithFilter(safe, [.. conditions.Where(CanRaise)]);
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

    /// <summary>True when some row could make the expression fail. When in doubt, true.</summary>
    internal static bool CanRaise(BoundExpression expression)
    {
        bool canRaise = expression switch
        {
            BoundError or BoundColumn or BoundConstant or BoundNot or BoundIsNull or BoundCase or BoundInList => false,
            BoundField or BoundElement => false,
            BoundConstructor constructor => constructor.Kind == DataTypeKind.Map,
            BoundBinary binary => binary.Operator is BoundOperator.Add or BoundOperator.Subtract
                or BoundOperator.Multiply or BoundOperator.Divide or BoundOperator.Modulo,
            BoundCast cast => !cast.IsTry && !TypeRules.IsWidening(cast.Operand.Type, cast.Type),
            BoundLike like => like.Pattern is not BoundConstant,
            BoundFunction function => function.Function
                is not ("COALESCE" or "NULLIF" or "GREATEST" or "LEAST" or "UPPER" or "LOWER" or "LENGTH" or "TRIM"
                or "LTRIM" or "RTRIM" or "STARTS_WITH" or "EXTRACT"),
            _ => true,
        };
        return canRaise || expression.Operands().Any(CanRaise);
    }
}
