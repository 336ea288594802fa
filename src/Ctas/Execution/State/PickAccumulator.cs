using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>FIRST, LAST, ANY_VALUE and their kin: the value of one row of a group, by order of arrival.</summary>
/// <param name="type">Type of the argument and the result.</param>
/// <param name="isLast">True for the last row, false for the first.</param>
/// <param name="takesNulls">True when a row with NULL can be that row.</param>
internal sealed class PickAccumulator(DataType type, bool isLast, bool takesNulls) : Accumulator
{
    private readonly GroupValues _values = GroupValues.Create(type);
    private readonly List<int> _rows = [];
    private readonly List<int> _rowGroups = [];
    private bool[] _isSet = [];

    public override long SizeInBytes => _values.SizeInBytes + _isSet.Length;

    public override bool IsOrderSensitive => true;

    public override bool TakesNulls => takesNulls;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _isSet, groupCount);
        for (int row = 0; row < groups.Length; row++)
        {
            bool counts = takesNulls || !arguments[0].IsNull(row);
            if (counts && (isLast || !_isSet[groups[row]])) { Note(row, groups[row]); }
        }

        SetNoted(arguments[0], groupCount);
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _isSet, groupCount);
        var part = (PickAccumulator)other;
        for (int group = 0; group < Math.Min(mapping.Length, part._isSet.Length); group++)
        {
            if (part._isSet[group] && (isLast || !_isSet[mapping[group]])) { Note(group, mapping[group]); }
        }

        SetNoted(part._values.Finish(mapping.Length), groupCount);
    }

    public override Column Finish(int groupCount) => _values.Finish(groupCount);

    private void Note(int row, int group)
    {
        _isSet[group] = true;
        _rows.Add(row);
        _rowGroups.Add(group);
    }

    private void SetNoted(Column source, int groupCount)
    {
        ReadOnlySpan<int> rows = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows);
        ReadOnlySpan<int> groups = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rowGroups);
        if (rows.Length > 0) { _values.Set(source, rows, groups, groupCount); }

        _rows.Clear();
        _rowGroups.Clear();
    }
}
