using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Operators;

/// <summary>A state, of one aggregate or of several that share it, and where its columns are among those evaluated.</summary>
/// <param name="state">The state.</param>
/// <param name="calls">The numbers of the aggregates.</param>
/// <param name="ordinals">The ordinals of its arguments.</param>
/// <param name="filter">The ordinal of a condition that says which rows count; −1: all.</param>
internal sealed class AggregateSlot(Accumulator state, int[] calls, int[] ordinals, int filter = -1)
{
    private readonly Column[] _arguments = new Column[ordinals.Length];

    /// <summary>The state.</summary>
    public Accumulator State { get; } = state;

    /// <summary>Puts the results in their places among those of all aggregates.</summary>
    public void Finish(Span<Column> results, int groupCount, int maxThreads)
    {
        Column[] own = State is TotalsAccumulator totals
            ? totals.FinishAll(groupCount)
            : [State.Finish(groupCount, maxThreads)];
        for (int call = 0; call < own.Length; call++) { results[calls[call]] = own[call]; }
    }

    /// <summary>Adds evaluated rows.</summary>
    public void Add(Batch rows, ReadOnlySpan<int> groups, int groupCount)
    {
        for (int argument = 0; argument < _arguments.Length; argument++)
        {
            _arguments[argument] = rows[ordinals[argument]];
        }

        if (filter < 0) { State.Add(_arguments, groups, groupCount); }
        else { AddSelected(((FixedColumn<bool>)rows[filter]).Values, groups, groupCount); }
    }

    private void AddSelected(ReadOnlySpan<bool> isTrue, ReadOnlySpan<int> groups, int groupCount)
    {
        // NULL rows hold false.
        var selected = new int[isTrue.Count(true)];
        var selectedGroups = new int[selected.Length];
        int count = 0;
        for (int row = 0; row < isTrue.Length && count < selected.Length; row++)
        {
            if (!isTrue[row]) { continue; }

            selected[count] = row;
            selectedGroups[count++] = groups[row];
        }

        for (int argument = 0; argument < _arguments.Length; argument++)
        {
            _arguments[argument] = _arguments[argument].Gather(selected);
        }

        State.Add(_arguments, selectedGroups, groupCount);
    }
}
