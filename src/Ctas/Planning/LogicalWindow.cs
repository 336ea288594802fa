using Ctas.Data;

namespace Ctas.Planning;

/// <summary>Adds a column for every function over a window. All of them have one PARTITION BY and ORDER BY.</summary>
/// <remarks>Output: the columns of the input, then those of the functions. The order of the rows is not stated.</remarks>
/// <param name="Input">The input.</param>
/// <param name="PartitionBy">Rows with equal keys are one partition; NULLs are equal. Empty: all rows are.</param>
/// <param name="OrderBy">The order within a partition; empty: all rows of it are peers.</param>
/// <param name="Calls">The functions.</param>
/// <param name="Schema">Columns of the input, then one for each function.</param>
internal sealed record LogicalWindow(
    LogicalPlan Input,
    IReadOnlyList<ScalarExpression> PartitionBy,
    IReadOnlyList<SortKey> OrderBy,
    IReadOnlyList<WindowCall> Calls,
    Schema Schema) : LogicalPlan(Schema, ChangeKind.Retract)
{
    /// <summary>Rows of each partition that are given, the first ones in its order; null for all.</summary>
    public long? RowLimit { get; init; }

    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this with
    {
        PartitionBy = [.. PartitionBy.Select(map)],
        OrderBy = [.. OrderBy.Select(key => key with { Expression = map(key.Expression) })],
        Calls = [.. Calls.Select(call => call.MapExpressions(map))],
    };
}

/// <summary>A function over a window.</summary>
/// <param name="Function">The canonical upper-case name.</param>
/// <param name="Aggregate">Set exactly when the function is an aggregate; its arguments are then there.</param>
/// <param name="Arguments">Of a function that is no aggregate: over the input, of the types it wants.</param>
/// <param name="Frame">The rows around the current one that count, for functions that use a frame.</param>
/// <param name="Type">Type of the result.</param>
internal sealed record WindowCall(
    string Function,
    AggregateCall? Aggregate,
    IReadOnlyList<ScalarExpression> Arguments,
    WindowFrame Frame,
    DataType Type)
{
    /// <summary>True to pass over NULLs.</summary>
    public bool IgnoresNulls { get; init; }

    /// <summary>The same call with each of its expressions replaced.</summary>
    public WindowCall MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this with
    {
        Aggregate = Aggregate?.MapExpressions(map),
        Arguments = [.. Arguments.Select(map)],
        Frame = Frame with { RangeKey = Frame.RangeKey is null ? null : map(Frame.RangeKey) },
    };
}

/// <summary>Which rows around the current one count.</summary>
/// <param name="Unit">What offsets count.</param>
/// <param name="Start">First row.</param>
/// <param name="End">Last row, itself included.</param>
/// <param name="Exclusion">What of it is left out.</param>
/// <param name="RangeKey">With offsets in RANGE: the one sort key, in a type that offsets can be added to.</param>
internal sealed record WindowFrame(
    FrameUnit Unit, FrameBound Start, FrameBound End, FrameExclusion Exclusion, ScalarExpression? RangeKey)
{
    /// <summary>What a window without a frame has: everything up to the peers of the current row.</summary>
    public bool IsDefault => this is
    {
        Unit: FrameUnit.Range,
        Start.Kind: FrameBoundKind.UnboundedPreceding,
        End.Kind: FrameBoundKind.CurrentRow,
        Exclusion: FrameExclusion.NoOthers,
    };
}

/// <summary>Where a frame starts or ends.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Offset">For the kinds that count: a BIGINT, or what is added to the range key; never negative.</param>
internal sealed record FrameBound(FrameBoundKind Kind, ConstantExpression? Offset);

/// <summary>What offsets of a frame count.</summary>
internal enum FrameUnit
{
    Rows,
    Range,
    Groups,
}

/// <summary>Where a frame starts or ends, from first to last.</summary>
internal enum FrameBoundKind
{
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing,
}

/// <summary>What of a frame is left out.</summary>
internal enum FrameExclusion
{
    NoOthers,
    CurrentRow,
    Group,
    Ties,
}
