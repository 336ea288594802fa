using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.Execution;

/// <summary>Computes constants with the kernels that rows go through, so that planning cannot think otherwise.</summary>
internal sealed class ConstantEvaluator : IConstantEvaluator
{
    private static readonly Schema NoColumns = new([]);

    private ConstantEvaluator()
    {
    }

    /// <summary>It keeps nothing: one serves all.</summary>
    public static ConstantEvaluator Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryEvaluate(ScalarExpression expression, out object? value)
    {
        value = null;
        if (!HasConstants(expression.Type) || !expression.Operands.All(operand => HasConstants(operand.Type))) { return false; }

        var errors = new CollectedRowErrors(rowCount: 1, rowsBefore: 0, NoColumns);
        Column column = new KernelCompiler().Compile(expression).Evaluate(new Batch([], 1), errors);
        if (errors.Count > 0) { return false; }

        value = column.IsNull(0) ? null : ValueOf(column);
        return true;
    }

    private static bool HasConstants(DataType type) =>
        !type.IsNested && type.Kind is not (DataTypeKind.Unknown or DataTypeKind.Null);

    private static object? ValueOf(Column column) => column switch
    {
        FixedColumn<bool> values => values.Values[0],
        FixedColumn<int> values => values.Values[0],
        FixedColumn<long> values => values.Values[0],
        FixedColumn<double> values => values.Values[0],
        FixedColumn<Int128> values => values.Values[0],
        FixedColumn<Interval> values => values.Values[0],
        StringColumn { Type.Kind: DataTypeKind.Varchar } text => System.Text.Encoding.UTF8.GetString(text.GetBytes(0)),
        StringColumn bytes => bytes.GetBytes(0).ToArray(),
        _ => throw new System.Diagnostics.UnreachableException($"No constant is held by {column.GetType().Name}."),
    };
}
