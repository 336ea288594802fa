namespace Ctas.Planning.Rewrites;

/// <summary>Finds conditions that no row can meet together.</summary>
internal static class Contradictions
{
    /// <summary>True when one of the conditions is never TRUE, or two of them exclude each other.</summary>
    public static bool Any(IReadOnlyList<ScalarExpression> conjuncts)
    {
        if (conjuncts.Any(IsNeverTrue)) { return true; }

        var bounds = new Dictionary<int, ValueBounds>();
        foreach (ScalarExpression conjunct in conjuncts)
        {
            if (ColumnOf(conjunct) is not { } column) { continue; }

            ValueBounds known = bounds.GetValueOrDefault(column, new ValueBounds());
            bounds[column] = known = known.And(conjunct);
            if (known.IsEmpty) { return true; }
        }

        return false;
    }

    /// <summary>True when the condition is FALSE or NULL for every row.</summary>
    public static bool IsNeverTrue(ScalarExpression condition) => condition switch
    {
        ConstantExpression { Value: not true } => true,
        BinaryExpression { Operator: BinaryOperator.And } and => IsNeverTrue(and.Left) || IsNeverTrue(and.Right),
        BinaryExpression { Operator: BinaryOperator.Or } or => IsNeverTrue(or.Left) && IsNeverTrue(or.Right),
        _ => false,
    };

    private static int? ColumnOf(ScalarExpression conjunct) => conjunct switch
    {
        BinaryExpression { Left: ColumnReference column, Right: ConstantExpression } => column.Ordinal,
        IsNullExpression { Operand: ColumnReference column } => column.Ordinal,
        _ => null,
    };
}
