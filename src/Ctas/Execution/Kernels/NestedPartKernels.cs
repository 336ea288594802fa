using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels;

/// <summary>The column of parts taken out of nested values. Single-threaded.</summary>
/// <remarks>Texts keep their codes from batch to batch, until their pool has grown large.</remarks>
internal sealed class PartColumn(DataType type)
{
    private const long LargeBytes = 32L << 20;

    private ColumnBuilder _builder = ColumnBuilder.Create(type);

    public void AppendNull() => _builder.AppendNull();

    public void Append(ReadOnlySpan<byte> value) => NestedColumns.Append(_builder, value);

    public Column Finish()
    {
        Column column = _builder.Finish();
        if (_builder is StringColumnBuilder { Pool.SizeInBytes: > LargeBytes })
        {
            _builder = ColumnBuilder.Create(type);
        }

        return column;
    }
}

/// <summary>A field of a STRUCT; NULL of NULL.</summary>
internal sealed class FieldKernel(DataType type, Kernel operand, int ordinal) : Kernel(type, operand.CanFail)
{
    private readonly ValueShape _shape = ValueShape.Of(operand.Type);
    private readonly PartColumn _parts = new(type);

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var structs = (StringColumn)operand.Evaluate(input, errors);
        for (int row = 0; row < structs.Length; row++)
        {
            if (structs.IsNull(row))
            {
                _parts.AppendNull();
                continue;
            }

            var value = new StructValue(_shape, structs.GetBytes(row));
            if (value.IsNull(ordinal)) { _parts.AppendNull(); }
            else { _parts.Append(value[ordinal]); }
        }

        return _parts.Finish();
    }
}

/// <summary>An element of an ARRAY: 1 is the first, −1 the last; NULL where there is none, and for NULL.</summary>
internal sealed class ElementKernel(DataType type, Kernel operand, Kernel index)
    : Kernel(type, operand.CanFail || index.CanFail)
{
    private readonly ValueShape _element = ValueShape.Of(operand.Type).Element;
    private readonly PartColumn _parts = new(type);

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var arrays = (StringColumn)operand.Evaluate(input, errors);
        var positions = (FixedColumn<long>)index.Evaluate(input, errors);
        for (int row = 0; row < arrays.Length; row++)
        {
            if (arrays.IsNull(row) || positions.IsNull(row))
            {
                _parts.AppendNull();
                continue;
            }

            var array = new ArrayValue(_element, arrays.GetBytes(row));
            long position = positions.Values[row];
            long ordinal = position > 0 ? position - 1 : array.Count + position;
            if (position == 0 || ordinal < 0 || ordinal >= array.Count || array.IsNull((int)ordinal))
            {
                _parts.AppendNull();
            }
            else { _parts.Append(array[(int)ordinal]); }
        }

        return _parts.Finish();
    }
}

/// <summary>The value of a key of a MAP; NULL where there is none, and for NULL.</summary>
internal sealed class MapElementKernel(DataType type, Kernel operand, Kernel key)
    : Kernel(type, operand.CanFail || key.CanFail)
{
    private readonly ValueShape _shape = ValueShape.Of(operand.Type);
    private readonly PartColumn _parts = new(type);

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var maps = (StringColumn)operand.Evaluate(input, errors);
        Column keys = key.Evaluate(input, errors);
        Span<byte> scratch = stackalloc byte[16];
        for (int row = 0; row < maps.Length; row++)
        {
            if (maps.IsNull(row) || keys.IsNull(row))
            {
                _parts.AppendNull();
                continue;
            }

            var map = new MapValue(_shape, maps.GetBytes(row));
            int entry = map.Find(NestedColumns.Read(keys, row, scratch));
            if (entry < 0 || map.Values.IsNull(entry)) { _parts.AppendNull(); }
            else { _parts.Append(map.Values[entry]); }
        }

        return _parts.Finish();
    }
}
