namespace Ctas.Binding;

/// <summary>What is made of the answer whether a left row has a match.</summary>
internal enum BoundMatchKind
{
    /// <summary>Rows that have one.</summary>
    Semi,

    /// <summary>Rows that have none; with a comparison, rows that certainly have none.</summary>
    Anti,

    /// <summary>All rows, and the answer in a column.</summary>
    Mark,
}

/// <summary>Asks of each left row whether the right side has a match. Columns: the left ones, then the mark.</summary>
/// <param name="kind">What is made of the answer.</param>
/// <param name="left">The rows asked about.</param>
/// <param name="right">Where matches are looked for.</param>
/// <param name="condition">Over both sides; a pair for which it is not TRUE is no match. Null: any pair.</param>
/// <param name="comparison">
/// Over both sides; where it is NULL for a pair, it is open whether that is a match. Null: never open.
/// </param>
/// <param name="mark">The column of <see cref="BoundMatchKind.Mark"/>; null for the others.</param>
internal sealed class BoundMatchJoin(
    BoundMatchKind kind,
    BoundRelation left,
    BoundRelation right,
    BoundExpression? condition,
    BoundExpression? comparison,
    ColumnSymbol? mark) : BoundRelation
{
    public BoundMatchKind Kind { get; } = kind;

    public BoundRelation Left { get; } = left;

    public BoundRelation Right { get; } = right;

    public BoundExpression? Condition { get; } = condition;

    public BoundExpression? Comparison { get; } = comparison;

    public ColumnSymbol? Mark { get; } = mark;

    public override IReadOnlyList<ColumnSymbol> Columns => Mark is null ? Left.Columns : [.. Left.Columns, Mark];
}
