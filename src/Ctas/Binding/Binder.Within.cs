using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    /// <summary>
    /// WITHIN (before, after) of a join of streams: the right row's time lies between that of the left row less
    /// <c>before</c> and that plus <c>after</c>, both inclusive.
    /// </summary>
    /// <remarks>
    /// The time is ROWTIME; of joined rows the latest one, as in ksqlDB. A snapshot holds every record there is, so GRACE
    /// PERIOD, which says how long to wait for late ones, changes nothing before a table is kept fresh.
    /// </remarks>
    private (BoundExpression Condition, BoundWithin? Wait) BindWithin(WithinSyntax within, JoinSyntax join, Scope left, Scope right)
    {
        if (join.Kind == JoinKind.Cross || (join.On is null && join.Using.IsEmpty))
        {
            return (Report(BindingDiagnostics.WithinWithoutCondition(within.Span)), null);
        }

        BoundExpression leftTime = RowTime(left, within.Span);
        BoundExpression rightTime = RowTime(right, within.Span);
        BoundExpression before = BindInterval(within.Before);
        BoundExpression after = BindInterval(within.After);
        BoundExpression low = Compare(
            BoundOperator.GreaterOrEqual,
            rightTime,
            Calculate(BoundOperator.Subtract, leftTime, before, within.Span),
            within.Span);
        BoundExpression high = Compare(
            BoundOperator.LessOrEqual,
            rightTime,
            Calculate(BoundOperator.Add, leftTime, after, within.Span),
            within.Span);
        BoundWithin? wait = within.GracePeriod is null ? null : BindWait(within, leftTime, rightTime);
        return low is BoundError || high is BoundError
            ? (new BoundError(), null)
            : (new BoundBinary(BoundOperator.And, low, high, DataType.Boolean) { Span = within.Span }, wait);
    }

    private BoundWithin? BindWait(WithinSyntax within, BoundExpression leftTime, BoundExpression rightTime)
    {
        long? before = BindLength(within.Before, mayBeZero: true);
        long? after = ReferenceEquals(within.Before, within.After) ? before : BindLength(within.After, mayBeZero: true);
        long? grace = BindLength(within.GracePeriod!, mayBeZero: true);
        return before is null || after is null || grace is null
            ? null
            : new BoundWithin(leftTime, rightTime, before.Value, after.Value, grace.Value);
    }

    /// <summary>When the rows of one side of a join happened: the latest time of its streams.</summary>
    private BoundExpression RowTime(Scope side, TextSpan span)
    {
        var name = new NameSyntax("ROWTIME") { Span = span };
        List<BoundExpression> times = [];
        foreach (ScopeTable table in side.Tables)
        {
            if (table.Relation is not BoundScan scan)
            {
                return Report(BindingDiagnostics.WithinNeedsStreams(span, table.Name ?? "a sub-query", "is a query"));
            }

            // Of a stream joined with tables, the stream has the time. What has not been read may be one.
            bool isStream = scan.Relation.IsStream || scan.IsOpen;
            if (!isStream && side.Tables.Count > 1) { continue; }

            if (!isStream)
            {
                return Report(BindingDiagnostics.WithinNeedsStreams(span, scan.Relation.Name, "is a table"));
            }

            if (Scope.LookupIn(table, name) is not [{ Expression: { Type.Kind: DataTypeKind.Timestamp } time }])
            {
                return Report(BindingDiagnostics.WithinNeedsStreams(
                    span, scan.Relation.Name, "has no column ROWTIME of type TIMESTAMP"));
            }

            times.Add(time);
        }

        return times switch
        {
            [] => Report(BindingDiagnostics.WithinNeedsStreams(span, side.Tables[0].Name ?? "", "is a table")),
            [var only] => only,
            _ => new BoundFunction("GREATEST", [.. times], DataType.Timestamp),
        };
    }
}
