using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of the functions that choose between values.</summary>
internal static class NullFunctionKernels
{
    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["COALESCE"] = call => new CoalesceKernel(call.Type, call.Branches(call.Type)),
            ["NULLIF"] = CompileNullIf,
            ["GREATEST"] = call => CompileExtreme(call, BinaryOperator.GreaterOrEqual),
            ["LEAST"] = call => CompileExtreme(call, BinaryOperator.LessOrEqual),
        };

    private static Kernel CompileNullIf(FunctionCall call)
    {
        DataType type = call.Type;
        var value = new ColumnReference(0, type);
        var areEqual = new BinaryExpression(
            BinaryOperator.Equal, value, new ColumnReference(1, type), DataType.Boolean);
        return call.Let(
            call.Arguments(type),
            new CaseExpression([new CaseBranch(areEqual, new ConstantExpression(null, type))], value, type));
    }

    // Left to right: of two the greater (or the lesser) one, or the one that is not NULL.
    private static Kernel CompileExtreme(FunctionCall call, BinaryOperator firstWins)
    {
        DataType type = call.Type;
        var first = new ColumnReference(0, type);
        var second = new ColumnReference(1, type);
        var choice = new CaseExpression(
            [
                new CaseBranch(new IsNullExpression(second, IsNegated: false), first),
                new CaseBranch(new BinaryExpression(firstWins, first, second, DataType.Boolean), first),
            ],
            second,
            type);
        return call.Arguments(type).Aggregate((left, right) => call.Let([left, right], choice));
    }
}
