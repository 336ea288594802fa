using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>Words for the rows on which an expression fails; made only when one does.</summary>
/// <param name="Expression">The expression.</param>
/// <param name="Reason">What is wrong with such a row, lower case.</param>
internal sealed record FailureText(ScalarExpression Expression, string Reason)
{
    /// <summary>For operations that cannot fail.</summary>
    public static FailureText Never { get; } = new(new ConstantExpression(null, DataType.Null), "");

    /// <summary>The error of a row with these operands.</summary>
    public RowError For(int row, params ReadOnlySpan<Column> operands)
    {
        var values = new string[operands.Length];
        for (int operand = 0; operand < values.Length; operand++)
        {
            values[operand] = ValueText.Of(operands[operand], row);
        }

        return new RowError(Expression, string.Join(", ", values), Reason);
    }
}
