using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels;

/// <summary><c>array || array</c>: the elements of the left one, then those of the right one. NULL gives NULL.</summary>
internal sealed class ArrayConcatKernel(DataType type, Kernel left, Kernel right)
    : Kernel(type, left.CanFail || right.CanFail)
{
    private readonly ValueShape _shape = ValueShape.Of(type);
    private readonly NestedValueWriter _writer = new();

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var lefts = (StringColumn)left.Evaluate(input, errors);
        var rights = (StringColumn)right.Evaluate(input, errors);
        Bitmap? validity = Bitmap.And(lefts.Validity, rights.Validity);
        var pool = new StringPool(isInterned: false);
        var codes = new int[input.RowCount];
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = -1;
            if (validity is not null && !validity[row]) { continue; }

            _writer.Begin(_shape);
            Append(lefts.GetBytes(row));
            Append(rights.GetBytes(row));
            _writer.End();
            codes[row] = pool.Add(_writer.Written);
        }

        return new StringColumn(Type, codes, codes.Length, pool, validity);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var array = new ArrayValue(_shape.Element, bytes);
        for (int index = 0; index < array.Count; index++)
        {
            if (array.IsNull(index)) { _writer.WriteNull(); }
            else { _writer.WriteBytes(array[index]); }
        }
    }
}
