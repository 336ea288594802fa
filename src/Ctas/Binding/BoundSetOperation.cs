namespace Ctas.Binding;

/// <summary>INTERSECT or EXCEPT; the columns of both sides match by position and have equal types.</summary>
internal sealed class BoundSetOperation(bool isIntersect, bool isAll, BoundRelation left, BoundRelation right)
    : BoundRelation
{
    public bool IsIntersect { get; } = isIntersect;

    public bool IsAll { get; } = isAll;

    public BoundRelation Left { get; } = left;

    public BoundRelation Right { get; } = right;

    public override IReadOnlyList<ColumnSymbol> Columns => Left.Columns;

    public override bool IsOpen => Left.IsOpen;

    public override ColumnSymbol AddOpenColumn(string name) => Left.AddOpenColumn(name);
}

/// <summary>VALUES: rows of expressions that read no columns of a FROM.</summary>
internal sealed class BoundValues(
    IReadOnlyList<ColumnSymbol> columns, IReadOnlyList<IReadOnlyList<BoundExpression>> rows) : BoundRelation
{
    public override IReadOnlyList<ColumnSymbol> Columns { get; } = columns;

    public IReadOnlyList<IReadOnlyList<BoundExpression>> Rows { get; } = rows;
}
