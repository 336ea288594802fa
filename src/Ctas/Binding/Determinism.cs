namespace Ctas.Binding;

/// <summary>Tells what gives the same each time it is computed, and what calls RANDOM or the like.</summary>
internal static class Determinism
{
    /// <summary>True when the same row always gives the same value.</summary>
    public static bool IsDeterministic(this BoundExpression expression) => IsDeterministic(expression, NewSet());

    /// <summary>True when it gives the same rows each time it is read. Cost O(parts), each of which may be read many times.</summary>
    public static bool IsDeterministic(this BoundRelation relation) => IsDeterministic(relation, NewSet());

    private static HashSet<BoundRelation> NewSet() => new(ReferenceEqualityComparer.Instance);

    private static bool IsDeterministic(BoundExpression expression, HashSet<BoundRelation> seen) => expression switch
    {
        BoundFunction { IsDeterministic: false } => false,
        BoundSubquery subquery when !IsDeterministic(subquery.Query, seen) => false,
        _ => expression.Operands().All(operand => IsDeterministic(operand, seen)),
    };

    private static bool IsDeterministic(BoundRelation relation, HashSet<BoundRelation> seen) => !seen.Add(relation)
        || (relation.Expressions().All(expression => IsDeterministic(expression, seen))
            && relation.Inputs().All(input => IsDeterministic(input, seen)));
}
