using System.Diagnostics;

namespace Ctas.Binding;

/// <summary>Makes an expression from another by replacing parts; parts that stay are shared.</summary>
internal abstract class BoundExpressionRewriter
{
    /// <summary>
    /// The expression with its operands rewritten; override to replace, call the base to go on downwards.
    /// </summary>
    public virtual BoundExpression Rewrite(BoundExpression expression) => expression switch
    {
        BoundError or BoundColumn or BoundConstant or BoundOuterColumn or BoundLambdaParameter => expression,
        BoundLambda e => e with { Body = Rewrite(e.Body) },
        BoundLet e => e with { Value = Rewrite(e.Value), Body = Rewrite(e.Body) },
        BoundAnyQuery e => e with
        {
            Operand = Rewrite(e.Operand),
            FurtherOperands = [.. e.FurtherOperands.Select(Rewrite)],
            Parameters = RewriteParameters(e),
        },
        BoundSubquery e => e with { Parameters = RewriteParameters(e) },
        BoundBinary e => e with { Left = Rewrite(e.Left), Right = Rewrite(e.Right) },
        BoundNegate e => e with { Operand = Rewrite(e.Operand) },
        BoundNot e => e with { Operand = Rewrite(e.Operand) },
        BoundIsNull e => e with { Operand = Rewrite(e.Operand) },
        BoundCast e => e with { Operand = Rewrite(e.Operand) },
        BoundCase e => e with
        {
            Branches = [.. e.Branches.Select(b => new BoundCaseBranch(Rewrite(b.Condition), Rewrite(b.Result)))],
            Else = RewriteOptional(e.Else),
        },
        BoundInList e => e with { Operand = Rewrite(e.Operand), Values = [.. e.Values.Select(Rewrite)] },
        BoundLike e => e with { Operand = Rewrite(e.Operand), Pattern = Rewrite(e.Pattern) },
        BoundGroupingCall e => e with { Arguments = [.. e.Arguments.Select(Rewrite)] },
        BoundFunction e => e with { Arguments = [.. e.Arguments.Select(Rewrite)] },
        BoundField e => e with { Operand = Rewrite(e.Operand) },
        BoundElement e => e with { Operand = Rewrite(e.Operand), Index = Rewrite(e.Index) },
        BoundConstructor e => e with { Items = [.. e.Items.Select(Rewrite)] },
        BoundAggregate e => RewriteOperands(e),
        BoundWindowCall e => e with
        {
            // The aggregate itself is one over a window, so only what it is made of is rewritten.
            Aggregate = e.Aggregate is null ? null : RewriteOperands(e.Aggregate),
            Arguments = [.. e.Arguments.Select(Rewrite)],
            Window = new BoundWindow(
                [.. e.Window.PartitionBy.Select(Rewrite)],
                RewriteKeys(e.Window.OrderBy),
                e.Window.Frame with { RangeKey = RewriteOptional(e.Window.Frame.RangeKey) }),
        },
        _ => throw new UnreachableException($"No rule for {expression.GetType().Name}."),
    };

    private BoundList<BoundParameter> RewriteParameters(BoundSubquery subquery) =>
        [.. subquery.Parameters.Select(parameter => parameter with { Argument = Rewrite(parameter.Argument) })];

    private BoundAggregate RewriteOperands(BoundAggregate aggregate) => aggregate with
    {
        Arguments = [.. aggregate.Arguments.Select(Rewrite)],
        Filter = RewriteOptional(aggregate.Filter),
        OrderBy = RewriteKeys(aggregate.OrderBy),
    };

    private BoundList<BoundSortKey> RewriteKeys(BoundList<BoundSortKey> keys) =>
        [.. keys.Select(key => key with { Expression = Rewrite(key.Expression) })];

    private BoundExpression? RewriteOptional(BoundExpression? expression) =>
        expression is null ? null : Rewrite(expression);
}
