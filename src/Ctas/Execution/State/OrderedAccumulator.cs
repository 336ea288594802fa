using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>
/// Keeps the rows until the end and gives them to an aggregate in the order of sort keys; equal ones as they came.
/// </summary>
/// <remarks>The columns of the keys follow those of the arguments.</remarks>
internal sealed class OrderedAccumulator(
    IReadOnlyList<DataType> types, IReadOnlyList<SortKey> keys, Accumulator inner) : Accumulator
{
    private readonly GroupRows _rows = new(types);

    public override long SizeInBytes => _rows.SizeInBytes + inner.SizeInBytes;

    public override bool IsOrderSensitive => true;

    public override bool TakesNulls => true;

    public override GroupFailures? Failures => inner.Failures;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        if (inner.TakesNulls) { _rows.Append(arguments, groups); }
        else { _rows.AppendValues(arguments, groups); }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount) =>
        _rows.Merge(((OrderedAccumulator)other)._rows, mapping);

    public override Column Finish(int groupCount)
    {
        Batch rows = _rows.View();
        int arguments = rows.Columns.Length - keys.Count;
        int[] order = SortOrder.Of(new Batch(rows.Columns[arguments..].ToArray(), rows.RowCount), keys);
        var groups = new int[order.Length];
        for (int row = 0; row < groups.Length; row++) { groups[row] = _rows.Groups[order[row]]; }

        var sorted = new Column[arguments];
        for (int column = 0; column < arguments; column++) { sorted[column] = rows[column].Gather(order); }

        inner.Add(sorted, groups, groupCount);
        return inner.Finish(groupCount);
    }
}
