using Ctas.Data.Nested;

namespace Ctas.Data.Host;

/// <summary>ARRAYs as lists of a .NET type. Safe for many threads.</summary>
internal sealed class HostListType<T>(HostType<T> element)
{
    private readonly ValueShape _shape = ValueShape.Of(DataType.Array(element.Type));

    /// <summary>The ARRAY.</summary>
    public DataType Type => _shape.Type;

    /// <summary>The elements of a row.</summary>
    public T[] Read(Column column, int row)
    {
        if (column.IsNull(row)) { return null!; }

        var array = new ArrayValue(_shape.Element, ((StringColumn)column).GetBytes(row));
        ColumnBuilder builder = ColumnBuilder.Create(element.Type);
        for (int i = 0; i < array.Count; i++)
        {
            if (array.IsNull(i)) { builder.AppendNull(); }
            else { NestedColumns.Append(builder, array[i]); }
        }

        Column elements = builder.Finish();
        var values = new T[elements.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (elements.IsNull(i) && default(T) is not null) { throw new InvalidCastException("The array holds NULL."); }

            values[i] = element.Read(elements, i);
        }

        return values;
    }

    /// <summary>Makes what appends lists, null for NULL, with buffers of its own. Single-threaded.</summary>
    public Action<ColumnBuilder, IEnumerable<T>?> NewAppend()
    {
        ColumnBuilder elements = ColumnBuilder.Create(element.Type);
        var writer = new NestedValueWriter();
        return (builder, values) =>
        {
            if (values is null)
            {
                builder.AppendNull();
                return;
            }

            // A list that threw has left some behind.
            elements.TruncateTo(0);
            foreach (T value in values) { element.Append(elements, value); }

            Column column = elements.Finish();
            writer.Begin(_shape);
            for (int i = 0; i < column.Length; i++) { writer.WriteFrom(column, i); }

            writer.End();
            ((StringColumnBuilder)builder).Append(writer.Written);
        };
    }
}
