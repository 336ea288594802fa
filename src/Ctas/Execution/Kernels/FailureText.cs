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

    /// <summary>What is wrong where the last operand is not zero: a quotient can leave its type too; null: the same.</summary>
    public string? ReasonUnlessZero { get; init; }

    /// <summary>The error of a row with these operands.</summary>
    public RowError For(int row, params ReadOnlySpan<Column> operands)
    {
        var values = new string[operands.Length];
        for (int operand = 0; operand < values.Length; operand++)
        {
            values[operand] = ValueText.Of(operands[operand], row);
        }

        string reason = ReasonUnlessZero is { } other && !IsZero(operands[^1], row) ? other : Reason;
        return new RowError(Expression, string.Join(", ", values), reason);
    }

    private static bool IsZero(Column column, int row) => column switch
    {
        FixedColumn<int> numbers => numbers.Values[row] == 0,
        FixedColumn<long> numbers => numbers.Values[row] == 0,
        FixedColumn<double> numbers => numbers.Values[row] == 0,
        FixedColumn<Int128> numbers => numbers.Values[row] == 0,
        _ => false,
    };
}
