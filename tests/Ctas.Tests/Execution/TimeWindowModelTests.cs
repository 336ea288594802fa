using CsCheck;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

/// <summary>Windows of event time give what plain models give, on random times, keys and sizes.</summary>
public sealed class TimeWindowModelTests
{
    private sealed record Event(int Id, string? Key, long? Time);

    private static Gen<Event[]> Events { get; } =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 12], Gen.Long[-50, 400])
            .Select((key, hasTime, time) => (Key: key == 0 ? null : $"k{key}", Time: hasTime == 0 ? (long?)null : time))
            .Array[0, 60]
            .Select(rows => rows.Select((row, i) => new Event(i, row.Key, row.Time)).ToArray());

    [Fact]
    public void Tumbling_RandomEvents_EqualTheModel() =>
        Gen.Select(Events, Gen.Long[1, 90]).Sample((events, size) =>
            Run(events, TimeWindowKind.Tumbling, size, size).Should().BeEquivalentTo(
                Hopping(events, size, size), "of windows of {0}", size));

    [Fact]
    public void Hopping_RandomEvents_EqualTheModel() =>
        Gen.Select(Events, Gen.Long[1, 90], Gen.Long[1, 90]).Sample((events, a, b) =>
        {
            (long size, long advance) = (Math.Max(a, b), Math.Min(a, b));
            Run(events, TimeWindowKind.Hopping, size, advance).Should().BeEquivalentTo(
                Hopping(events, size, advance), "of windows of {0} every {1}", size, advance);
        });

    [Fact]
    public void Session_RandomEvents_EqualTheModel() =>
        Gen.Select(Events, Gen.Long[0, 60]).Sample((events, gap) =>
            Run(events, TimeWindowKind.Session, gap, gap).Should().BeEquivalentTo(
                Sessions(events, gap), "of gaps of {0}", gap));

    [Fact]
    public void Hopping_ManyWindowsOfOneRow_GivesThemAll()
    {
        Event[] events = [new(0, "k", 1_000_000)];

        List<(int Id, long Start, long? End)> rows = Run(events, TimeWindowKind.Hopping, 200_000, 1);

        rows.Select(row => row.Start).Should().Equal(Enumerable.Range(800_001, 200_000).Select(start => (long)start));
    }

    /// <summary>Every window that could hold the event is tried.</summary>
    private static List<(int Id, long Start, long? End)> Hopping(Event[] events, long size, long advance) =>
    [
        .. from row in events
           where row.Time is not null
           from number in Enumerable.Range(-200, 800)
           let start = number * advance
           where start <= row.Time && row.Time < start + size && (row.Time < 0 || start >= 0)
           select (row.Id, start, (long?)null),
    ];

    /// <summary>Sessions are merged until no two of a key are within the gap.</summary>
    private static List<(int Id, long Start, long? End)> Sessions(Event[] events, long gap)
    {
        List<List<Event>> sessions = [.. events.Where(row => row.Time is not null).Select(row => new List<Event> { row })];
        bool hasMerged = true;
        while (hasMerged)
        {
            hasMerged = false;
            for (int i = 0; i < sessions.Count; i++)
            {
                int other = sessions.FindIndex(i + 1, session => session[0].Key == sessions[i][0].Key
                    && session.Any(a => sessions[i].Any(b => Math.Abs(a.Time!.Value - b.Time!.Value) <= gap)));
                if (other < 0) { continue; }

                sessions[i].AddRange(sessions[other]);
                sessions.RemoveAt(other);
                hasMerged = true;
            }
        }

        return
        [
            .. from session in sessions
               from row in session
               select (row.Id, session.Min(e => e.Time)!.Value, session.Max(e => e.Time)),
        ];
    }

    private static List<(int Id, long Start, long? End)> Run(Event[] events, TimeWindowKind kind, long size, long advance)
    {
        var table = new TestTable(
            "t", ("id", DataType.Int), ("key", DataType.Varchar), ("time", DataType.Timestamp))
        { BatchRows = 7 };
        foreach (Event row in events) { table.Add(row.Id, row.Key, row.Time); }

        bool isSession = kind == TimeWindowKind.Session;
        Field start = new("WINDOWSTART", DataType.Timestamp);
        Field end = new("WINDOWEND", DataType.Timestamp);
        var plan = new LogicalTimeWindow(
            table.Scan,
            kind,
            table.Column("time"),
            size,
            advance,
            isSession ? [table.Column("key")] : [],
            new Schema([.. table.Schema.Fields, start, .. isSession ? [end] : Array.Empty<Field>()]),
            ChangeKind.AppendOnly);
        return
        [
            .. TestScans.Run(plan, table).Select(row =>
                ((int)row[0]!, Micros(row[3])!.Value, isSession ? Micros(row[4]) : null)),
        ];
    }

    private static long? Micros(object? value) =>
        value is DateTime time ? (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : null;
}
