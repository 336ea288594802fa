namespace Ctas.Binding;

/// <summary>WITHIN with a GRACE PERIOD: how long rows of a join of streams can find a match. Microseconds.</summary>
/// <param name="LeftTime">Event time of the left rows.</param>
/// <param name="RightTime">Event time of the right rows.</param>
/// <param name="Before">How much earlier than the left row the right one may be.</param>
/// <param name="After">How much later.</param>
/// <param name="Grace">How much longer late rows are waited for.</param>
internal sealed record BoundWithin(
    BoundExpression LeftTime, BoundExpression RightTime, long Before, long After, long Grace)
{
    /// <summary>The same with other expressions.</summary>
    public BoundWithin With(Func<BoundExpression, BoundExpression> expression) =>
        this with { LeftTime = expression(LeftTime), RightTime = expression(RightTime) };
}
