using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>How far event time has come for the windows of one node. Single-threaded.</summary>
/// <remarks>
/// A window that has closed before the tick takes no more rows; what closes now is final. Tumbling and hopping windows close
/// when event time reaches their end plus GRACE PERIOD. A row of a session is late when event time has passed its own time
/// by more than gap and grace; a session closes one gap later than its last row would, so that no row that is still taken
/// can join it. So what is kept is always what the rows that were not late give when they are computed at once.
/// </remarks>
/// <param name="window">The node.</param>
/// <param name="grace">How long a window takes late rows after its end, in microseconds.</param>
internal sealed class WindowClock(LogicalTimeWindow window, long grace) : EventClock
{
    private readonly bool _isSession = window.Window == TimeWindowKind.Session;

    /// <summary>The node.</summary>
    public LogicalTimeWindow Window => window;

    /// <inheritdoc/>
    public override IReadOnlyList<EventTimeOf> Times => [new(window.Input, window.Time)];

    /// <summary>
    /// Values of the closing column (start of a window, end of a session) up to this one, itself included, are closed now.
    /// </summary>
    public long ClosedUpTo => PassedNow(_isSession ? (2 * window.Size) + grace + 1 : window.Size + grace);

    /// <summary>By how much event time has passed the start of a window, or the time of a row of a session, that is too late.</summary>
    public long LateBy => _isSession ? window.Size + grace + 1 : window.Size + grace;
}
