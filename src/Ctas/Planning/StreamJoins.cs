namespace Ctas.Planning;

/// <summary>
/// Lets the rows of a stream meet tables as they are at the moment, as in ksqlDB: a row that has been given stays,
/// whatever becomes of the tables. Of two streams, a row of an outer join waits until it can find no match any more. So the
/// result is a stream too.
/// </summary>
internal static class StreamJoins
{
    /// <summary>The plan with such joins; what is no stream after all stays as it is.</summary>
    public static LogicalPlan Apply(LogicalPlan plan) => plan switch
    {
        { Kind: ChangeKind.AppendOnly } => plan,
        LogicalFilter filter => Over(Apply(filter.Input), input => filter with { Input = input, Kind = input.Kind }),
        LogicalProject project => Over(Apply(project.Input), input => project with { Input = input, Kind = input.Kind }),
        LogicalUnnest unnest => Over(Apply(unnest.Input), input => unnest with { Input = input, Kind = input.Kind }),
        LogicalUnionAll union => Union(union with { Inputs = [.. union.Inputs.Select(Apply)] }),
        LogicalJoin join => Join(join with { Left = Apply(join.Left), Right = Apply(join.Right) }),
        _ => plan,
    };

    private static LogicalPlan Over(LogicalPlan input, Func<LogicalPlan, LogicalPlan> node) => node(input);

    private static LogicalUnionAll Union(LogicalUnionAll union) =>
        union.Inputs.All(IsStream) ? union with { Kind = ChangeKind.AppendOnly } : union;

    private static LogicalJoin Join(LogicalJoin join)
    {
        bool isInner = join.Join is JoinKind.Inner or JoinKind.Cross;
        return (IsStream(join.Left), IsStream(join.Right)) switch
        {
            (true, true) when isInner => join with { Kind = ChangeKind.AppendOnly },
            (true, true) when join is { Within: not null, Join: JoinKind.Left or JoinKind.Right or JoinKind.Full } =>
                join with { WaitsForMatch = true, Kind = ChangeKind.AppendOnly },
            (true, false) when join.Join is not (JoinKind.Right or JoinKind.Full) => AtTheMoment(join, JoinSide.Left),
            (false, true) when isInner || join.Join == JoinKind.Right => AtTheMoment(join, JoinSide.Right),
            _ => join,
        };
    }

    private static LogicalJoin AtTheMoment(LogicalJoin join, JoinSide stream) =>
        join with { StreamSide = stream, Kind = ChangeKind.AppendOnly };

    private static bool IsStream(LogicalPlan plan) => plan.Kind == ChangeKind.AppendOnly;
}
