using Ctas.Data.Nested;

namespace Ctas.Data.Host;

/// <summary>A column of the rows that a table function of the host gives.</summary>
internal abstract class HostColumn<TRow>(string name, DataType type)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its type.</summary>
    public DataType Type { get; } = type;

    /// <summary>Appends the value of a row.</summary>
    public abstract void Append(ColumnBuilder builder, TRow row);
}

/// <summary>A column of typed values.</summary>
internal sealed class HostColumn<TRow, TValue>(string name, HostType<TValue> type, Func<TRow, TValue> value)
    : HostColumn<TRow>(name, type.Type)
{
    public override void Append(ColumnBuilder builder, TRow row) => type.Append(builder, value(row));
}

/// <summary>Rows of several columns as an ARRAY of STRUCTs, which FROM spreads into columns.</summary>
internal sealed class HostRows<TRow>
{
    private readonly IReadOnlyList<HostColumn<TRow>> _columns;
    private readonly ValueShape _shape;

    private HostRows(IReadOnlyList<HostColumn<TRow>> columns, ValueShape shape) => (_columns, _shape) = (columns, shape);

    /// <summary>How rows are one SQL value.</summary>
    /// <exception cref="ArgumentException">There is no column.</exception>
    public static HostType<IEnumerable<TRow>> TypeOf(IReadOnlyList<HostColumn<TRow>> columns)
    {
        if (columns.Count == 0) { throw new ArgumentException("The rows have no column; add one at least.", nameof(columns)); }

        DataType type = DataType.Array(DataType.Struct(columns.Select(column => new Field(column.Name, column.Type))));
        ValueShape shape = ValueShape.Of(type);
        return new HostType<IEnumerable<TRow>>(
            type,
            (_, _) => throw new InvalidOperationException("Rows of a table function are not read."),
            (builder, rows) => new HostRows<TRow>(columns, shape).Appender()(builder, rows))
        {
            NewAppend = () => new HostRows<TRow>(columns, shape).Appender(),
        };
    }

    /// <summary>Appends rows with buffers of its own. Single-threaded.</summary>
    private Action<ColumnBuilder, IEnumerable<TRow>?> Appender()
    {
        var writer = new NestedValueWriter();
        ColumnBuilder[] builders = [.. _columns.Select(column => ColumnBuilder.Create(column.Type))];
        var values = new Column[builders.Length];
        return (builder, rows) =>
        {
            if (rows is null)
            {
                builder.AppendNull();
                return;
            }

            // A row that threw has left some behind.
            foreach (ColumnBuilder left in builders) { left.TruncateTo(0); }

            int count = 0;
            foreach (TRow row in rows)
            {
                for (int i = 0; i < builders.Length; i++) { _columns[i].Append(builders[i], row); }

                count++;
            }

            for (int i = 0; i < builders.Length; i++) { values[i] = builders[i].Finish(); }

            Write(writer, values, count);
            ((StringColumnBuilder)builder).Append(writer.Written);
        };
    }

    private void Write(NestedValueWriter writer, Column[] values, int count)
    {
        writer.Begin(_shape);
        for (int row = 0; row < count; row++)
        {
            writer.Begin(_shape.Element);
            foreach (Column column in values) { writer.WriteFrom(column, row); }

            writer.End();
        }

        writer.End();
    }
}
