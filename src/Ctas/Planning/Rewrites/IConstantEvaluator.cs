namespace Ctas.Planning.Rewrites;

/// <summary>Computes expressions without columns while planning, with the very kernels that rows would see.</summary>
internal interface IConstantEvaluator
{
    /// <summary>The value, in the form of <see cref="ConstantExpression.Value"/>.</summary>
    /// <returns>False when it fails or its type has no constants: then it stays an expression.</returns>
    bool TryEvaluate(ScalarExpression expression, out object? value);
}
