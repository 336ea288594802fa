using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>Estimates which share of the rows meets a condition.</summary>
internal static class Selectivity
{
    private const double OfEquality = 0.05;
    private const double OfRange = 0.33;
    private const double OfPattern = 0.1;
    private const double OfAnything = 0.25;

    /// <summary>From 0 to 1.</summary>
    public static double Of(ScalarExpression? condition, PlanEstimate input) => Math.Clamp(Estimate(condition, input), 0, 1);

    private static double Estimate(ScalarExpression? condition, PlanEstimate input) => condition switch
    {
        null or ConstantExpression { Value: true } => 1,
        ConstantExpression => 0,
        NotExpression not => 1 - Of(not.Operand, input),
        IsNullExpression { Operand: ColumnReference column } isNull => isNull.IsNegated
            ? 1 - (input.Columns(column.Ordinal)?.NullFraction ?? 0)
            : input.Columns(column.Ordinal)?.NullFraction ?? OfEquality,
        InListExpression list => Negated(
            list.IsNegated, Math.Min(1, list.Values.Count * Equal(list.Operand, list.Values[0], input))),
        LikeExpression like => Negated(like.IsNegated, OfPattern),
        BinaryExpression binary => Binary(binary, input),
        _ => OfAnything,
    };

    private static double Binary(BinaryExpression binary, PlanEstimate input) => binary.Operator switch
    {
        BinaryOperator.And => Of(binary.Left, input) * Of(binary.Right, input),
        BinaryOperator.Or => Either(Of(binary.Left, input), Of(binary.Right, input)),
        BinaryOperator.Equal or BinaryOperator.IsNotDistinctFrom => Equal(binary.Left, binary.Right, input),
        BinaryOperator.NotEqual or BinaryOperator.IsDistinctFrom => 1 - Equal(binary.Left, binary.Right, input),
        BinaryOperator.Less or BinaryOperator.LessOrEqual => Below(binary, input),
        BinaryOperator.Greater or BinaryOperator.GreaterOrEqual => 1 - Below(binary, input),
        _ => OfAnything,
    };

    private static double Either(double left, double right) => left + right - (left * right);

    private static double Equal(ScalarExpression left, ScalarExpression right, PlanEstimate input)
    {
        double? distinct = Greater(input.Distinct(left), input.Distinct(right));
        return distinct is { } known ? 1 / Math.Max(1, known) : OfEquality;
    }

    /// <summary>The share of a column's range that lies below a constant.</summary>
    private static double Below(BinaryExpression comparison, PlanEstimate input)
    {
        bool isAbove = comparison.Operator is BinaryOperator.Greater or BinaryOperator.GreaterOrEqual;
        bool hasRange = comparison.Left is ColumnReference column
            && input.Columns(column.Ordinal) is { Min: not null, Max: not null };
        if (!hasRange || comparison.Right is not ConstantExpression { Value: int or long } bound)
        {
            return isAbove ? 1 - OfRange : OfRange;
        }

        ColumnStatistics range = input.Columns(((ColumnReference)comparison.Left).Ordinal)!;
        double width = (double)range.Max!.Value - range.Min!.Value + 1;
        double value = Convert.ToDouble(bound.Value, System.Globalization.CultureInfo.InvariantCulture);
        return Math.Clamp((value - range.Min.Value) / width, 0.001, 0.999);
    }

    private static double Negated(bool isNegated, double share) => isNegated ? 1 - share : share;

    private static double? Greater(double? left, double? right) =>
        left is null ? right : right is null ? left : Math.Max(left.Value, right.Value);
}
