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
            ["IIF"] = call => call.Compiler.Compile(new CaseExpression(
                [new CaseBranch(call.Expression.Arguments[0], call.Expression.Arguments[1])],
                call.Expression.Arguments[2],
                call.Type)),
            ["ELT"] = CompileElement,
            ["FIELD"] = CompileField,
            ["LEAST"] = call => CompileExtreme(call, BinaryOperator.LessOrEqual),
        };

    // The n-th of the values after the number; NULL when there is none.
    private static Kernel CompileElement(FunctionCall call)
    {
        var number = new ColumnReference(0, DataType.Int);
        CaseBranch[] branches = [.. Enumerable.Range(1, call.Count - 1).Select(n => new CaseBranch(
            new BinaryExpression(
                BinaryOperator.Equal, number, new ConstantExpression(n, DataType.Int), DataType.Boolean),
            new ColumnReference(n, call.Type)))];
        Kernel[] arguments =
            [call.Argument(0, DataType.Int), .. Enumerable.Range(1, call.Count - 1).Select(n => call.Argument(n, call.Type))];
        return call.Let(arguments, new CaseExpression(branches, null, call.Type));
    }

    // Which of the values after the first it equals; 0 for none.
    private static Kernel CompileField(FunctionCall call)
    {
        DataType type = call.Expression.Arguments[0].Type;
        CaseBranch[] branches = [.. Enumerable.Range(1, call.Count - 1).Select(n => new CaseBranch(
            new BinaryExpression(
                BinaryOperator.Equal, new ColumnReference(0, type), new ColumnReference(n, type), DataType.Boolean),
            new ConstantExpression(n, DataType.Int)))];
        return call.Let(
            call.Arguments(type),
            new CaseExpression(branches, new ConstantExpression(0, DataType.Int), DataType.Int));
    }

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
