using Ctas.Execution.Incremental;
using Ctas.Planning;

namespace Ctas.Maintenance;

/// <summary>The sources whose event time a node goes by, also through tables that are kept fresh.</summary>
internal sealed class EventTimeSources
{
    private readonly HashSet<LiveSource> _sources = [];
    private bool _isKnown = true;

    private EventTimeSources()
    {
    }

    /// <summary>
    /// The least that the sources have come to, in microseconds since 1970; <see cref="long.MaxValue"/> when none of them
    /// goes on, <see cref="long.MinValue"/> when it cannot be told.
    /// </summary>
    public long Current
    {
        get
        {
            long least = _isKnown ? long.MaxValue : long.MinValue;
            foreach (LiveSource source in _sources) { least = Math.Min(least, source.EventTime.Current); }

            return least;
        }
    }

    /// <summary>Finds the sources of a node.</summary>
    public static EventTimeSources Of(EventClock clock, IReadOnlyList<MaintainedInput> inputs)
    {
        var sources = new EventTimeSources();
        foreach (EventTimeOf time in clock.Times) { sources.Add(EventTime.Trace(time.Input, time.Time), inputs); }

        return sources;
    }

    private void Add(IReadOnlyList<EventTimeColumn>? columns, IReadOnlyList<MaintainedInput> inputs)
    {
        _isKnown &= columns is not null;
        foreach (EventTimeColumn column in columns ?? [])
        {
            switch (inputs.FirstOrDefault(input => input.Scan == column.Scan))
            {
                case SourceInput source when column.IsRowTime:
                    _sources.Add(source.Source);
                    break;
                case SourceInput:
                    _isKnown = false;
                    break;
                case TableInput { Table: var table, Ordinals: var ordinals }:
                    int ordinal = ordinals[column.Ordinal];
                    Add(EventTime.Trace(table.Plan, new ColumnReference(ordinal, table.Plan.Schema.Fields[ordinal].Type)), table.Inputs);
                    break;
            }
        }
    }
}
