using Ctas.Data;

namespace Ctas.Benchmarks.Shapes;

/// <summary>A table of the h2o.ai database benchmark, in columns, so that both contenders are given the same values.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Schema">Its columns; no key.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record H2oTable(string Name, Schema Schema, Batch Rows)
{
    /// <summary>Makes a table of columns by name.</summary>
    public static H2oTable Of(string name, params (string Name, Column Values)[] columns) => new(
        name,
        new Schema(columns.Select(column => new Field(column.Name, column.Values.Type))),
        new Batch([.. columns.Select(column => column.Values)], columns[0].Values.Length));

    /// <summary>An INT column.</summary>
    public static Column Ints(int[] values) => new FixedColumn<int>(DataType.Int, values, values.Length);

    /// <summary>A DOUBLE column.</summary>
    public static Column Doubles(double[] values) => new FixedColumn<double>(DataType.Double, values, values.Length);

    /// <summary>A VARCHAR column whose rows are texts of numbers.</summary>
    public static Column Texts(int[] values, Func<int, string> text)
    {
        var pool = new StringPool(isInterned: true);
        var codes = new Dictionary<int, int>();
        int[] codeOfRow = new int[values.Length];
        for (int row = 0; row < values.Length; row++)
        {
            if (!codes.TryGetValue(values[row], out int code))
            {
                code = pool.Add(text(values[row]));
                codes.Add(values[row], code);
            }

            codeOfRow[row] = code;
        }

        return new StringColumn(DataType.Varchar, codeOfRow, codeOfRow.Length, pool);
    }
}
