using Ctas.Data;

namespace Ctas.Planning;

/// <summary>Keeps the rows that are not older than a length of time: those of which the clock is not further away.</summary>
/// <remarks>A load goes by the moment at which it was planned; what is kept fresh, by every moment after it.</remarks>
/// <param name="Input">The input.</param>
/// <param name="Time">When a row happened, a TIMESTAMP over the input; a row without it never becomes too old.</param>
/// <param name="Length">How old a row may be, in microseconds.</param>
/// <param name="PlannedAt">The moment, in microseconds since 1970.</param>
internal sealed record LogicalRetention(LogicalPlan Input, ScalarExpression Time, long Length, long PlannedAt)
    : LogicalPlan(Input.Schema, ChangeKind.Retract)
{
    public override IReadOnlyList<LogicalPlan> Children => [Input];

    /// <summary>What a row must meet at the moment of the load.</summary>
    public ScalarExpression Condition => new BinaryExpression(
        BinaryOperator.Or,
        new IsNullExpression(Time, IsNegated: false),
        new BinaryExpression(
            BinaryOperator.GreaterOrEqual, Time, new ConstantExpression(PlannedAt - Length, DataType.Timestamp), DataType.Boolean),
        DataType.Boolean);

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this with { Time = map(Time) };
}
