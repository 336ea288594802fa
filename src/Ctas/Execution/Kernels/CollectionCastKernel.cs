using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels;

/// <summary>CAST between ARRAYs and between MAPs: all parts of a batch go through the kernels at once.</summary>
/// <param name="type">The type wanted.</param>
/// <param name="operand">The ARRAY or MAP.</param>
/// <param name="keys">Over a batch of one column, the keys; null for ARRAY.</param>
/// <param name="values">Over a batch of one column, the elements or values.</param>
internal sealed class CollectionCastKernel(
    DataType type, Kernel operand, Kernel? keys, Kernel values)
    : Kernel(type, operand.CanFail || keys is not null || values.CanFail)
{
    private readonly ValueShape _from = ValueShape.Of(operand.Type);
    private readonly ValueShape _to = ValueShape.Of(type);
    private readonly NestedValueWriter _writer = new();
    private readonly List<int> _parents = [];

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var operands = (StringColumn)operand.Evaluate(input, errors);
        (Column? fromKeys, Column fromValues) = Flatten(operands);
        RowErrors ofParents = errors.ForRows([.. _parents]);
        Column? toKeys = keys?.Evaluate(new Batch([fromKeys!], _parents.Count), ofParents);
        Column toValues = values.Evaluate(new Batch([fromValues], _parents.Count), ofParents);

        var pool = new StringPool(isInterned: false);
        var codes = new int[operands.Length];
        Bitmap? validity = operands.Validity;
        for (int row = 0, part = 0; row < codes.Length; row++)
        {
            codes[row] = -1;
            if (operands.IsNull(row)) { continue; }

            int end = part;
            while (end < _parents.Count && _parents[end] == row) { end++; }

            if (toKeys is not null && FirstNull(toKeys, part, end) >= 0)
            {
                // Its cast has reported it, or was a TRY_CAST.
                if (ReferenceEquals(validity, operands.Validity)) { validity = NullRows.CopyOf(validity, codes.Length); }

                validity![row] = false;
            }
            else
            {
                codes[row] = pool.Add(Collect(toKeys, toValues, part, end));
            }

            part = end;
        }

        return new StringColumn(Type, codes, codes.Length, pool, validity);
    }

    private (Column? Keys, Column Values) Flatten(StringColumn operands)
    {
        _parents.Clear();
        ColumnBuilder? keyBuilder = keys is null ? null : ColumnBuilder.Create(operand.Type.Key!);
        ColumnBuilder valueBuilder = ColumnBuilder.Create(operand.Type.Element!);
        for (int row = 0; row < operands.Length; row++)
        {
            if (operands.IsNull(row)) { continue; }

            var array = keys is null
                ? new ArrayValue(_from.Element, operands.GetBytes(row))
                : new MapValue(_from, operands.GetBytes(row)).Values;
            for (int index = 0; index < array.Count; index++)
            {
                _parents.Add(row);
                if (array.IsNull(index)) { valueBuilder.AppendNull(); }
                else { NestedColumns.Append(valueBuilder, array[index]); }
            }

            if (keyBuilder is null) { continue; }

            ArrayValue keyArray = new MapValue(_from, operands.GetBytes(row)).Keys;
            for (int index = 0; index < keyArray.Count; index++) { NestedColumns.Append(keyBuilder, keyArray[index]); }
        }

        return (keyBuilder?.Finish(), valueBuilder.Finish());
    }

    private ReadOnlySpan<byte> Collect(Column? toKeys, Column toValues, int start, int end)
    {
        _writer.Begin(_to);
        for (int part = start; part < end; part++)
        {
            if (toKeys is not null) { _writer.WriteFrom(toKeys, part); }

            _writer.WriteFrom(toValues, part);
        }

        _writer.End();
        return _writer.Written;
    }

    private static int FirstNull(Column column, int start, int end)
    {
        for (int row = start; row < end; row++)
        {
            if (column.IsNull(row)) { return row; }
        }

        return -1;
    }
}
