using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// ARG_MIN and ARG_MAX: the value of the row where another one is least or greatest; of equal ones the first. A row where
/// either is NULL does not count.
/// </summary>
internal sealed class BestRowAccumulator(DataType type, DataType orderType, bool isMin) : Accumulator
{
    private readonly GroupValues _values = GroupValues.Create(type);
    private readonly GroupExtremes _extremes = GroupExtremes.Create(orderType, isMin);
    private int[] _rows = [];
    private int[] _rowGroups = [];
    private int[] _improved = [];

    public override long SizeInBytes => _values.SizeInBytes + _extremes.SizeInBytes + (_rows.Length * 12L);

    public override bool IsOrderSensitive => true;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _rows, groups.Length);
        Grow(ref _rowGroups, groups.Length);
        Grow(ref _improved, groups.Length);
        int count = 0;
        for (int row = 0; row < groups.Length; row++)
        {
            if (arguments[0].IsNull(row) || arguments[1].IsNull(row)) { continue; }

            _rows[count] = row;
            _rowGroups[count++] = groups[row];
        }

        int improved = _extremes.Offer(
            arguments[1], _rows.AsSpan(0, count), _rowGroups.AsSpan(0, count), groupCount, _improved);
        for (int i = 0; i < improved; i++)
        {
            // Ordinals ascend, so nothing is overwritten before it was read.
            _rows[i] = _rows[_improved[i]];
            _rowGroups[i] = _rowGroups[_improved[i]];
        }

        _values.Set(arguments[0], _rows.AsSpan(0, improved), _rowGroups.AsSpan(0, improved), groupCount);
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        // The best rows of the other one are rows to add.
        var part = (BestRowAccumulator)other;
        Add([part._values.Finish(mapping.Length), part._extremes.Finish(mapping.Length)], mapping, groupCount);
    }

    public override Column Finish(int groupCount) => _values.Finish(groupCount);
}
