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

    /// <summary>True to write the next result over the last one, which nobody reads any more.</summary>
    public bool ReusesResults { get; set; }

    /// <summary>The value for every row. NULL rows of the result hold <c>default</c>, code −1 for strings.</summary>
    /// <remarks>A row reported to <paramref name="errors"/> is NULL in the result.</remarks>
    public abstract Column Evaluate(Batch input, RowErrors errors);
}

/// <summary>Where a kernel writes its results. Single-threaded.</summary>
internal struct KernelResults<T>
    where T : unmanaged
{
    private T[]? _last;
    private ulong[]? _lastWords;

    /// <summary>Room for so many results, all of which are to be written: that of the last ones where it may be reused.</summary>
    public T[] Take(int count, bool reuses)
    {
        if (!reuses) { return GC.AllocateUninitializedArray<T>(count); }

        if (_last is null || _last.Length < count) { _last = GC.AllocateUninitializedArray<T>(count); }

        return _last;
    }

    /// <summary>Where both operands hold a value; null when they always do. As long-lived as the values taken.</summary>
    public Bitmap? And(Bitmap? left, Bitmap? right, bool reuses)
    {
        if (!reuses || left is null || right is null) { return Bitmap.And(left, right); }

        if (_lastWords is null || _lastWords.Length < left.Words.Length) { _lastWords = new ulong[left.Words.Length]; }

        var result = new Bitmap(left.Length, value: false, _lastWords, isLent: false);
        for (int word = 0; word < result.Words.Length; word++) { result.Words[word] = left.Words[word] & right.Words[word]; }

        return result;
    }
}

/// <summary>An input column itself; nothing is copied.</summary>
internal sealed class ColumnKernel(DataType type, int ordinal) : Kernel(type, canFail: false)
{
    /// <summary>Which column.</summary>
    public int Ordinal => ordinal;

    public override Column Evaluate(Batch input, RowErrors errors) => input[ordinal];
}
