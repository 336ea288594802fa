using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Functions of MAPs, made for one call. Single-threaded.</summary>
/// <param name="map">The MAP.</param>
/// <param name="result">What the function gives.</param>
internal sealed class MapFunctions(DataType map, DataType result)
{
    private readonly ValueShape _map = ValueShape.Of(map);
    private readonly ValueShape _result = ValueShape.Of(result);
    private readonly NestedValueWriter _writer = new();

    public Outcome Keys(RowArguments row, ByteWriter output)
    {
        ArrayValue keys = new MapValue(_map, row.Bytes(0)).Keys;
        _writer.Begin(_result);
        for (int i = 0; i < keys.Count; i++) { _writer.WriteBytes(keys[i]); }

        return End(output);
    }

    public Outcome Values(RowArguments row, ByteWriter output)
    {
        ArrayValue values = new MapValue(_map, row.Bytes(0)).Values;
        _writer.Begin(_result);
        for (int i = 0; i < values.Count; i++) { Copy(values, i); }

        return End(output);
    }

    /// <summary>Of equal keys the later map's value stays; a NULL map counts as an empty one.</summary>
    public Outcome Union(RowArguments row, ByteWriter output)
    {
        if (!row.Has(0) && !row.Has(1)) { return Outcome.Null; }

        _writer.Begin(_result);
        for (int argument = 0; argument < 2; argument++)
        {
            if (!row.Has(argument)) { continue; }

            var value = new MapValue(_map, row.Bytes(argument));
            for (int i = 0; i < value.Count; i++)
            {
                _writer.WriteBytes(value.Keys[i]);
                Copy(value.Values, i);
            }
        }

        return End(output);
    }

    /// <summary>The entries as STRUCTs of K and V, ascending by key.</summary>
    public Outcome Entries(RowArguments row, ByteWriter output)
    {
        var value = new MapValue(_map, row.Bytes(0));
        _writer.Begin(_result);
        for (int i = 0; i < value.Count; i++)
        {
            _writer.Begin(_result.Element);
            _writer.WriteBytes(value.Keys[i]);
            Copy(value.Values, i);
            _writer.End();
        }

        return End(output);
    }

    /// <summary>Two arrays as a map; keys beyond the values are left out.</summary>
    public Outcome FromArrays(RowArguments row, ByteWriter output)
    {
        var keys = new ArrayValue(_result.Key, row.Bytes(0));
        var values = new ArrayValue(_result.Element, row.Bytes(1));
        int count = Math.Min(keys.Count, values.Count);
        for (int i = 0; i < count; i++)
        {
            if (keys.IsNull(i)) { return Outcome.Fail("a key of a MAP is NULL"); }
        }

        _writer.Begin(_result);
        for (int i = 0; i < count; i++)
        {
            _writer.WriteBytes(keys[i]);
            Copy(values, i);
        }

        return End(output);
    }

    /// <summary>text, separator of entries, separator of key and value.</summary>
    public Outcome FromText(RowArguments row, ByteWriter output)
    {
        ReadOnlySpan<byte> rest = row.Bytes(0);
        ReadOnlySpan<byte> entries = row.Bytes(1);
        ReadOnlySpan<byte> pair = row.Bytes(2);
        if (entries.IsEmpty || pair.IsEmpty) { return Outcome.Fail("empty separator"); }

        _writer.Begin(_result);
        while (true)
        {
            int end = rest.IndexOf(entries);
            ReadOnlySpan<byte> entry = end < 0 ? rest : rest[..end];
            int at = entry.IndexOf(pair);
            if (at >= 0)
            {
                _writer.WriteBytes(entry[..at]);
                _writer.WriteBytes(entry[(at + pair.Length)..]);
            }

            if (end < 0) { return End(output); }

            rest = rest[(end + entries.Length)..];
        }
    }

    private void Copy(ArrayValue values, int item)
    {
        if (values.IsNull(item)) { _writer.WriteNull(); }
        else { _writer.WriteBytes(values[item]); }
    }

    private Outcome End(ByteWriter output)
    {
        _writer.End();
        output.Append(_writer.Written);
        return Outcome.Value;
    }
}
