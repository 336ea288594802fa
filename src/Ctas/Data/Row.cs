using System.Text;

namespace Ctas.Data;

/// <summary>A view of one row of a batch. A value of two words: copying it copies no data. Safe for many readers.</summary>
/// <remarks>Reads throw <see cref="InvalidCastException"/> when the column has another type or the value is NULL.</remarks>
public readonly struct Row
{
    private readonly Batch _batch;
    private readonly int _row;

    /// <summary>A view of row <paramref name="row"/> of <paramref name="batch"/>.</summary>
    public Row(Batch batch, int row)
    {
        _batch = batch;
        _row = row;
    }

    /// <summary>Number of columns.</summary>
    public int ColumnCount => _batch.Columns.Length;

    /// <summary>The boxed value at an ordinal, null for NULL; forms as at <see cref="Column.GetValue"/>.</summary>
    public object? this[int ordinal] => _batch[ordinal].GetValue(_row);

    /// <summary>True when the value is NULL.</summary>
    public bool IsNull(int ordinal) => _batch[ordinal].IsNull(_row);

    /// <summary>The physical value of a fixed-width column, see <see cref="Column"/>; <c>default</c> for NULL.</summary>
    public T Get<T>(int ordinal)
        where T : unmanaged => ((FixedColumn<T>)_batch[ordinal]).Values[_row];

    /// <summary>The bytes of a VARCHAR or BYTES value, empty for NULL; no allocation, valid as long as the table.</summary>
    public ReadOnlySpan<byte> GetBytes(int ordinal) => ((StringColumn)_batch[ordinal]).GetBytes(_row);

    /// <summary>The string of a VARCHAR value, null for NULL; allocates.</summary>
    public string? GetString(int ordinal) => IsNull(ordinal) ? null : Encoding.UTF8.GetString(GetBytes(ordinal));
}
