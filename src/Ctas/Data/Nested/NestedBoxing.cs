using System.Text;

namespace Ctas.Data.Nested;

/// <summary>Nested values in their boxed .NET forms: for display, constants and tests, never on a hot path.</summary>
internal static class NestedBoxing
{
    /// <summary>The boxed value; forms as documented at <see cref="Column.GetValue"/>.</summary>
    public static object Box(ValueShape shape, ReadOnlySpan<byte> value) => shape.Type.Kind switch
    {
        DataTypeKind.Boolean => value[0] != 0,
        DataTypeKind.Int => (int)NestedScalar.ReadInt64(value),
        DataTypeKind.BigInt => NestedScalar.ReadInt64(value),
        DataTypeKind.Double => NestedScalar.ReadDouble(value),
        DataTypeKind.Decimal => ColumnValues.ToDecimal(NestedScalar.ReadInt128(value), shape.Type.Scale),
        DataTypeKind.Date => ColumnValues.ToDate((int)NestedScalar.ReadInt64(value)),
        DataTypeKind.Time => ColumnValues.ToTime(NestedScalar.ReadInt64(value)),
        DataTypeKind.Timestamp => ColumnValues.ToTimestamp(NestedScalar.ReadInt64(value)),
        DataTypeKind.Interval => NestedScalar.ReadInterval(value),
        DataTypeKind.Array => BoxArray(shape, value),
        DataTypeKind.Map => BoxMap(shape, value),
        DataTypeKind.Struct => BoxStruct(shape, value),
        DataTypeKind.Varchar => Encoding.UTF8.GetString(value),
        _ => value.ToArray(),
    };

    private static object?[] BoxArray(ValueShape shape, ReadOnlySpan<byte> value)
    {
        var array = new ArrayValue(shape.Element, value);
        var items = new object?[array.Count];
        for (int index = 0; index < items.Length; index++)
        {
            items[index] = array.IsNull(index) ? null : Box(shape.Element, array[index]);
        }

        return items;
    }

    private static OrderedDictionary<object, object?> BoxMap(ValueShape shape, ReadOnlySpan<byte> value)
    {
        var map = new MapValue(shape, value);
        var entries = new OrderedDictionary<object, object?>(map.Count);
        for (int entry = 0; entry < map.Count; entry++)
        {
            object? item = map.Values.IsNull(entry) ? null : Box(shape.Element, map.Values[entry]);
            entries.Add(Box(shape.Key, map.Keys[entry]), item);
        }

        return entries;
    }

    private static OrderedDictionary<string, object?> BoxStruct(ValueShape shape, ReadOnlySpan<byte> value)
    {
        var fields = new StructValue(shape, value);
        var items = new OrderedDictionary<string, object?>(shape.Fields.Length);
        for (int ordinal = 0; ordinal < shape.Fields.Length; ordinal++)
        {
            items.Add(
                shape.Type.Fields[ordinal].Name,
                fields.IsNull(ordinal) ? null : Box(shape.Fields[ordinal].Shape, fields[ordinal]));
        }

        return items;
    }
}
