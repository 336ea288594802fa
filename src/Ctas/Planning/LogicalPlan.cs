using Ctas.Data;

namespace Ctas.Planning;

/// <summary>What the changes of a node can be.</summary>
internal enum ChangeKind
{
    /// <summary>Insertions only.</summary>
    AppendOnly,

    /// <summary>A later row of the same key replaces the earlier one; a deletion names the key only.</summary>
    Upsert,

    /// <summary>Insertions and retractions of whole rows.</summary>
    Retract,
}

/// <summary>A node of the logical plan: a relation made from relations. Immutable.</summary>
/// <param name="Schema">Columns of the result; its key holds the ordinals that are unique among the rows, if known.</param>
/// <param name="Kind">What its changes can be, once the snapshot is loaded.</param>
internal abstract record LogicalPlan(Schema Schema, ChangeKind Kind)
{
    /// <summary>About how many rows it gives; null when that is not known.</summary>
    public long? EstimatedRows { get; init; }

    /// <summary>Tables whose queries have the same part, which a load of them all may run once; empty for none.</summary>
    public IReadOnlyList<string> SharedWith { get; init; } = [];

    /// <summary>What it reads, from left to right.</summary>
    public abstract IReadOnlyList<LogicalPlan> Children { get; }

    /// <summary>The same node over other inputs, which have the same columns.</summary>
    public abstract LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children);

    /// <summary>The same node with each of its expressions replaced by an equal one.</summary>
    public abstract LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map);
}

/// <summary>Reads a registered table or a source.</summary>
/// <param name="Relation">Name of the table or source, as the catalog knows it.</param>
/// <param name="IsSource">True for a source, false for a table.</param>
/// <param name="Columns">Tables: ordinals of the table's schema, in output order. Sources: empty, the names in <paramref name="Schema"/> say which.</param>
/// <param name="Schema">The columns read.</param>
/// <param name="Kind">Change kind of the relation.</param>
internal sealed record LogicalScan(
    string Relation, bool IsSource, OrdinalList Columns, Schema Schema, ChangeKind Kind) : LogicalPlan(Schema, Kind)
{
    /// <summary>True while the relation's columns are not known: then more of them may be read than are listed.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Which rows are needed, where that can be looked up; null for all.</summary>
    public ScanLookup? Lookup { get; init; }

    /// <summary>Number of the part, run once for several tables, whose rows are read; null for those of a relation.</summary>
    public int? Part { get; init; }

    public override IReadOnlyList<LogicalPlan> Children => [];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this;

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}

/// <summary>One row without columns: the FROM of a SELECT that has none.</summary>
internal sealed record LogicalSingleRow() : LogicalPlan(new Schema([]), ChangeKind.AppendOnly)
{
    public override IReadOnlyList<LogicalPlan> Children => [];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this;

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}

/// <summary>No rows: what is left of an input whose condition no row can meet.</summary>
internal sealed record LogicalEmpty(Schema Schema) : LogicalPlan(Schema, ChangeKind.AppendOnly)
{
    public override IReadOnlyList<LogicalPlan> Children => [];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this;

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}

/// <summary>Keeps rows for which the predicate is TRUE.</summary>
internal sealed record LogicalFilter(LogicalPlan Input, ScalarExpression Predicate, ChangeKind Kind)
    : LogicalPlan(Input.Schema, Kind)
{
    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this with { Predicate = map(Predicate) };
}

/// <summary>Computes one column per expression.</summary>
internal sealed record LogicalProject(LogicalPlan Input, IReadOnlyList<ScalarExpression> Expressions, Schema Schema, ChangeKind Kind)
    : LogicalPlan(Schema, Kind)
{
    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this with { Expressions = [.. Expressions.Select(map)] };
}

/// <summary>The kinds of join.</summary>
internal enum JoinKind
{
    Inner,
    Left,
    Right,
    Full,
    Cross,

    /// <summary>Left rows that have a match, once each; left columns only.</summary>
    Semi,

    /// <summary>Left rows that have none: NOT EXISTS, or NOT IN when null-aware; left columns only.</summary>
    Anti,

