using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>What rewrites ask of expressions, and do with them.</summary>
internal static class ExpressionTree
{
    /// <summary>Replaces every part, operands first.</summary>
    public static ScalarExpression Rewrite(
        ScalarExpression expression, Func<ScalarExpression, ScalarExpression> rewrite)
    {
        IReadOnlyList<ScalarExpression> operands = expression.Operands;
        if (operands.Count == 0) { return rewrite(expression); }

        ScalarExpression[] rewritten = [.. operands.Select(operand => Rewrite(operand, rewrite))];
        bool isSame = rewritten.Zip(operands, ReferenceEquals).All(same => same);
        return rewrite(isSame ? expression : expression.WithOperands(rewritten));
    }

    /// <summary>The expression over other columns.</summary>
    public static ScalarExpression Renumber(ScalarExpression expression, Func<int, int> ordinal) =>
        Rewrite(expression, part => part is ColumnReference column ? column with { Ordinal = ordinal(column.Ordinal) } : part);

    /// <summary>The expression with its columns replaced by what they are computed from.</summary>
    public static ScalarExpression Substitute(
        ScalarExpression expression, IReadOnlyList<ScalarExpression> definitions) =>
        Rewrite(expression, part => part is ColumnReference column ? definitions[column.Ordinal] : part);

    /// <summary>Ordinals of the columns it reads.</summary>
    public static HashSet<int> Columns(ScalarExpression expression)
    {
        HashSet<int> columns = [];
        Collect(expression, columns);
        return columns;
    }

    /// <summary>a AND b AND c as a list.</summary>
    public static IReadOnlyList<ScalarExpression> Conjuncts(ScalarExpression? expression)
    {
        List<ScalarExpression> conjuncts = [];
        if (expression is not null) { AddParts(expression, BinaryOperator.And, conjuncts); }

        conjuncts.RemoveAll(conjunct => conjunct is ConstantExpression { Value: true });
        return conjuncts;
    }

    /// <summary>a OR b OR c as a list.</summary>
    public static IReadOnlyList<ScalarExpression> Disjuncts(ScalarExpression expression)
    {
        List<ScalarExpression> disjuncts = [];
        AddParts(expression, BinaryOperator.Or, disjuncts);
        return disjuncts;
    }

    private static void AddParts(ScalarExpression expression, BinaryOperator link, List<ScalarExpression> parts)
    {
        if (expression is BinaryExpression binary && binary.Operator == link)
        {
            AddParts(binary.Left, link, parts);
            AddParts(binary.Right, link, parts);
        }
        else { parts.Add(expression); }
    }

    /// <summary>The list as a AND b AND c; null of none.</summary>
    public static ScalarExpression? Conjunction(IEnumerable<ScalarExpression> conjuncts) =>
        Combine(conjuncts, BinaryOperator.And);

    /// <summary>The list as a OR b OR c; null of none.</summary>
    public static ScalarExpression? Disjunction(IEnumerable<ScalarExpression> disjuncts) =>
        Combine(disjuncts, BinaryOperator.Or);

    /// <summary>The conditions without those that say the same as an earlier one.</summary>
    public static List<ScalarExpression> Distinct(IEnumerable<ScalarExpression> conditions)
    {
        List<ScalarExpression> distinct = [];
        foreach (ScalarExpression condition in conditions)
        {
            if (!distinct.Exists(other => Same(other, condition))) { distinct.Add(condition); }
        }

        return distinct;
    }

    /// <summary>True when both are the same operations on the same columns. When in doubt, false.</summary>
    public static bool Same(ScalarExpression? left, ScalarExpression? right)
    {
        if (left is null || right is null || ReferenceEquals(left, right)) { return ReferenceEquals(left, right); }

        if (left.GetType() != right.GetType() || left.Type != right.Type) { return false; }

        if (left is ConstantExpression one && right is ConstantExpression other) { return SameValue(one.Value, other.Value); }

        IReadOnlyList<ScalarExpression> lefts = left.Operands;
        IReadOnlyList<ScalarExpression> rights = right.Operands;
        if (lefts.Count != rights.Count || !lefts.Zip(rights, Same).All(same => same)) { return false; }

        return (left, right) switch
        {
            // What is no operand must be equal too; lists of operands have been compared.
            (FunctionExpression a, FunctionExpression b) => a.Function == b.Function,
            (InListExpression a, InListExpression b) => a.IsNegated == b.IsNegated,
            (CaseExpression a, CaseExpression b) => a.Else is null == b.Else is null,

            // The names of the fields are in the type, which is equal.
            (ConstructorExpression a, ConstructorExpression b) => a.Kind == b.Kind,
            _ => lefts.Count == 0 ? left == right : left.WithOperands(rights) == right,
        };
    }

    private static bool SameValue(object? left, object? right) =>
        left is byte[] a && right is byte[] b ? a.AsSpan().SequenceEqual(b) : Equals(left, right);

    private static void Collect(ScalarExpression expression, HashSet<int> columns)
    {
        if (expression is ColumnReference column) { columns.Add(column.Ordinal); }

        foreach (ScalarExpression operand in expression.Operands) { Collect(operand, columns); }
    }

    private static ScalarExpression? Combine(IEnumerable<ScalarExpression> parts, BinaryOperator operation)
    {
        ScalarExpression? all = null;
        foreach (ScalarExpression part in parts)
        {
            all = all is null ? part : new BinaryExpression(operation, all, part, DataType.Boolean);
        }

        return all;
    }
}
