using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>
/// An expression evaluated for some rows of a batch only: its columns are gathered for them, nothing else is touched.
/// </summary>
internal sealed class Branch(Kernel kernel, int[] ordinals)
{
    /// <summary>True when some row may be reported as an error.</summary>
    public bool CanFail => kernel.CanFail;

    /// <summary>Type of the result.</summary>
    public DataType Type => kernel.Type;

    /// <summary>The value for every row.</summary>
    public Column Evaluate(Batch input, RowErrors errors) => kernel.Evaluate(input.Select(ordinals), errors);

    /// <summary>The value for the given rows, in their order.</summary>
    public Column Evaluate(Batch input, int[] rows, RowErrors errors) => rows.Length == input.RowCount
        ? Evaluate(input, errors)
        : kernel.Evaluate(input.Select(ordinals).Gather(rows), errors.ForRows(rows));
}
