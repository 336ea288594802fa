using System.Globalization;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>Keeps every row that was not late, and computes everything anew with the plain query.</summary>
internal abstract class EventTimeModel
{
    private protected EventTimeModel(EventTimeQuery query, Func<string, Dictionary<string, List<object?[]>>, List<object?[]>> rows) =>
        (Query, Rows) = (query, rows);

    /// <summary>Microseconds in which its times are measured.</summary>
    public abstract long Scale { get; }

    /// <summary>True when rows of streams may be taken back.</summary>
    public virtual bool TakesRetractions => true;

    /// <summary>Rows that came too late, once for each window.</summary>
    public long LateRows { get; protected set; }

    /// <summary>How far event time had come before the tick.</summary>
    protected long EventTime { get; private set; } = long.MinValue;

    /// <summary>The query.</summary>
    protected EventTimeQuery Query { get; }

    /// <summary>Gives the rows of a plain query over some rows.</summary>
    protected Func<string, Dictionary<string, List<object?[]>>, List<object?[]>> Rows { get; }

    /// <summary>The model of a query, with the lengths that its plan has.</summary>
    public static EventTimeModel Of(
        LogicalPlan plan, EventTimeQuery query, Func<string, Dictionary<string, List<object?[]>>, List<object?[]>> rows)
    {
        LogicalPlan[] nodes = [.. PlanTree.All(plan)];
        if (nodes.OfType<LogicalTimeWindow>().SingleOrDefault() is { } window)
        {
            return window.Window == TimeWindowKind.Session ? new SessionModel(window, query, rows) : new WindowModel(window, query, rows);
        }

        return nodes.OfType<LogicalJoin>().SingleOrDefault(join => join.Within is not null) is { Within: { } within }
            ? new WithinModel(within, query, rows)
            : new StreamTableModel(query, rows);
    }

    /// <summary>The rows of the result after a tick.</summary>
    public List<object?[]> Apply(EventStep step)
    {
        foreach ((string table, List<(object?[] Row, int Weight)> changes) in step.Changes)
        {
            foreach ((object?[] row, int weight) in changes) { Take(table, row, weight); }
        }

        EventTime = step.EventTime;
        return Result();
    }

    /// <summary>A row comes or goes.</summary>
    protected abstract void Take(string table, object?[] row, int weight);

    /// <summary>The rows of the result.</summary>
    protected abstract List<object?[]> Result();

    /// <summary>True when event time had passed a moment by more than so much, or by as much.</summary>
    protected bool HasPassed(long time, long by, bool orEqual) =>
        EventTime > long.MinValue && (orEqual ? time + by <= EventTime : time + by < EventTime);

    /// <summary>A row that was taken comes again or goes.</summary>
    protected static void Change(List<object?[]> kept, object?[] row, int weight)
    {
        if (weight > 0) { kept.Add(row); }
        else if (!kept.Remove(row)) { throw new InvalidOperationException("The history takes a row back that it never gave."); }
    }

    private protected static Dictionary<string, List<object?[]>> OnlyStream(List<object?[]> rows) => new() { ["s"] = rows, ["r"] = [], ["t"] = [] };

    /// <summary>A moment as a literal.</summary>
    protected static string Literal(long microseconds) => string.Create(
        CultureInfo.InvariantCulture, $"TIMESTAMP '{DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond):yyyy-MM-dd HH:mm:ss.ffffff}'");
}

/// <summary>Tumbling and hopping windows: a row is late for each of its windows by itself.</summary>
internal sealed class WindowModel(
    LogicalTimeWindow window, EventTimeQuery query, Func<string, Dictionary<string, List<object?[]>>, List<object?[]>> rows)
    : EventTimeModel(query, rows)
{
    private readonly SortedDictionary<long, List<object?[]>> _windows = [];

    public override long Scale => window.Size;

    protected override void Take(string table, object?[] row, int weight)
    {
        if (table != "s" || row[^1] is not long time) { return; }

        for (long start = time - (time % window.Advance); start > time - window.Size; start -= window.Advance)
        {
            if (IsClosed(start)) { LateRows += Math.Max(0, weight); }
            else
            {
                if (!_windows.TryGetValue(start, out List<object?[]>? kept)) { _windows[start] = kept = []; }

                Change(kept, row, weight);
            }
        }
    }

    // Rows of one window know nothing of what was too late for another.
    protected override List<object?[]> Result() =>
    [
        .. _windows.Where(entry => !Query.IsFinal || IsClosed(entry.Key))
            .SelectMany(entry => Rows(Query.Plain($"WINDOWSTART = {Literal(entry.Key)}"), OnlyStream(entry.Value))),
    ];

    private bool IsClosed(long start) => HasPassed(start, window.Size + window.Grace!.Value, orEqual: true);
}

/// <summary>Sessions: a row is late for all of them or for none.</summary>
internal sealed class SessionModel(
    LogicalTimeWindow window, EventTimeQuery query, Func<string, Dictionary<string, List<object?[]>>, List<object?[]>> rows)
    : EventTimeModel(query, rows)
{
    private readonly List<object?[]> _kept = [];

    public override long Scale => window.Size;

    protected override void Take(string table, object?[] row, int weight)
    {
        if (table != "s" || row[^1] is not long time) { return; }

        if (HasPassed(time, window.Size + window.Grace!.Value, orEqual: false)) { LateRows += Math.Max(0, weight); }
        else { Change(_kept, row, weight); }
    }

    protected override List<object?[]> Result()
    {
        if (!Query.IsFinal) { return Rows(Query.Plain(), OnlyStream(_kept)); }

        return EventTime == long.MinValue
            ? []
            : Rows(Query.Plain($"WINDOWEND < {Literal(EventTime - (2 * window.Size) - window.Grace!.Value)}"), OnlyStream(_kept));
    }
}

/// <summary>Streams joined within a time: a row is late when event time has passed what may still match it.</summary>
internal sealed class WithinModel(
    LogicalWithin within, EventTimeQuery query, Func<string, Dictionary<string, List<object?[]>>, List<object?[]>> rows)
    : EventTimeModel(query, rows)
{
    private readonly Dictionary<string, List<object?[]>> _kept = new() { ["s"] = [], ["r"] = [], ["t"] = [] };

    public override long Scale => Math.Max(within.Before, within.After);

    protected override void Take(string table, object?[] row, int weight)
    {
        if (table == "t") { return; }

        long wait = (table == "s" ? within.After : within.Before) + within.Grace;
        if (row[^1] is long time && HasPassed(time, wait, orEqual: false)) { LateRows += Math.Max(0, weight); }
        else { Change(_kept[table], row, weight); }
    }

    protected override List<object?[]> Result() => Rows(Query.Plain(), _kept);
}

/// <summary>A stream that meets a table as it is when the tick ends, and keeps what it gave.</summary>
internal sealed class StreamTableModel(EventTimeQuery query, Func<string, Dictionary<string, List<object?[]>>, List<object?[]>> rows)
    : EventTimeModel(query, rows)
{
    private readonly List<object?[]> _table = [];
    private readonly List<object?[]> _given = [];
    private List<object?[]> _new = [];

    public override long Scale => 1_000_000;

    public override bool TakesRetractions => false;

    protected override void Take(string table, object?[] row, int weight)
    {
        if (table == "s") { _new.Add(row); }
        else if (table == "t") { Change(_table, row, weight); }
    }

    protected override List<object?[]> Result()
    {
        _given.AddRange(Rows(Query.Plain(), new() { ["s"] = _new, ["r"] = [], ["t"] = _table }));
        _new = [];
        return [.. _given];
    }
}
