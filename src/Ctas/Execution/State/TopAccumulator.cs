using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.State;

/// <summary>
/// TOPK: the greatest values of a group as an ARRAY, the greatest first; of equal ones the first that came. With further
/// columns the elements are STRUCTs of the value and the columns of its row. NULLs do not count.
/// </summary>
/// <param name="type">The ARRAY.</param>
/// <param name="types">Types of the arguments.</param>
/// <param name="count">How many.</param>
internal sealed class TopAccumulator(DataType type, IReadOnlyList<DataType> types, int count) : Accumulator
{
    private const int LeastPruned = 4096;

    private readonly GroupRows _rows = new(types);
    private int _pruneAt = LeastPruned;

    public override long SizeInBytes => _rows.SizeInBytes;

    public override bool IsOrderSensitive => true;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        _rows.AppendValues(arguments, groups);
        if (_rows.Count > _pruneAt) { Prune(groupCount); }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount) =>
        _rows.Merge(((TopAccumulator)other)._rows, mapping);

    public override Column Finish(int groupCount)
    {
        GroupedRows byGroup = _rows.ByGroupOrdered(groupCount, isDescending: true);
        Batch rows = _rows.View();
        var shape = ValueShape.Of(type);
        var writer = new NestedValueWriter();
        var builder = new StringColumnBuilder(type, new StringPool(isInterned: true));
        for (int group = 0; group < groupCount; group++)
        {
            ReadOnlySpan<int> own = byGroup.Of(group);
            writer.Begin(shape);
            foreach (int row in own[..Math.Min(count, own.Length)]) { Write(writer, shape.Element, rows, row); }

            writer.End();
            builder.Append(writer.Written);
        }

        return builder.Finish();
    }

    private static void Write(NestedValueWriter writer, ValueShape element, Batch rows, int row)
    {
        if (rows.Columns.Length == 1)
        {
            writer.WriteFrom(rows[0], row);
            return;
        }

        writer.Begin(element);
        foreach (Column column in rows.Columns) { writer.WriteFrom(column, row); }

        writer.End();
    }

    // Pruning when the rows have doubled costs each row a constant share. The rows kept stay in the order of arrival.
    private void Prune(int groupCount)
    {
        GroupedRows byGroup = _rows.ByGroupOrdered(groupCount, isDescending: true);
        var kept = new List<int>();
        for (int group = 0; group < groupCount; group++)
        {
            ReadOnlySpan<int> own = byGroup.Of(group);
            foreach (int row in own[..Math.Min(count, own.Length)]) { kept.Add(row); }
        }

        kept.Sort();
        _rows.Keep(CollectionsMarshal.AsSpan(kept));
        _pruneAt = Math.Max(LeastPruned, _rows.Count * 2);
    }
}
