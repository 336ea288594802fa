using Ctas.Binding;

namespace Ctas.Planning.Unnesting;

/// <summary>A sub-query made independent of the rows around it.</summary>
/// <param name="Relation">Reads nothing of the outer query.</param>
/// <param name="Conditions">Between its rows and those of the outer query: which belong together.</param>
internal sealed record Independent(BoundRelation Relation, IReadOnlyList<BoundExpression> Conditions)
{
    /// <summary>Columns of the sub-query that read the outer query, to be computed once rows are together.</summary>
    public IReadOnlyDictionary<ColumnSymbol, BoundExpression> Values { get; init; } =
        new Dictionary<ColumnSymbol, BoundExpression>();

    /// <summary>
    /// The columns' values where no row belongs to the outer one: those of aggregates over no rows. Null where the
    /// sub-query gives no row then.
    /// </summary>
    public IReadOnlyDictionary<ColumnSymbol, BoundExpression>? Defaults { get; init; }
}

/// <summary>Columns of an outer query, and what reads them.</summary>
internal sealed class Correlation(IReadOnlySet<ColumnSymbol> outer)
{
    /// <summary>The outer columns.</summary>
    public IReadOnlySet<ColumnSymbol> Outer { get; } = outer;

    /// <summary>True when the expression reads the outer query.</summary>
    public bool Reads(BoundExpression expression) => expression.Columns().Overlaps(Outer);

    /// <summary>True when something in the relation reads the outer query.</summary>
    public bool Reads(BoundRelation relation) => relation.AnyExpression(Reads);

    /// <summary>The inner and the outer side of an equality between the two queries; null for anything else.</summary>
    public (BoundExpression Inner, BoundExpression Outer, BoundOperator Operator)? EqualityOf(BoundExpression condition)
    {
        if (condition is not BoundBinary { Operator: BoundOperator.Equal or BoundOperator.IsNotDistinctFrom } equality)
        {
            return null;
        }

        bool IsOuter(BoundExpression side) => side.Columns() is { Count: > 0 } columns && columns.IsSubsetOf(Outer);
        bool IsInner(BoundExpression side) => side.Columns() is { Count: > 0 } columns && !columns.Overlaps(Outer);
        if (IsInner(equality.Left) && IsOuter(equality.Right)) { return (equality.Left, equality.Right, equality.Operator); }

        return IsInner(equality.Right) && IsOuter(equality.Left)
            ? (equality.Right, equality.Left, equality.Operator)
            : null;
    }
}
