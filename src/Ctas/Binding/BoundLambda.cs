using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

/// <summary>A lambda that waits for the types of its parameters, which the other arguments of its call say.</summary>
/// <param name="Syntax">The lambda.</param>
/// <param name="Bind">Binds it once the types of its parameters are known.</param>
internal sealed record BoundOpenLambda(LambdaSyntax Syntax, Func<IReadOnlyList<DataType>, BoundExpression> Bind)
    : BoundExpression(DataType.Unknown);

/// <summary>A parameter of a lambda.</summary>
/// <param name="Id">Different from those of the lambdas around it; equal lambdas have equal ones.</param>
/// <param name="Name">Its name, for messages.</param>
internal sealed record BoundLambdaParameter(int Id, string Name, DataType Type) : BoundExpression(Type);

/// <summary>A lambda; its type is that of its body.</summary>
internal sealed record BoundLambda(BoundList<BoundLambdaParameter> Parameters, BoundExpression Body)
    : BoundExpression(Body.Type);
