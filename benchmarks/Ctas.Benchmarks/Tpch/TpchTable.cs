using Ctas.Data;

namespace Ctas.Benchmarks.Tpch;

/// <summary>A table of TPC-H in columns, so that both contenders are given the same values.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Schema">Its columns; no key.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record TpchTable(string Name, Schema Schema, Batch Rows);

/// <summary>Builds a table row by row.</summary>
internal sealed class TpchTableBuilder
{
    private readonly string _name;
    private readonly Field[] _fields;
    private readonly ColumnBuilder[] _columns;
    private int _rows;

    /// <param name="name">The table's name.</param>
    /// <param name="columns">Name and type of each column. Texts that repeat are stored once.</param>
    public TpchTableBuilder(string name, params (string Name, DataType Type)[] columns)
    {
        _name = name;
        _fields = [.. columns.Select(column => new Field(column.Name, column.Type))];
        _columns = [.. columns.Select(column => ColumnBuilder.Create(column.Type, new StringPool(isInterned: true)))];
    }

    /// <summary>Adds a row: int (INT, DATE), long (BIGINT, DECIMAL unscaled) or string.</summary>
    public void Add(params ReadOnlySpan<object> values)
    {
        for (int column = 0; column < values.Length; column++)
        {
            switch (_columns[column], values[column])
            {
                case (FixedColumnBuilder<int> to, int value): to.Append(value); break;
                case (FixedColumnBuilder<long> to, long value): to.Append(value); break;
                case (FixedColumnBuilder<Int128> to, long value): to.Append(value); break;
                case (StringColumnBuilder to, string value): to.Append(value); break;
                default: throw new ArgumentException($"{_fields[column]} cannot hold {values[column]}.");
            }
        }

        _rows++;
    }

    /// <summary>The table.</summary>
    public TpchTable Finish() =>
        new(_name, new Schema(_fields), new Batch([.. _columns.Select(column => column.Finish())], _rows));
}