    /// <summary>All left rows, and a BOOLEAN column that says whether they have a match.</summary>
    Mark,

    /// <summary>Like Left, but a second match is an error: a sub-query that is a value.</summary>
    Single,
}

/// <summary>Joins on equality of keys and a further condition. Output: the left columns, then the right ones.</summary>
/// <param name="Join">The kind; the absent side of an outer join is NULL.</param>
/// <param name="Left">Left input.</param>
/// <param name="Right">Right input.</param>
/// <param name="LeftKeys">Over the left input; NULL equals nothing. Empty: nested loop.</param>
/// <param name="RightKeys">Over the right input, same number and types.</param>
/// <param name="Residual">Over left columns followed by right ones; part of the match, so it decides NULL extension. Null: none.</param>
/// <param name="Schema">Left columns, then right ones.</param>
/// <param name="Kind">Change kind.</param>
internal sealed record LogicalJoin(
    JoinKind Join,
    LogicalPlan Left,
    LogicalPlan Right,
    IReadOnlyList<ScalarExpression> LeftKeys,
    IReadOnlyList<ScalarExpression> RightKeys,
    ScalarExpression? Residual,
    Schema Schema,
    ChangeKind Kind) : LogicalPlan(Schema, Kind)
{
    /// <summary>
    /// Anti and Mark: a comparison with NULL leaves open whether there is a match, as IN wants it. The comparison is
    /// the residual where there is one, else the equality of the keys.
    /// </summary>
    public bool IsNullAware { get; init; }

    /// <summary>Single: the sub-query as it is written, for the error; null otherwise.</summary>
    public string? Subquery { get; init; }

    /// <summary>Which rows of one side are looked up; null: both are read whole.</summary>
    public JoinLookup? Lookup { get; init; }

    /// <summary>For how long rows of streams wait for their match; null for ever.</summary>
    public LogicalWithin? Within { get; init; }

    /// <summary>
    /// Outer, <see cref="Within"/> a time: true to give a row without a match once it can find none any more, so that it is never
    /// taken back; false to give it at once, until a match comes.
    /// </summary>
    public bool WaitsForMatch { get; init; }

    /// <summary>The side whose rows meet the other side as it is when they come; null where both sides are followed.</summary>
    /// <remarks>
    /// Rows of that side are only ever added, and so are those of the result: a row that has been given stays as it is
    /// whatever becomes of the other side. In a load, all rows of that side meet all of the other.
    /// </remarks>
    public JoinSide? StreamSide { get; init; }

    public override IReadOnlyList<LogicalPlan> Children => [Left, Right];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) =>
        this with { Left = children[0], Right = children[1] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this with
    {
        LeftKeys = [.. LeftKeys.Select(map)],
        RightKeys = [.. RightKeys.Select(map)],
        Residual = Residual is null ? null : map(Residual),
        Within = Within?.MapExpressions(map),
    };
}

/// <summary>For how long rows of a join of streams can find a match, by event time; lengths in microseconds.</summary>
/// <remarks>
/// A pair matches where right time is in [left time − before, left time + after]. A row is late when event time has passed
/// its own by more than that and grace: after + grace on the left, before + grace on the right.
/// </remarks>
/// <param name="LeftTime">Event time of the left rows, over the left input.</param>
/// <param name="RightTime">Event time of the right rows, over the right input.</param>
/// <param name="Before">How much earlier than the left row the right one may be.</param>
/// <param name="After">How much later.</param>
/// <param name="Grace">How much longer late rows are waited for.</param>
internal sealed record LogicalWithin(
    ScalarExpression LeftTime, ScalarExpression RightTime, long Before, long After, long Grace)
{
    /// <summary>The same with each of its expressions replaced by an equal one.</summary>
    public LogicalWithin MapExpressions(Func<ScalarExpression, ScalarExpression> map) =>
        this with { LeftTime = map(LeftTime), RightTime = map(RightTime) };
}

