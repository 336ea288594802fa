namespace Ctas.Data;

/// <summary>Columns of equal length. Immutable, so safe for many readers.</summary>
public sealed class Batch : RowStore
{
    private readonly Column[] _columns;

    /// <summary>Takes over <paramref name="columns"/>.</summary>
    /// <param name="columns">Columns of <paramref name="rowCount"/> rows; none is allowed.</param>
    /// <param name="rowCount">Number of rows; needed because a batch may have no columns.</param>
    public Batch(Column[] columns, int rowCount)
    {
        foreach (Column column in columns)
        {
            if (column.Length != rowCount)
            {
                throw new ArgumentException(
                    $"A column has {column.Length} rows, the batch {rowCount}.", nameof(columns));
            }
        }

        _columns = columns;
        RowCount = rowCount;
    }

    private Batch(Column[] columns, int rowCount, Schema schema)
    {
        _columns = columns;
        RowCount = rowCount;
        Schema = schema;
    }

    /// <inheritdoc/>
    public override Schema? Schema { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <inheritdoc/>
    public override int ColumnCount => _columns.Length;

    /// <summary>The columns in order.</summary>
    public ReadOnlySpan<Column> Columns => _columns;

    /// <summary>The column at an ordinal.</summary>
    public Column this[int ordinal] => _columns[ordinal];

    /// <summary>A new batch of the given rows, in the given order; a negative row index gives a row of NULLs.</summary>
    public Batch Gather(ReadOnlySpan<int> rows) => Gather(rows, ColumnMemory.Kept);

    /// <summary>As <see cref="Gather(ReadOnlySpan{int})"/>, in memory of a kind.</summary>
    internal Batch Gather(ReadOnlySpan<int> rows, ColumnMemory memory)
    {
        var gathered = new Column[_columns.Length];
        for (int ordinal = 0; ordinal < gathered.Length; ordinal++)
        {
            gathered[ordinal] = _columns[ordinal].Gather(rows, memory);
        }

        return new Batch(gathered, rows.Length);
    }

    /// <summary>Rows [start, start + count); values are shared, not copied.</summary>
    internal Batch Slice(int start, int count)
    {
        if (start == 0 && count == RowCount) { return this; }

        var sliced = new Column[_columns.Length];
        for (int ordinal = 0; ordinal < sliced.Length; ordinal++)
        {
            sliced[ordinal] = _columns[ordinal].Slice(start, count);
        }

        return new Batch(sliced, count);
    }

    /// <summary>Gives pooled memory of the columns back: nobody reads them any more.</summary>
    /// <exception cref="InvalidOperationException">It has been given back before.</exception>
    internal void GiveBack()
    {
        foreach (Column column in _columns) { column.GiveBack(); }
    }

    /// <inheritdoc cref="Column.GiveBackDecoded"/>
    internal void GiveBackDecoded()
    {
        foreach (Column column in _columns) { column.GiveBackDecoded(); }
    }

    /// <inheritdoc cref="Column.KeepDecoded"/>
    internal void KeepDecoded()
    {
        foreach (Column column in _columns) { column.KeepDecoded(); }
    }

    /// <summary>A batch of some of the columns; nothing is copied.</summary>
    public Batch Select(ReadOnlySpan<int> ordinals)
    {
        var selected = new Column[ordinals.Length];
        for (int column = 0; column < selected.Length; column++) { selected[column] = _columns[ordinals[column]]; }

        return new Batch(selected, RowCount);
    }

    /// <summary>The same rows, whose columns can be found by name; nothing is copied.</summary>
    internal Batch Named(Schema schema) => new(_columns, RowCount, schema);

    /// <summary>One row as a view; nothing is copied.</summary>
    public Row GetRow(int row) => new(this, row);

    internal override DataType TypeOf(int ordinal) => _columns[ordinal].Type;

    internal override bool IsNull(int row, int ordinal) => _columns[ordinal].IsNull(row);

    internal override long GetInt64(int row, int ordinal) => _columns[ordinal] switch
    {
        FixedColumn<long> longs => longs.Values[row],
        FixedColumn<int> ints => ints.Values[row],
        Column booleans => ((FixedColumn<bool>)booleans).Values[row] ? 1 : 0,
    };

    internal override double GetDouble(int row, int ordinal) => ((FixedColumn<double>)_columns[ordinal]).Values[row];

    internal override Int128 GetInt128(int row, int ordinal) => ((FixedColumn<Int128>)_columns[ordinal]).Values[row];

    internal override Interval GetInterval(int row, int ordinal) =>
        ((FixedColumn<Interval>)_columns[ordinal]).Values[row];

    internal override ReadOnlySpan<byte> GetBytes(int row, int ordinal) =>
        ((StringColumn)_columns[ordinal]).GetBytes(row);
}
