using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>How far event time has come for one node, before the tick and now. Single-threaded.</summary>
/// <remarks>
/// What is late is decided by the time before the tick, so that a tick takes all of its rows; what is given up, by the
/// time now.
/// </remarks>
internal abstract class EventClock
{
    private long _before = long.MinValue;
    private long _now = long.MinValue;
    private long _lateBefore;

    /// <summary>What the node goes by: the least of these counts.</summary>
    public abstract IReadOnlyList<EventTimeOf> Times { get; }

    /// <summary>Rows that came too late, each counted for every place it is too late for.</summary>
    public long LateRows { get; private set; }

    /// <summary>Times up to this one, itself included, had been passed by so much before the tick.</summary>
    public long PassedBefore(long delay) => UpTo(_before, delay);

    /// <summary>Times up to this one, itself included, have been passed by so much now.</summary>
    public long PassedNow(long delay) => UpTo(_now, delay);

    /// <summary>Lets event time move on; it never goes back.</summary>
    /// <returns>True when it has moved.</returns>
    public bool Advance(long time)
    {
        if (time <= _now) { return false; }

        _now = time;
        return true;
    }

    /// <summary>Counts rows that came too late.</summary>
    public void CountLate(int rows) => LateRows += rows;

    /// <summary>Keeps what the tick has changed.</summary>
    public void Commit() => (_before, _lateBefore) = (_now, LateRows);

    /// <summary>Undoes what the tick has changed.</summary>
    public void Rollback() => (_now, LateRows) = (_before, _lateBefore);

    /// <summary>Writes how far it is, between two ticks.</summary>
    public void Save(StateWriter state) => state.AddRow(_now, LateRows);

    /// <summary>Goes on from what was saved.</summary>
    public void Restore(StateReader state)
    {
        long[] saved = state.NextRow(2);
        (_now, LateRows) = (saved[0], saved[1]);
        Commit();
    }

    private static long UpTo(long time, long delay) => time switch
    {
        long.MaxValue => long.MaxValue,
        _ when time < long.MinValue + delay => long.MinValue,
        _ => time - delay,
    };
}

/// <summary>The event time of the rows of a node.</summary>
/// <param name="Input">The node.</param>
/// <param name="Time">Over its columns.</param>
internal readonly record struct EventTimeOf(LogicalPlan Input, ScalarExpression Time);
