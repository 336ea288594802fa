using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Execution.State;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>The body of a lambda, evaluated over items of all rows at once.</summary>
/// <param name="kernel">The body; its columns are those of <paramref name="sources"/>.</param>
/// <param name="sources">For each column: the how many-th parameter, or (from −1 downwards) a column of the row.</param>
internal sealed class LambdaBody(Kernel kernel, int[] sources)
{
    /// <summary>Type of the result.</summary>
    public DataType Type => kernel.Type;

    /// <summary>The value for every item.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="rows">The row of every item.</param>
    /// <param name="parameters">The parameters, a value an item.</param>
    /// <param name="errors">Where failing rows go.</param>
    public Column Evaluate(Batch input, int[] rows, Column[] parameters, RowErrors errors)
    {
        var columns = new Column[sources.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = sources[i] >= 0 ? parameters[sources[i]] : input[-1 - sources[i]].Gather(rows);
        }

        return kernel.Evaluate(new Batch(columns, rows.Length), errors.ForRows(rows));
    }
}

/// <summary>The items of the arrays or maps of one batch, side by side.</summary>
internal sealed class FlatItems
{
    /// <summary>Takes a column of ARRAYs or MAPs apart.</summary>
    public FlatItems(StringColumn nested)
    {
        ValueShape shape = ValueShape.Of(nested.Type);
        bool isMap = nested.Type.Kind == DataTypeKind.Map;
        ColumnBuilder? keys = isMap ? ColumnBuilder.Create(nested.Type.Key!) : null;
        ColumnBuilder values = ColumnBuilder.Create(nested.Type.Element!);
        var rows = new List<int>();
        Starts = new int[nested.Length + 1];
        for (int row = 0; row < nested.Length; row++)
        {
            if (!nested.IsNull(row))
            {
                var map = isMap ? new MapValue(shape, nested.GetBytes(row)) : default;
                ArrayValue items = isMap ? map.Values : new ArrayValue(shape.Element, nested.GetBytes(row));
                for (int i = 0; i < items.Count; i++)
                {
                    if (keys is not null) { NestedColumns.Append(keys, map.Keys[i]); }

                    if (items.IsNull(i)) { values.AppendNull(); }
                    else { NestedColumns.Append(values, items[i]); }

                    rows.Add(row);
                }
            }

            Starts[row + 1] = rows.Count;
        }

        Rows = [.. rows];
        Parts = keys is null ? [values.Finish()] : [keys.Finish(), values.Finish()];
    }

    /// <summary>The row of every item.</summary>
    public int[] Rows { get; }

    /// <summary>The items of row i are those from [i] to before [i + 1].</summary>
    public int[] Starts { get; }

    /// <summary>The elements, or the keys and the values.</summary>
    public Column[] Parts { get; }
}

/// <summary>TRANSFORM: each item replaced by what lambdas make of it (of a map one for keys, one for values).</summary>
internal sealed class TransformKernel(FunctionCall call, Kernel operand, LambdaBody[] lambdas)
    : Kernel(call.Type, canFail: true)
{
    private readonly ValueShape _shape = ValueShape.Of(call.Type);
    private readonly NestedValueWriter _writer = new();

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var nested = (StringColumn)operand.Evaluate(input, errors);
        var items = new FlatItems(nested);
        Column[] made = Array.ConvertAll(
            lambdas, lambda => lambda.Evaluate(input, items.Rows, items.Parts, errors));
        var pool = new StringPool(isInterned: false);
        var codes = new int[nested.Length];
        Bitmap? validity = nested.Validity;
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = -1;
            if (nested.IsNull(row)) { continue; }

            (int start, int end) = (items.Starts[row], items.Starts[row + 1]);
            if (made.Length > 1 && HasNullKey(made[0], start, end))
            {
                validity = ReferenceEquals(validity, nested.Validity) ? NullRows.CopyOf(validity, codes.Length) : validity;
                validity![row] = false;
                errors.Report(row, call.Failure("a key of a MAP is NULL").For(row, nested));
                continue;
            }

            _writer.Begin(_shape);
            for (int item = start; item < end; item++)
            {
                foreach (Column part in made) { _writer.WriteFrom(part, item); }
            }

            _writer.End();
            codes[row] = pool.Add(_writer.Written);
        }

        return new StringColumn(Type, codes, codes.Length, pool, validity);
    }

    private static bool HasNullKey(Column keys, int start, int end)
    {
        for (int item = start; item < end; item++)
        {
            if (keys.IsNull(item)) { return true; }
        }

        return false;
    }
}

/// <summary>FILTER: the items for which the lambda is TRUE.</summary>
internal sealed class FilterItemsKernel(FunctionCall call, Kernel operand, LambdaBody lambda)
    : Kernel(call.Type, canFail: true)
{
    private readonly ValueShape _shape = ValueShape.Of(call.Type);
    private readonly NestedValueWriter _writer = new();

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var nested = (StringColumn)operand.Evaluate(input, errors);
        var items = new FlatItems(nested);
        var isKept = (FixedColumn<bool>)lambda.Evaluate(input, items.Rows, items.Parts, errors);
        var pool = new StringPool(isInterned: false);
        var codes = new int[nested.Length];
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = -1;
            if (nested.IsNull(row)) { continue; }

            _writer.Begin(_shape);
            for (int item = items.Starts[row]; item < items.Starts[row + 1]; item++)
            {
                if (isKept.IsNull(item) || !isKept.Values[item]) { continue; }

                foreach (Column part in items.Parts) { _writer.WriteFrom(part, item); }
            }

            _writer.End();
            codes[row] = pool.Add(_writer.Written);
        }

        return new StringColumn(Type, codes, codes.Length, pool, nested.Validity);
    }
}

/// <summary>REDUCE: the lambda applied to a state and each item in turn, for all rows item by item.</summary>
internal sealed class ReduceKernel(FunctionCall call, Kernel operand, Kernel state, LambdaBody lambda)
    : Kernel(call.Type, canFail: true)
{
    private readonly ColumnAssembler _assembler = ColumnAssembler.Create(call.Type);

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var nested = (StringColumn)operand.Evaluate(input, errors);
        var items = new FlatItems(nested);
        Column states = state.Evaluate(input, errors);
        for (int step = 0; ; step++)
        {
            var active = new List<int>();
            var idle = new List<int>();
            for (int row = 0; row < nested.Length; row++)
            {
                (items.Starts[row] + step < items.Starts[row + 1] ? active : idle).Add(row);
            }

            if (active.Count == 0) { break; }

            int[] rows = [.. active];
            int[] places = [.. active.Select(row => items.Starts[row] + step)];
            Column[] parameters = [states.Gather(rows), .. items.Parts.Select(part => part.Gather(places))];
            _assembler.Start(nested.Length);
            _assembler.Scatter(lambda.Evaluate(input, rows, parameters, errors), rows);
            if (idle.Count > 0) { _assembler.Scatter(states.Gather([.. idle]), [.. idle]); }

            states = _assembler.Finish();
        }

        if (nested.Validity is null) { return states; }

        // The reduction of NULL is NULL, whatever the state is.
        int[] kept = new int[nested.Length];
        for (int row = 0; row < kept.Length; row++) { kept[row] = nested.IsNull(row) ? -1 : row; }

        return states.Gather(kept);
    }
}
