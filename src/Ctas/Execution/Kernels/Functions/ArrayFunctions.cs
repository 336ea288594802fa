using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Functions of one ARRAY type, made for one call. Equal elements have equal bytes. Single-threaded.</summary>
/// <param name="type">The ARRAY.</param>
internal sealed class ArrayFunctions(DataType type)
{
    private const int MaxItems = 1 << 24;
    private readonly ValueShape _shape = ValueShape.Of(type);
    private readonly NestedValueWriter _writer = new();
    private readonly List<int> _order = [];
    private readonly ElementSet _seen = new();
    private readonly ElementSet _other = new();

    /// <summary>The array in an argument.</summary>
    public ArrayValue Array(RowArguments row, int argument) => new(_shape.Element, row.Bytes(argument));

    public Outcome Distinct(RowArguments row, ByteWriter output) => Select(row, output, Kept.Distinct);

    public Outcome Remove(RowArguments row, ByteWriter output)
    {
        if (!row.Has(0)) { return Outcome.Null; }

        ArrayValue array = Array(row, 0);
        Span<byte> scratch = stackalloc byte[16];
        ReadOnlySpan<byte> unwanted = row.Has(1) ? NestedColumns.Read(row.Column(1), row.Row, scratch) : default;
        _writer.Begin(_shape);
        for (int i = 0; i < array.Count; i++)
        {
            bool isNull = array.IsNull(i);
            bool isUnwanted = isNull ? !row.Has(1) : row.Has(1) && array[i].SequenceEqual(unwanted);
            if (!isUnwanted) { Copy(array, i); }
        }

        return End(output);
    }

    public Outcome Concat(RowArguments row, ByteWriter output)
    {
        // NULL beside an array counts as an empty one.
        if (!row.Has(0) && !row.Has(1)) { return Outcome.Null; }

        _writer.Begin(_shape);
        for (int argument = 0; argument < 2; argument++)
        {
            if (!row.Has(argument)) { continue; }

            ArrayValue array = Array(row, argument);
            for (int i = 0; i < array.Count; i++) { Copy(array, i); }
        }

        return End(output);
    }

    public Outcome Append(RowArguments row, ByteWriter output) => Add(row, output, array: 0, isFirst: false);

    public Outcome Prepend(RowArguments row, ByteWriter output) => Add(row, output, array: 1, isFirst: true);

    public Outcome Union(RowArguments row, ByteWriter output) => Select(row, output, Kept.Union);

    public Outcome Except(RowArguments row, ByteWriter output) => Select(row, output, Kept.Except);

    public Outcome Intersect(RowArguments row, ByteWriter output) => Select(row, output, Kept.Intersect);

    public Outcome Sort(RowArguments row, ByteWriter output)
    {
        byte[] bytes = row.Bytes(0).ToArray();
        ArrayValue array = Array(row, 0);
        bool isDescending = row.Count > 1 && row.Bytes(1).Length > 0 && (row.Bytes(1)[0] | 0x20) == 'd';
        _order.Clear();
        for (int i = 0; i < array.Count; i++)
        {
            if (!array.IsNull(i)) { _order.Add(i); }
        }

        _order.Sort((left, right) =>
        {
            var sorted = new ArrayValue(_shape.Element, bytes);
            int order = NestedOrder.Compare(_shape.Element, sorted[left], sorted[right]);
            return order != 0 ? (isDescending ? -order : order) : left.CompareTo(right);
        });
        _writer.Begin(_shape);
        foreach (int i in _order) { Copy(array, i); }

        for (int i = _order.Count; i < array.Count; i++) { _writer.WriteNull(); }

        return End(output);
    }

    public Outcome Reverse(RowArguments row, ByteWriter output)
    {
        ArrayValue array = Array(row, 0);
        _writer.Begin(_shape);
        for (int i = array.Count - 1; i >= 0; i--) { Copy(array, i); }

        return End(output);
    }

    /// <summary>From one place to another, both counted from 1 and included.</summary>
    public Outcome Slice(RowArguments row, ByteWriter output)
    {
        ArrayValue array = Array(row, 0);
        int from = Math.Max(1, row.Int(1));
        int to = Math.Min(array.Count, row.Int(2));
        _writer.Begin(_shape);
        for (int place = from; place <= to; place++) { Copy(array, place - 1); }

        return End(output);
    }

