using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>How far event time has come for the windows of one node, before the tick and now. Single-threaded.</summary>
/// <remarks>
/// A window that has closed before the tick takes no more rows; what closes now is final. Tumbling and hopping windows close
/// when event time reaches their end plus GRACE PERIOD. A row of a session is late when event time has passed its own time
/// by more than gap and grace; a session closes one gap later than its last row would, so that no row that is still taken
/// can join it. So what is kept is always what the rows that were not late give when they are computed at once.
/// </remarks>
/// <param name="window">The node.</param>
/// <param name="grace">How long a window takes late rows after its end, in microseconds.</param>
internal sealed class WindowClock(LogicalTimeWindow window, long grace)
{
    private readonly bool _isSession = window.Window == TimeWindowKind.Session;
    private long _before = long.MinValue;
    private long _now = long.MinValue;
    private long _lateBefore;

    /// <summary>The node.</summary>
    public LogicalTimeWindow Window => window;

    /// <summary>Rows that came too late for a window, each counted for every window it is too late for.</summary>
    public long LateRows { get; private set; }

    /// <summary>
    /// Values of the closing column (start of a window, end of a session) up to this one, itself included, are closed now.
    /// </summary>
    public long ClosedUpTo => UpTo(_now, _isSession ? (2 * window.Size) + grace + 1 : window.Size + grace);

    /// <summary>Starts of windows, or times of rows of a session, up to this one, itself included, are too late in this tick.</summary>
    public long LateUpTo => UpTo(_before, _isSession ? window.Size + grace + 1 : window.Size + grace);

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

    private static long UpTo(long time, long delay) => time switch
    {
        long.MaxValue => long.MaxValue,
        _ when time < long.MinValue + delay => long.MinValue,
        _ => time - delay,
    };
}
