using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>Which columns an expression reads.</summary>
internal static class ColumnUse
{
    /// <summary>The one column that is read, when it is exactly one and holds strings or nested values; else null.</summary>
    public static ColumnReference? SingleString(ScalarExpression expression)
    {
        ColumnReference? single = null;
        foreach (ColumnReference column in Columns(expression))
        {
            bool isCoded = column.Type.Kind == DataTypeKind.Varchar || column.Type.IsNested;
            if (!isCoded || (single is not null && single.Ordinal != column.Ordinal)) { return null; }

            single = column;
        }

        return single;
    }

    /// <summary>True when equal rows give equal values.</summary>
    public static bool IsDeterministic(ScalarExpression expression) =>
        expression is not FunctionExpression { IsDeterministic: false } && expression.Operands.All(IsDeterministic);

    private static IEnumerable<ColumnReference> Columns(ScalarExpression expression) =>
        expression is ColumnReference column ? [column] : expression.Operands.SelectMany(Columns);
}
