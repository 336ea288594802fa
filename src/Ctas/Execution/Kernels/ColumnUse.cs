using System.Diagnostics;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>Which columns an expression reads.</summary>
internal static class ColumnUse
{
    /// <summary>The one column that is read, when it is exactly one and holds strings; else null.</summary>
    public static ColumnReference? SingleString(ScalarExpression expression)
    {
        ColumnReference? single = null;
        foreach (ColumnReference column in Columns(expression))
        {
            if (column.Type.Kind != DataTypeKind.Varchar || (single is not null && single.Ordinal != column.Ordinal))
            {
                return null;
            }

            single = column;
        }

        return single;
    }

    private static IEnumerable<ColumnReference> Columns(ScalarExpression expression) =>
        expression is ColumnReference column ? [column] : Operands(expression).SelectMany(Columns);

    private static IEnumerable<ScalarExpression> Operands(ScalarExpression expression) => expression switch
    {
        ConstantExpression => [],
        BinaryExpression binary => [binary.Left, binary.Right],
        NegateExpression negate => [negate.Operand],
        NotExpression not => [not.Operand],
        IsNullExpression isNull => [isNull.Operand],
        CastExpression cast => [cast.Operand],
        CaseExpression { Else: null } choice => choice.Branches.SelectMany(Parts),
        CaseExpression choice => choice.Branches.SelectMany(Parts).Append(choice.Else),
        InListExpression list => list.Values.Prepend(list.Operand),
        LikeExpression like => [like.Operand, like.Pattern],
        FunctionExpression call => call.Arguments,
        _ => throw new UnreachableException($"No operands known of {expression.GetType().Name}."),
    };

    private static IEnumerable<ScalarExpression> Parts(CaseBranch branch) => [branch.Condition, branch.Result];
}
