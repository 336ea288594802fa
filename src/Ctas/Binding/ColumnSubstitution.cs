namespace Ctas.Binding;

/// <summary>Replaces columns by what stands for them; columns that nothing stands for stay.</summary>
internal sealed class ColumnSubstitution(IReadOnlyDictionary<ColumnSymbol, BoundExpression> definitions)
    : BoundExpressionRewriter
{
    public override BoundExpression Rewrite(BoundExpression expression) =>
        expression is BoundColumn column && definitions.TryGetValue(column.Column, out BoundExpression? definition)
            ? definition
            : base.Rewrite(expression);
}
