using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>Computes one column from the columns of a batch. May keep caches, so single-threaded.</summary>
/// <param name="type">Type of the result.</param>
/// <param name="canFail">True when some row may be reported as an error.</param>
internal abstract class Kernel(DataType type, bool canFail)
{
    /// <summary>Type of the result.</summary>
    public DataType Type { get; } = type;

    /// <summary>
    /// True when some row may be reported as an error; false lets a caller evaluate rows that do not matter.
    /// </summary>
    public bool CanFail { get; } = canFail;

    /// <summary>The value for every row. NULL rows of the result hold <c>default</c>, code −1 for strings.</summary>
    /// <remarks>A row reported to <paramref name="errors"/> is NULL in the result.</remarks>
    public abstract Column Evaluate(Batch input, RowErrors errors);
}

/// <summary>An input column itself; nothing is copied.</summary>
internal sealed class ColumnKernel(DataType type, int ordinal) : Kernel(type, canFail: false)
{
    /// <summary>Which column.</summary>
    public int Ordinal => ordinal;

    public override Column Evaluate(Batch input, RowErrors errors) => input[ordinal];
}
