using System.Diagnostics;

namespace Ctas.Binding;

/// <summary>Walks relations.</summary>
internal static class BoundRelationParts
{
    /// <summary>The inputs of one relation, from left to right.</summary>
    public static IReadOnlyList<BoundRelation> Inputs(this BoundRelation relation) => relation switch
    {
        BoundScan or BoundSingleRow or BoundValues => [],
        BoundFilter r => [r.Input],
        BoundDistinct r => [r.Input],
        BoundUnnest r => [r.Input],
        BoundSort r => [r.Input],
        BoundLimit r => [r.Input],
        BoundProject r => [r.Input],
        BoundGrouping r => [r.Input],
        BoundWindows r => [r.Input],
        BoundTimeWindow r => [r.Input],
        BoundRetention r => [r.Input],
        BoundJoin r => [r.Left, r.Right],
        BoundLateralJoin r => [r.Left, r.Right],
        BoundMatchJoin r => [r.Left, r.Right],
        BoundSetOperation r => [r.Left, r.Right],
        BoundUnionAll r => r.Inputs,
        _ => throw new UnreachableException($"No rule for {relation.GetType().Name}."),
    };

    /// <summary>The expressions of one relation, without those of its inputs.</summary>
    public static IEnumerable<BoundExpression> Expressions(this BoundRelation relation) => relation switch
    {
        BoundFilter r => [r.Predicate],
        BoundUnnest r => r.Collections.Select(collection => collection.Collection),
        BoundSort r => r.Keys.Select(key => key.Expression),
        BoundProject r => r.Projections.Select(projection => projection.Expression),
        BoundGrouping r => r.Keys.Concat(r.Aggregates).Select(projection => projection.Expression),
        BoundWindows r => r.Calls.Select(call => call.Expression),
        BoundTimeWindow r => r.Keys.Prepend(r.Time),
        BoundJoin { Condition: { } condition } => [condition],
        BoundLateralJoin r => r.Parameters.Select(parameter => parameter.Argument),
        BoundMatchJoin r => new[] { r.Condition, r.Comparison }.OfType<BoundExpression>(),
        BoundValues r => r.Rows.SelectMany(row => row),
        _ => [],
    };

    /// <summary>True when a condition holds for some expression in the relation or in what it is made of.</summary>
    public static bool AnyExpression(this BoundRelation relation, Func<BoundExpression, bool> condition) =>
        relation.Expressions().Any(condition) || relation.Inputs().Any(input => input.AnyExpression(condition));

    /// <summary>The relation over other inputs and with other expressions; its columns stay.</summary>
    /// <param name="relation">The relation.</param>
    /// <param name="input">Makes an input from an input.</param>
    /// <param name="expression">Makes an expression from an expression.</param>
    public static BoundRelation With(
        this BoundRelation relation,
        Func<BoundRelation, BoundRelation> input,
        Func<BoundExpression, BoundExpression> expression)
    {
        BoundProjection Projection(BoundProjection projection) =>
            projection with { Expression = expression(projection.Expression) };
        BoundExpression? Optional(BoundExpression? condition) => condition is null ? null : expression(condition);
        return relation switch
        {
            BoundScan or BoundSingleRow => relation,
            BoundValues r => new BoundValues(r.Columns, [.. r.Rows.Select(row => row.Select(expression).ToArray())]),
            BoundFilter r => new BoundFilter(input(r.Input), expression(r.Predicate)),
            BoundDistinct r => new BoundDistinct(input(r.Input)),
            BoundUnnest r => new BoundUnnest(
                input(r.Input),
                [.. r.Collections.Select(made => made with { Collection = expression(made.Collection) })],
                r.Ordinality,
                r.KeepsEmpty),
            BoundSort r => new BoundSort(
                input(r.Input), [.. r.Keys.Select(key => key with { Expression = expression(key.Expression) })]),
            BoundLimit r => new BoundLimit(input(r.Input), r.Offset, r.Count) { Groups = r.Groups },
            BoundProject r => new BoundProject(input(r.Input), r.Projections.Select(Projection)),
            BoundGrouping r => new BoundGrouping(
                input(r.Input), [.. r.Keys.Select(Projection)], [.. r.Aggregates.Select(Projection)]),
            BoundWindows r => new BoundWindows(input(r.Input), [.. r.Calls.Select(Projection)]),
            BoundRetention r => r.With(input(r.Input)),
            BoundTimeWindow r => r.With(input(r.Input), expression(r.Time), [.. r.Keys.Select(expression)]),
            BoundJoin r => new BoundJoin(r.Kind, input(r.Left), input(r.Right), Optional(r.Condition))
            {
                Subquery = r.Subquery,
                Within = r.Within?.With(expression),
            },
            BoundLateralJoin r => new BoundLateralJoin(
                r.KeepsLeft,
                input(r.Left),
                input(r.Right),
                [.. r.Parameters.Select(parameter => parameter with { Argument = expression(parameter.Argument) })]),
            BoundMatchJoin r => new BoundMatchJoin(
                r.Kind, input(r.Left), input(r.Right), Optional(r.Condition), Optional(r.Comparison), r.Mark),
            BoundSetOperation r => new BoundSetOperation(r.IsIntersect, r.IsAll, input(r.Left), input(r.Right)),
            BoundUnionAll r => new BoundUnionAll([.. r.Inputs.Select(input)], r.Columns, r.IsOpen, r.OpenColumnType),
            _ => throw new UnreachableException($"No rule for {relation.GetType().Name}."),
        };
    }

    /// <summary>The relation with every expression in it rewritten, those of its inputs too.</summary>
    public static BoundRelation Rewritten(this BoundRelation relation, BoundExpressionRewriter rewriter) =>
        relation.With(input => input.Rewritten(rewriter), rewriter.Rewrite);
}
