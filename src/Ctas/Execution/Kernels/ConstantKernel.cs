using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>
/// A constant of fixed width. Other kernels read <see cref="Value"/> instead of a column where they can.
/// </summary>
internal sealed class ConstantKernel<T>(DataType type, T? value) : Kernel(type, canFail: false)
    where T : unmanaged
{
    private FixedColumn<T>? _last;

    /// <summary>The value, null for NULL.</summary>
    public T? Value => value;

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        if (_last?.Length == input.RowCount) { return _last; }

        var values = new T[input.RowCount];
        if (value is { } filler) { Array.Fill(values, filler); }

        _last = new FixedColumn<T>(Type, values, values.Length, value is null ? new Bitmap(values.Length) : null);
        return _last;
    }
}

/// <summary>A constant VARCHAR or BYTES, or an untyped NULL.</summary>
/// <param name="type">VARCHAR, BYTES or NULL.</param>
/// <param name="pool">Holds the value; shared by the constants of one compilation.</param>
/// <param name="code">Code of the value, −1 for NULL.</param>
internal sealed class StringConstantKernel(DataType type, StringPool pool, int code) : Kernel(type, canFail: false)
{
    private StringColumn? _last;

    /// <summary>True for NULL.</summary>
    public bool IsNull => code < 0;

    /// <summary>The value's bytes.</summary>
    public ReadOnlySpan<byte> Value => code < 0 ? default : pool.GetBytes(code);

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        if (_last?.Length == input.RowCount) { return _last; }

        var codes = new int[input.RowCount];
        Array.Fill(codes, code);
        _last = new StringColumn(Type, codes, codes.Length, pool, code < 0 ? new Bitmap(codes.Length) : null);
        return _last;
    }
}