    public Outcome Contains(RowArguments row, out bool result)
    {
        result = false;
        if (!row.Has(0)) { return Outcome.Null; }

        result = Find(row) >= 0;
        return Outcome.Value;
    }

    /// <summary>Where a value first stands, from 1; NULL when it does not.</summary>
    public Outcome Position(RowArguments row, out int result)
    {
        result = row.Has(0) ? Find(row) + 1 : 0;
        return result > 0 ? Outcome.Value : Outcome.Null;
    }

    /// <summary>The ordinal of the least or greatest element; −1 when there is none.</summary>
    public int Extreme(RowArguments row, int sign)
    {
        ArrayValue array = Array(row, 0);
        int best = -1;
        for (int i = 0; i < array.Count; i++)
        {
            if (array.IsNull(i)) { continue; }

            if (best < 0 || NestedOrder.Compare(_shape.Element, array[i], array[best]) * sign > 0) { best = i; }
        }

        return best;
    }

    /// <summary>start, end [, step] of whole numbers, end included.</summary>
    public Outcome Series(RowArguments row, ByteWriter output)
    {
        bool isInt = row.Column(0) is FixedColumn<int>;
        long start = isInt ? row.Int(0) : row.BigInt(0);
        long end = isInt ? row.Int(1) : row.BigInt(1);
        long step = row.Count < 3 ? 1 : isInt ? row.Int(2) : row.BigInt(2);
        if (step == 0) { return Outcome.Fail("step of 0"); }

        Int128 count = (((Int128)end - start) / step) + 1;
        if ((step > 0 ? end < start : end > start) || count <= 0) { count = 0; }

        if (count > MaxItems) { return Outcome.Fail("series of more than 16777216 numbers"); }

        _writer.Begin(_shape);
        for (long i = 0; i < (long)count; i++) { _writer.WriteInt64(start + (i * step)); }

        return End(output);
    }

    private int Find(RowArguments row)
    {
        ArrayValue array = Array(row, 0);
        Span<byte> scratch = stackalloc byte[16];
        ReadOnlySpan<byte> wanted = row.Has(1) ? NestedColumns.Read(row.Column(1), row.Row, scratch) : default;
        for (int i = 0; i < array.Count; i++)
        {
            if (array.IsNull(i) ? !row.Has(1) : row.Has(1) && array[i].SequenceEqual(wanted)) { return i; }
        }

        return -1;
    }

    private Outcome Add(RowArguments row, ByteWriter output, int array, bool isFirst)
    {
        _writer.Begin(_shape);
        if (isFirst) { _writer.WriteFrom(row.Column(0), row.Row); }

        if (row.Has(array))
        {
            ArrayValue values = Array(row, array);
            for (int i = 0; i < values.Count; i++) { Copy(values, i); }
        }

        if (!isFirst) { _writer.WriteFrom(row.Column(1), row.Row); }

        return End(output);
    }

    private enum Kept
    {
        Distinct,
        Union,
        Except,
        Intersect,
    }

    // Each different element once, in the order in which it first stands.
    private Outcome Select(RowArguments row, ByteWriter output, Kept kept)
    {
        ArrayValue first = Array(row, 0);
        _seen.Clear();
        _other.Clear();
        if (kept is Kept.Except or Kept.Intersect)
        {
            ArrayValue second = Array(row, 1);
            for (int i = 0; i < second.Count; i++) { _other.Add(second, i); }
        }

        _writer.Begin(_shape);
        AddNew(first, kept);
        if (kept == Kept.Union) { AddNew(Array(row, 1), kept); }

        return End(output);
    }

    private void AddNew(ArrayValue array, Kept kept)
    {
        for (int i = 0; i < array.Count; i++)
        {
            bool isLeftOut = kept switch
            {
                Kept.Except => _other.Contains(array, i),
                Kept.Intersect => !_other.Contains(array, i),
                _ => false,
            };
            if (!isLeftOut && _seen.Add(array, i)) { Copy(array, i); }
        }
    }

    private void Copy(ArrayValue array, int item)
    {
        if (array.IsNull(item)) { _writer.WriteNull(); }
        else { _writer.WriteBytes(array[item]); }
    }

    private Outcome End(ByteWriter output)
    {
        _writer.End();
        output.Append(_writer.Written);
        return Outcome.Value;
    }
}