/// <summary>One aggregate of a GROUP BY.</summary>
/// <param name="Function">The canonical upper-case name, as in the catalogue of aggregates.</param>
/// <param name="Arguments">Over the input, of the types the function wants; none for COUNT(*).</param>
/// <param name="Type">Type of the result.</param>
internal sealed record AggregateCall(string Function, IReadOnlyList<ScalarExpression> Arguments, DataType Type)
{
    /// <summary>Values known while planning that follow the arguments: the k of TOPK, a separator.</summary>
    public IReadOnlyList<ConstantExpression> Options { get; init; } = [];

    /// <summary>The aggregate of the host application that is called; null for one of the dialect.</summary>
    public Data.Host.HostAggregate? Host { get; init; }

    /// <summary>True to aggregate different values only.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>Only rows for which it is TRUE count; null: all.</summary>
    public ScalarExpression? Filter { get; init; }

    /// <summary>The order in which the rows of a group are aggregated; empty: as they come.</summary>
    public IReadOnlyList<SortKey> OrderBy { get; init; } = [];

    /// <summary>The same call with each of its expressions replaced.</summary>
    public AggregateCall MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this with
    {
        Arguments = [.. Arguments.Select(map)],
        Filter = Filter is null ? null : map(Filter),
        OrderBy = [.. OrderBy.Select(key => key with { Expression = map(key.Expression) })],
    };
}

/// <summary>Groups and aggregates. Output: the group keys, then the aggregates. NULL is one group.</summary>
/// <remarks>Without keys there is exactly one row, also of no input.</remarks>
internal sealed record LogicalAggregate(
    LogicalPlan Input, IReadOnlyList<ScalarExpression> Keys, IReadOnlyList<AggregateCall> Aggregates, Schema Schema)
    : LogicalPlan(Schema, ChangeKind.Retract)
{
    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this with
    {
        Keys = [.. Keys.Select(map)],
        Aggregates = [.. Aggregates.Select(call => call.MapExpressions(map))],
    };
}

/// <summary>Keeps one of equal rows; NULLs are equal.</summary>
internal sealed record LogicalDistinct(LogicalPlan Input) : LogicalPlan(Input.Schema, ChangeKind.Retract)
{
    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}

/// <summary>All rows of all inputs, which have equal column types.</summary>
internal sealed record LogicalUnionAll(IReadOnlyList<LogicalPlan> Inputs, Schema Schema, ChangeKind Kind)
    : LogicalPlan(Schema, Kind)
{
    public override IReadOnlyList<LogicalPlan> Children => Inputs;

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Inputs = children };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}

/// <summary>One ORDER BY item.</summary>
internal sealed record SortKey(ScalarExpression Expression, bool IsDescending, bool NullsFirst);

/// <summary>Orders the rows; stable.</summary>
internal sealed record LogicalSort(LogicalPlan Input, IReadOnlyList<SortKey> Keys) : LogicalPlan(Input.Schema, Input.Kind)
{
    /// <summary>Only so many of the first rows are wanted; null: all.</summary>
    public long? RowLimit { get; init; }

    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) =>
        this with { Keys = [.. Keys.Select(key => key with { Expression = map(key.Expression) })] };
}

/// <summary>Rows [Offset, Offset + Count) of the input in its order.</summary>
/// <param name="Input">The input.</param>
/// <param name="Offset">Rows left out first.</param>
/// <param name="Count">Rows kept at most; null: all.</param>
internal sealed record LogicalLimit(LogicalPlan Input, long Offset, long? Count)
    : LogicalPlan(Input.Schema, ChangeKind.Retract)
{
    /// <summary>Past the last row that is kept; the greatest number there is where all are, or the sum would be greater.</summary>
    public long End => Count is { } count && count <= long.MaxValue - Offset ? Offset + count : long.MaxValue;

    /// <summary>Counts the rows of each group of equal values (NULLs are equal) on their own; empty: all together.</summary>
    public IReadOnlyList<ScalarExpression> Groups { get; init; } = [];

    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) =>
        this with { Groups = [.. Groups.Select(map)] };
}
