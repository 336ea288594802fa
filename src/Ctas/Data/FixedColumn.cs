using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>Fixed-width values. A NULL row holds <c>default</c>. Immutable.</summary>
/// <typeparam name="T">The physical type, see <see cref="Column"/>.</typeparam>
public sealed class FixedColumn<T> : Column
    where T : unmanaged
{
    private readonly T[] _values;

    /// <summary>Takes over <paramref name="values"/>, which may be longer than the column.</summary>
    public FixedColumn(DataType type, T[] values, int length, Bitmap? validity = null)
        : base(type, length, validity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, values.Length);
        _values = values;
    }

    /// <summary>The values; NULL rows hold <c>default</c>.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Length);

    /// <inheritdoc/>
    public override long SizeInBytes => ((long)_values.Length * Unsafe.SizeOf<T>()) + ((Validity?.Words.Length ?? 0) * 8L);

    /// <inheritdoc/>
    public override Column Gather(ReadOnlySpan<int> rows)
    {
        var gathered = new T[rows.Length];
        T[] values = _values;
        for (int row = 0; row < rows.Length; row++)
        {
            int from = rows[row];
            gathered[row] = from < 0 ? default : values[from];
        }

        return new FixedColumn<T>(Type, gathered, rows.Length, GatherValidity(rows));
    }
}
