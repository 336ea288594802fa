using Ctas.Data;
using Ctas.Data.Host;

namespace Ctas.Execution.State;

/// <summary>An aggregate of the host application. What it throws makes its group fail.</summary>
/// <param name="type">Type of the result.</param>
/// <param name="aggregate">The aggregate.</param>
/// <param name="call">Text of the call, for that error.</param>
internal sealed class HostAccumulator(DataType type, HostAggregate aggregate, string call) : Accumulator
{
    private readonly HostStates _states = aggregate.CreateStates();
    private readonly HashSet<int> _failed = [];
    private ExecutionException? _first;
    private GroupFailures? _failures;

    public override long SizeInBytes => _states.SizeInBytes;

    public override bool IsOrderSensitive => true;

    public override bool TakesNulls => true;

    public override bool CanMerge => aggregate.CanMerge;

    public override GroupFailures? Failures => _failures;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        GrowTo(groupCount);
        Column[] columns = arguments.ToArray();
        for (int row = 0; row < groups.Length; row++)
        {
            if (IsLeftOut(columns, row) || (_failed.Count > 0 && _failed.Contains(groups[row]))) { continue; }

            try { _states.Step(groups[row], columns, row); }
            catch (Exception e) when (e is not OperationCanceledException) { Fail(groups[row], e); }
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        GrowTo(groupCount);
        var part = (HostAccumulator)other;
        part.GrowTo(mapping.Length);
        for (int group = 0; group < mapping.Length; group++)
        {
            try { _states.Merge(mapping[group], part._states, group); }
            catch (Exception e) when (e is not OperationCanceledException) { Fail(mapping[group], e); }

            if (part._failed.Contains(group)) { Fail(mapping[group], part._first!); }
        }
    }

    public override Column Finish(int groupCount)
    {
        GrowTo(groupCount);
        ColumnBuilder builder = ColumnBuilder.Create(type);
        for (int group = 0; group < groupCount; group++)
        {
            int before = builder.Count;
            if (_failed.Contains(group))
            {
                builder.AppendNull();
                continue;
            }

            try { _states.Append(builder, group); }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                builder.TruncateTo(before);
                builder.AppendNull();
                Fail(group, e);
            }
        }

        if (_first is not null)
        {
            var groups = new Bitmap(groupCount);
            foreach (int group in _failed) { groups[group] = true; }

            _failures = new GroupFailures(groups, _first);
        }

        return builder.Finish();
    }

    // Without a state to begin with there is no group to leave out: the query fails.
    private void GrowTo(int groupCount)
    {
        try { _states.GrowTo(groupCount); }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw ExecutionErrors.AggregateFailed(call, aggregate.Name, e);
        }
    }

    private bool IsLeftOut(Column[] columns, int row)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            if (!aggregate.Parameters[i].TakesNull && columns[i].IsNull(row)) { return true; }
        }

        return false;
    }

    private void Fail(int group, Exception error)
    {
        _failed.Add(group);
        _first ??= error as ExecutionException ?? ExecutionErrors.AggregateFailed(call, aggregate.Name, error);
    }
}
