using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels;

/// <summary>Makes an ARRAY, MAP or STRUCT of its parts; never NULL. A MAP cannot have a NULL key.</summary>
internal sealed class ConstructorKernel(DataType type, Kernel[] items, FailureText failure)
    : Kernel(type, type.Kind == DataTypeKind.Map || items.Any(item => item.CanFail))
{
    private readonly ValueShape _shape = ValueShape.Of(type);
    private readonly NestedValueWriter _writer = new();

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        Column[] columns = Array.ConvertAll(items, item => item.Evaluate(input, errors));
        var pool = new StringPool(isInterned: false);
        var codes = new int[input.RowCount];
        Bitmap? validity = null;
        for (int row = 0; row < codes.Length; row++)
        {
            if (Type.Kind == DataTypeKind.Map && NullKey(columns, row) is { } key)
            {
                errors.Report(row, failure.For(row, key));
                validity ??= new Bitmap(codes.Length, value: true);
                validity[row] = false;
                codes[row] = -1;
                continue;
            }

            _writer.Begin(_shape);
            foreach (Column column in columns) { _writer.WriteFrom(column, row); }

            _writer.End();
            codes[row] = pool.Add(_writer.Written);
        }

        return new StringColumn(Type, codes, codes.Length, pool, validity);
    }

    private static Column? NullKey(Column[] columns, int row)
    {
        for (int item = 0; item < columns.Length; item += 2)
        {
            if (columns[item].IsNull(row)) { return columns[item]; }
        }

        return null;
    }
}
