using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Rows kept in columns, appended a batch at a time. Single-threaded.</summary>
/// <param name="types">Types of the columns.</param>
/// <param name="isPooled">True when views are read until the next append at most, and never after a release.</param>
internal sealed class RowBuffer(IReadOnlyList<DataType> types, bool isPooled = false)
{
    private readonly ColumnAccumulator[] _columns = [.. types.Select(type => ColumnAccumulator.Create(type, isPooled))];

    /// <summary>Rows appended.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _columns.Sum(column => column.SizeInBytes);

    /// <summary>Makes room for so many rows in all.</summary>
    public void Reserve(int rows)
    {
        foreach (ColumnAccumulator column in _columns) { column.Reserve(rows); }
    }

    /// <summary>Appends all rows of a batch.</summary>
    public void Append(Batch rows)
    {
        for (int column = 0; column < _columns.Length; column++) { _columns[column].Append(rows[column]); }

        Count += rows.RowCount;
    }

    /// <summary>Appends some rows of a batch.</summary>
    public void Append(Batch batch, ReadOnlySpan<int> rows)
    {
        for (int column = 0; column < _columns.Length; column++) { _columns[column].Append(batch[column], rows); }

        Count += rows.Length;
    }

    /// <summary>Gives pooled memory back; nothing is called afterwards, and views are not read.</summary>
    public void Release()
    {
        foreach (ColumnAccumulator column in _columns) { column.Release(); }
    }

    /// <summary>The rows so far as one batch; nothing is copied.</summary>
    public Batch View()
    {
        var columns = new Column[_columns.Length];
        for (int column = 0; column < columns.Length; column++) { columns[column] = _columns[column].View(); }

        return new Batch(columns, Count);
    }
}
