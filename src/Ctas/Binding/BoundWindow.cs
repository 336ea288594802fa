namespace Ctas.Binding;

/// <summary>
/// A function over a window; stands in expressions only until a column of <see cref="BoundWindows"/> replaces it.
/// </summary>
/// <param name="Function">The canonical name of the window function or aggregate.</param>
/// <param name="Aggregate">Set when the function is an aggregate; its arguments are then there.</param>
/// <param name="Arguments">The arguments of a function that is no aggregate.</param>
/// <param name="Window">The rows it looks at.</param>
/// <param name="IgnoresNulls">True to pass over NULLs.</param>
/// <param name="Type">The type of the result.</param>
internal sealed record BoundWindowCall(
    string Function,
    BoundAggregate? Aggregate,
    BoundList<BoundExpression> Arguments,
    BoundWindow Window,
    bool IgnoresNulls,
    Data.DataType Type) : BoundExpression(Type);

/// <summary>The rows a window function looks at, and their order.</summary>
/// <param name="PartitionBy">Rows with equal values are one partition; NULLs are equal.</param>
/// <param name="OrderBy">The order within a partition.</param>
/// <param name="Frame">Which rows around the current one.</param>
internal sealed record BoundWindow(
    BoundList<BoundExpression> PartitionBy, BoundList<BoundSortKey> OrderBy, BoundFrame Frame);

/// <summary>Which rows around the current one count.</summary>
/// <param name="Unit">What offsets count.</param>
/// <param name="Start">First row.</param>
/// <param name="End">Last row.</param>
/// <param name="Exclusion">What of it is left out.</param>
/// <param name="RangeKey">With offsets in RANGE: the ORDER BY expression, in a type that offsets can be added to.</param>
internal sealed record BoundFrame(
    BoundFrameUnit Unit,
    BoundFrameBound Start,
    BoundFrameBound End,
    BoundFrameExclusion Exclusion,
    BoundExpression? RangeKey)
{
    /// <summary>What a window without a frame has: everything up to the peers of the current row.</summary>
    public static BoundFrame Default { get; } = new(
        BoundFrameUnit.Range,
        new BoundFrameBound(BoundFrameBoundKind.UnboundedPreceding, null),
        new BoundFrameBound(BoundFrameBoundKind.CurrentRow, null),
        BoundFrameExclusion.NoOthers,
        RangeKey: null);
}

/// <summary>Where a frame starts or ends.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Offset">Set exactly for the two kinds that count: BIGINT, or what is added to the range key.</param>
internal sealed record BoundFrameBound(BoundFrameBoundKind Kind, BoundConstant? Offset);

/// <summary>What offsets of a frame count.</summary>
internal enum BoundFrameUnit
{
    Rows,
    Range,
    Groups,
}

/// <summary>Where a frame starts or ends, from first to last.</summary>
internal enum BoundFrameBoundKind
{
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing,
}

/// <summary>What of a frame is left out.</summary>
internal enum BoundFrameExclusion
{
    NoOthers,
    CurrentRow,
    Group,
    Ties,
}

/// <summary>Adds a column for every function over a window.</summary>
internal sealed class BoundWindows(BoundRelation input, IReadOnlyList<BoundProjection> calls) : BoundRelation
{
    public BoundRelation Input { get; } = input;

    /// <summary>The columns added; the expressions are <see cref="BoundWindowCall"/>s.</summary>
    public IReadOnlyList<BoundProjection> Calls { get; } = calls;

    public override IReadOnlyList<ColumnSymbol> Columns => [.. Input.Columns, .. Calls.Select(call => call.Column)];
}
