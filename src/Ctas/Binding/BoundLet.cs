namespace Ctas.Binding;

/// <summary>
/// A value that is computed once and stands in an expression several times: the operand of CASE, the middle of BETWEEN. A
/// value that is small and always the same is written out instead, so that rewrites see what it is.
/// </summary>
/// <param name="Parameter">Stands for the value in the body.</param>
/// <param name="Value">The value.</param>
/// <param name="Body">The expression; its value is the result.</param>
internal sealed record BoundLet(BoundLambdaParameter Parameter, BoundExpression Value, BoundExpression Body)
    : BoundExpression(Body.Type);
