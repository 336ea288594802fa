using System.Diagnostics;

namespace Ctas.Data.Nested;

/// <summary>Rewrites inferred nested values in a wider type, along <see cref="JsonTypes"/>.</summary>
internal static class NestedWidening
{
    /// <summary>A column of nested values in a wider type: nested too, or VARCHAR, which gets JSON text.</summary>
    /// <param name="column">The values.</param>
    /// <param name="type">A type that <see cref="JsonTypes.Common"/> gives for the column's and another.</param>
    /// <param name="pool">Where the values go.</param>
    public static StringColumn Convert(StringColumn column, DataType type, StringPool pool)
    {
        ValueShape from = ValueShape.Of(column.Type);
        ValueShape to = ValueShape.Of(type);
        var writer = new NestedValueWriter();
        var json = new NestedJson();
        var builder = new StringColumnBuilder(type, pool);
        for (int row = 0; row < column.Length; row++)
        {
            if (column.IsNull(row)) { builder.AppendNull(); }
            else if (!type.IsNested) { builder.Append(json.Write(from, column.GetBytes(row))); }
            else
            {
                Write(writer, json, from, column.GetBytes(row), to);
                builder.Append(writer.Written);
            }
        }

        return (StringColumn)builder.Finish();
    }

    private static void Write(
        NestedValueWriter writer, NestedJson json, ValueShape from, ReadOnlySpan<byte> value, ValueShape to)
    {
        switch (to.Type.Kind)
        {
            case DataTypeKind.Array: WriteArray(writer, json, from, value, to); break;
            case DataTypeKind.Struct: WriteStruct(writer, json, from, value, to); break;
            case DataTypeKind.Map when from.Type.Kind == DataTypeKind.Map: WriteMap(writer, json, from, value, to); break;
            case DataTypeKind.Map: WriteEntries(writer, json, from, value, to); break;
            case var _ when from.Type == to.Type: writer.WriteBytes(value); break;
            case DataTypeKind.Varchar: writer.WriteBytes(json.Write(from, value)); break;
            case DataTypeKind.BigInt: writer.WriteInt64(NestedScalar.ReadInt64(value)); break;
            case DataTypeKind.Double: writer.WriteDouble(NestedScalar.ReadInt64(value)); break;
            default: throw new UnreachableException($"{from.Type} does not widen to {to.Type}.");
        }
    }

    private static void WriteArray(
        NestedValueWriter writer, NestedJson json, ValueShape from, ReadOnlySpan<byte> value, ValueShape to)
    {
        var array = new ArrayValue(from.Element, value);
        writer.Begin(to);
        for (int index = 0; index < array.Count; index++)
        {
            if (array.IsNull(index)) { writer.WriteNull(); }
            else { Write(writer, json, from.Element, array[index], to.Element); }
        }

        writer.End();
    }

    private static void WriteStruct(
        NestedValueWriter writer, NestedJson json, ValueShape from, ReadOnlySpan<byte> value, ValueShape to)
    {
        var fields = new StructValue(from, value);
        writer.Begin(to);
        for (int ordinal = 0; ordinal < from.Fields.Length; ordinal++)
        {
            if (fields.IsNull(ordinal)) { continue; }

            // Fields are only ever added, at the end.
            int target = to.FindField(from.Fields[ordinal].Name, ordinal);
            writer.SelectField(target);
            Write(writer, json, from.Fields[ordinal].Shape, fields[ordinal], to.Fields[target].Shape);
        }

        writer.End();
    }

    private static void WriteMap(
        NestedValueWriter writer, NestedJson json, ValueShape from, ReadOnlySpan<byte> value, ValueShape to)
    {
        var map = new MapValue(from, value);
        writer.Begin(to);
        for (int entry = 0; entry < map.Count; entry++)
        {
            writer.WriteBytes(map.Keys[entry]);
            if (map.Values.IsNull(entry)) { writer.WriteNull(); }
            else { Write(writer, json, from.Element, map.Values[entry], to.Element); }
        }

        writer.End();
    }

    // A STRUCT knows no fields that are missing: they look like NULL, and are left out.
    private static void WriteEntries(
        NestedValueWriter writer, NestedJson json, ValueShape from, ReadOnlySpan<byte> value, ValueShape to)
    {
        var fields = new StructValue(from, value);
        writer.Begin(to);
        for (int ordinal = 0; ordinal < from.Fields.Length; ordinal++)
        {
            if (fields.IsNull(ordinal)) { continue; }

            writer.WriteBytes(from.Fields[ordinal].Name);
            Write(writer, json, from.Fields[ordinal].Shape, fields[ordinal], to.Element);
        }

        writer.End();
    }
}
