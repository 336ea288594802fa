using Ctas.Binding;

namespace Ctas.Planning.Unnesting;

/// <summary>
/// Moves a semi or anti join that only looks up keys below inner joins, to the one input whose rows it is about.
/// </summary>
/// <remarks>One with further conditions tries pairs, which is better done for the few rows that joins leave.</remarks>
internal static class MatchJoinSinking
{
    /// <summary>The same rows.</summary>
    public static BoundRelation Sunk(BoundMatchJoin join)
    {
        HashSet<ColumnSymbol> right = [.. join.Right.ReadableColumns];
        HashSet<ColumnSymbol> read = [];
        foreach (BoundExpression part in join.Expressions().SelectMany(expression => expression.Conjuncts()))
        {
            if (part is not BoundBinary { Operator: BoundOperator.Equal }) { return join; }

            part.AddColumnsTo(read);
        }

        read.ExceptWith(right);
        return read.Count == 0 ? join : Sunk(join, join.Left, read);
    }

    private static BoundRelation Sunk(BoundMatchJoin join, BoundRelation input, HashSet<ColumnSymbol> read)
    {
        switch (input)
        {
            case BoundFilter filter:
                return new BoundFilter(Sunk(join, filter.Input, read), filter.Predicate);
            case BoundJoin { Kind: BoundJoinKind.Inner or BoundJoinKind.Cross or BoundJoinKind.Left } below
                when read.IsSubsetOf(below.Left.ReadableColumns):
                return new BoundJoin(below.Kind, Sunk(join, below.Left, read), below.Right, below.Condition) { Within = below.Within };
            case BoundJoin { Kind: BoundJoinKind.Inner or BoundJoinKind.Cross or BoundJoinKind.Right } below
                when read.IsSubsetOf(below.Right.ReadableColumns):
                return new BoundJoin(below.Kind, below.Left, Sunk(join, below.Right, read), below.Condition) { Within = below.Within };
            default:
                return new BoundMatchJoin(join.Kind, input, join.Right, join.Condition, join.Comparison, join.Mark);
        }
    }
}
