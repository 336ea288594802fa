using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>Fixed-width values. A NULL row holds <c>default</c>. Immutable.</summary>
/// <typeparam name="T">The physical type, see <see cref="Column"/>.</typeparam>
public sealed class FixedColumn<T> : Column
    where T : unmanaged
{
    private readonly T[] _values;
    private readonly int _start;

    /// <summary>Takes over <paramref name="values"/>, which may be longer than the column.</summary>
    public FixedColumn(DataType type, T[] values, int length, Bitmap? validity = null)
        : base(type, length, validity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, values.Length);
        _values = values;
    }

    private FixedColumn(DataType type, T[] values, int start, int length, Bitmap? validity)
        : base(type, length, validity)
    {
        _values = values;
        _start = start;
    }

    /// <summary>The values; NULL rows hold <c>default</c>.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(_start, Length);

    /// <inheritdoc/>
    public override long SizeInBytes =>
        (KeptLength(_values.Length, _start) * Unsafe.SizeOf<T>()) + ((Validity?.Words.Length ?? 0) * 8L);

    /// <inheritdoc/>
    public override Column Gather(ReadOnlySpan<int> rows)
    {
        T[] gathered = GC.AllocateUninitializedArray<T>(rows.Length);
        Gathering.Gather(Values, rows, gathered, default);
        return new FixedColumn<T>(Type, gathered, rows.Length, GatherValidity(rows));
    }

    internal override Column Gather(ReadOnlySpan<int> rows, ref Array? buffer)
    {
        if (buffer is not T[] gathered || gathered.Length < rows.Length)
        {
            gathered = GC.AllocateUninitializedArray<T>(rows.Length);
            buffer = gathered;
        }

        Gathering.Gather(Values, rows, gathered, default);
        return new FixedColumn<T>(Type, gathered, rows.Length, GatherValidity(rows));
    }

    internal override Column Slice(int start, int length) =>
        new FixedColumn<T>(Type, _values, _start + start, length, Validity?.Slice(start, length));
}
