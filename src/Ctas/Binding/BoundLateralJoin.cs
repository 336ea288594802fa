namespace Ctas.Binding;

/// <summary>
/// Joins each left row with the rows of a query that reads it: left columns, then right ones.
/// </summary>
/// <param name="keepsLeft">True when a row without any stays, with NULLs: LEFT JOIN.</param>
/// <param name="left">The rows that are read.</param>
/// <param name="right">The query; where it reads a left row it holds <see cref="BoundOuterColumn"/>s.</param>
/// <param name="parameters">What it reads of the left rows.</param>
internal sealed class BoundLateralJoin(
    bool keepsLeft, BoundRelation left, BoundRelation right, BoundList<BoundParameter> parameters) : BoundRelation
{
    public bool KeepsLeft { get; } = keepsLeft;

    public BoundRelation Left { get; } = left;

    public BoundRelation Right { get; } = right;

    public BoundList<BoundParameter> Parameters { get; } = parameters;

    public override IReadOnlyList<ColumnSymbol> Columns => [.. Left.Columns, .. Right.Columns];
}
