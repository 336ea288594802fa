using System.Diagnostics;
using System.Globalization;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>Expressions in words, for errors. Columns are shown as <c>$ordinal</c>: names are gone by now.</summary>
internal static class ExpressionText
{
    /// <summary>The expression in SQL's form.</summary>
    public static string Of(ScalarExpression expression) => expression switch
    {
        ColumnReference column => string.Create(CultureInfo.InvariantCulture, $"${column.Ordinal}"),
        ConstantExpression constant => OfConstant(constant),
        BinaryExpression binary => $"{Of(binary.Left)} {Symbol(binary.Operator)} {Of(binary.Right)}",
        NegateExpression negate => $"-{Of(negate.Operand)}",
        NotExpression not => $"NOT {Of(not.Operand)}",
        IsNullExpression isNull => $"{Of(isNull.Operand)} IS {(isNull.IsNegated ? "NOT " : "")}NULL",
        CastExpression cast => $"{(cast.IsTry ? "TRY_CAST" : "CAST")}({Of(cast.Operand)} AS {cast.Type})",
        CaseExpression choice => OfCase(choice),
        InListExpression list =>
            $"{Of(list.Operand)} {(list.IsNegated ? "NOT " : "")}IN ({string.Join(", ", list.Values.Select(Of))})",
        LikeExpression like =>
            $"{Of(like.Operand)} {(like.IsNegated ? "NOT " : "")}{LikeWord(like)} {Of(like.Pattern)}",
        FunctionExpression call => $"{call.Function}({string.Join(", ", call.Arguments.Select(Of))})",
        _ => throw new UnreachableException($"No text for {expression.GetType().Name}."),
    };

    private static string LikeWord(LikeExpression like) => like.IgnoresCase ? "ILIKE" : "LIKE";

    private static string OfCase(CaseExpression choice)
    {
        IEnumerable<string> branches =
            choice.Branches.Select(branch => $"WHEN {Of(branch.Condition)} THEN {Of(branch.Result)}");
        string otherwise = choice.Else is null ? "" : $" ELSE {Of(choice.Else)}";
        return $"CASE {string.Join(' ', branches)}{otherwise} END";
    }

    private static string OfConstant(ConstantExpression constant)
    {
        if (constant.Value is string text) { return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'"; }

        if (constant.Value is null) { return "NULL"; }

        var compiler = new KernelCompiler();
        return ValueText.Of(compiler.Compile(constant).Evaluate(new Batch([], 1), new FailingRowErrors()), 0);
    }

    private static string Symbol(BinaryOperator binaryOperator) => binaryOperator switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.Concat => "||",
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "<>",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.IsNotDistinctFrom => "IS NOT DISTINCT FROM",
        BinaryOperator.IsDistinctFrom => "IS DISTINCT FROM",
        BinaryOperator.And => "AND",
        BinaryOperator.Or => "OR",
        _ => throw new UnreachableException($"No symbol for {binaryOperator}."),
    };
}
