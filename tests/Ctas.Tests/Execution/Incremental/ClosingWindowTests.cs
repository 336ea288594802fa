using CsCheck;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Planning;

namespace Ctas.Tests.Execution.Incremental;

/// <summary>
/// Windows that close: whatever comes in whatever order from several partitions, the result is that of a plain computation
/// over the rows that were not late, after every tick; with EMIT FINAL, of the windows that are closed.
/// </summary>
public sealed class ClosingWindowTests
{
    private const long Second = 1_000_000;

    private sealed record Event(int Partition, string Key, long Time, int Amount);

    private sealed record Step(Event[] Rows, int[] Retracted, bool IsTriedTwice)
    {
        public override string ToString() => $"[{string.Join(", ", (object[])Rows)} - {string.Join(", ", Retracted)} {IsTriedTwice}]";
    }

    private sealed record Window(TimeWindowKind Kind, long Size, long Advance, long Grace)
    {
        public string Sql => Kind switch
        {
            TimeWindowKind.Tumbling => $"TUMBLING (SIZE {Size} SECONDS, GRACE PERIOD {Grace} SECONDS)",
            TimeWindowKind.Hopping => $"HOPPING (SIZE {Size} SECONDS, ADVANCE BY {Advance} SECONDS, GRACE PERIOD {Grace} SECONDS)",
            _ => $"SESSION ({Size} SECONDS, GRACE PERIOD {Grace} SECONDS)",
        };
    }

    private static Schema Columns { get; } = new(
        [new Field("k", DataType.Varchar), new Field("rowtime", DataType.Timestamp), new Field("amount", DataType.Int)]);

    // Partitions drift apart, and time goes on while rows come out of order.
    private static Gen<Step[]> Histories { get; } = Gen
        .Select(
            Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[-25, 25], Gen.Int[1, 9]).Array[0, 8],
            Gen.Int[0, 1000].Array[0, 2],
            Gen.Int[0, 4])
        .Array[1, 30]
        .Select(steps => steps.Select((step, tick) => new Step(
            [.. step.Item1.Select(row => new Event(row.Item1, $"k{row.Item2}", Math.Max(0, 100 + (tick * (6 + row.Item1)) + row.Item3), row.Item4))],
            step.Item2,
            step.Item3 == 0)).ToArray());

    private static Gen<Window> Windows(TimeWindowKind kind) => Gen.Select(Gen.Long[1, 30], Gen.Long[1, 30], Gen.Long[0, 20])
        .Select((a, b, grace) => kind == TimeWindowKind.Hopping
            ? new Window(kind, Math.Max(a, b), Math.Min(a, b), grace)
            : new Window(kind, a, a, grace));

    [Theory]
    [InlineData("Tumbling", false)]
    [InlineData("Tumbling", true)]
    [InlineData("Hopping", false)]
    [InlineData("Hopping", true)]
    [InlineData("Session", false)]
    [InlineData("Session", true)]
    public void Windows_RandomHistories_EqualTheModelAfterEveryTick(string name, bool isFinal)
    {
        TimeWindowKind kind = Enum.Parse<TimeWindowKind>(name);
        Gen.Select(Windows(kind), Histories, Gen.Bool).Sample(
            (window, history, isRecomputed) => Check(window, history, isFinal, isRecomputed), iter: 400);
    }

    [Theory]
    [InlineData("COUNT(*)", "TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 20 SECONDS)")]
    [InlineData("COUNT(*)", "HOPPING (SIZE 20 SECONDS, ADVANCE BY 5 SECONDS, GRACE PERIOD 0 SECONDS)")]
    [InlineData("MEDIAN(amount)", "TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 20 SECONDS)")]
    [InlineData("MEDIAN(amount)", "SESSION (2 SECONDS, GRACE PERIOD 5 SECONDS)")]
    public void Windows_AsTimeGoesOn_StateOfClosedOnesIsFreed(string aggregate, string window)
    {
        foreach (bool isFinal in (bool[])[false, true])
        {
            MaintainedQuery query = Plan($"SELECT k, WINDOWSTART AS ws, WINDOWEND AS we, {aggregate} AS a", window, isFinal);
            var random = new Random(3);
            var bytes = new List<long>();
            for (int tick = 0; tick < 600; tick++)
            {
                long now = tick * 10;
                IEnumerable<(Event, int)> rows = Enumerable.Range(0, 50)
                    .Select(row => (new Event(0, $"k{random.Next(20)}", now + random.Next(4), row), 1));
                Tick(query, rows, now * Second);
                bytes.Add(query.StateBytes);
            }

            bytes[550..].Average().Should().BeLessThan(bytes[50..100].Average() * 1.3, "windows close as they open");
        }
    }

    private static void Check(Window window, Step[] history, bool isFinal, bool isRecomputed)
    {
        string sum = isRecomputed ? "CAST(ROUND(AVG(amount) * COUNT(*) + MEDIAN(amount) * 0) AS BIGINT)" : "SUM(amount)";
        MaintainedQuery query = Plan($"SELECT k, WINDOWSTART AS ws, WINDOWEND AS we, COUNT(*) AS n, {sum} AS s, "
            + "MIN(amount) AS lo, MAX(k || amount) AS hi, COUNT(DISTINCT amount) AS d, ROUND(AVG(CAST(amount AS DOUBLE)) * COUNT(*)) AS a, BOOL_OR(amount > 8) AS b", window.Sql, isFinal);
        var model = new Model(window);
        var result = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new List<Event>();
        foreach (Step step in history)
        {
            List<(Event Row, int Weight)> changes = [.. step.Rows.Select(row => (row, 1))];
            seen.AddRange(step.Rows);
            foreach (int chosen in step.Retracted.Where(_ => seen.Count > 0))
            {
                Event gone = seen[chosen % seen.Count];
                seen.Remove(gone);
                changes.Add((gone, -1));
            }

            long watermark = model.WatermarkAfter(step.Rows);
            if (step.IsTriedTwice)
            {
                // Event time was further than it is when the tick is tried again.
                Push(query, changes, Math.Max(0, watermark) + (40 * Second));
                query.Complete();
                query.Rollback();
            }

            foreach (string change in Tick(query, changes, watermark).Order(StringComparer.Ordinal))
            {
                int weight = result.GetValueOrDefault(change[1..]) + (change[0] == '+' ? 1 : -1);
                isFinal.Should().Be(isFinal && change[0] == '+', "what is final is never taken back");
                if (weight == 0) { result.Remove(change[1..]); }
                else { result[change[1..]] = weight; }
            }

            model.Apply(changes, watermark);
            result.Where(row => row.Value != 1).Should().BeEmpty();
            result.Keys.Order(StringComparer.Ordinal).Should().Equal(model.Result(isFinal).Order(StringComparer.Ordinal), "of {0}", window);
            query.LateRows.Should().Be(model.LateRows);
        }
    }

    private static MaintainedQuery Plan(string select, string window, bool isFinal) => new(
        QueryPlanner.PlanQuery(
            $"{select} FROM t WINDOW {window} GROUP BY k",
            new QueryContext(name => name == "t" ? new RelationInfo("t", IsSource: false, IsStream: false, Columns) : null)).Plan,
        RowErrorPolicy.Fail,
        isFinal);

    private static string[] Tick(MaintainedQuery query, IEnumerable<(Event Row, int Weight)> changes, long watermark)
    {
        Push(query, changes, watermark);
        string[] result = Maintained.Json(query.Complete());
        query.Commit();
        return result;
    }

    private static void Push(MaintainedQuery query, IEnumerable<(Event Row, int Weight)> changes, long watermark)
    {
        foreach (EventClock clock in query.Clocks) { clock.Advance(watermark); }

        (Event Row, int Weight)[] all = [.. changes];
        if (all.Length == 0) { return; }

        Column[] columns =
        [
            TestTable.Build(DataType.Varchar, all.Select(change => (object?)change.Row.Key)),
            new FixedColumn<long>(DataType.Timestamp, [.. all.Select(change => change.Row.Time * Second)], all.Length),
            TestTable.Build(DataType.Int, all.Select(change => (object?)change.Row.Amount)),
        ];
        LogicalScan scan = query.Scans.Single();
        Batch rows = new Batch(columns, all.Length).Select([.. scan.Columns]);
        query.Push(scan, new ChangeBatch(rows, Selection: null, [.. all.Select(change => change.Weight)]));
    }

    /// <summary>Keeps every row that was not late, and computes everything anew.</summary>
    private sealed class Model(Window window)
    {
        private readonly long?[] _newest = new long?[3];
        private readonly List<(Event Row, long Start)> _kept = [];
        private long _watermark = long.MinValue;

        public long LateRows { get; private set; }

        /// <summary>The least of what partitions with a row have come to.</summary>
        public long WatermarkAfter(Event[] rows)
        {
            foreach (Event row in rows) { _newest[row.Partition] = Math.Max(_newest[row.Partition] ?? row.Time, row.Time); }

            return Math.Max(_watermark, _newest.Min() is { } least ? least * Second : long.MinValue);
        }

        public void Apply(IEnumerable<(Event Row, int Weight)> changes, long watermark)
        {
            foreach ((Event row, int weight) in changes)
            {
                foreach (long start in StartsOf(row))
                {
                    if (IsLate(start)) { LateRows += Math.Max(0, weight); }
                    else if (weight > 0) { _kept.Add((row, start)); }
                    else { _kept.Remove((row, start)).Should().BeTrue(); }
                }
            }

            _watermark = watermark;
        }

        public IEnumerable<string> Result(bool isFinal) => window.Kind == TimeWindowKind.Session
            ? Sessions(isFinal)
            : from kept in _kept
              group kept.Row by (kept.Row.Key, kept.Start) into rows
              where !isFinal || rows.Key.Start + window.Size + window.Grace <= _watermark / Second
              select Text(rows.Key.Key, rows.Key.Start, rows.Key.Start + window.Size, [.. rows]);

        private bool IsLate(long start) => _watermark > long.MinValue
            && (window.Kind == TimeWindowKind.Session
                ? start + window.Size + window.Grace < _watermark / Second
                : start + window.Size + window.Grace <= _watermark / Second);

        // A row of a session stands for itself.
        private IEnumerable<long> StartsOf(Event row) => window.Kind == TimeWindowKind.Session
            ? [row.Time]
            : Enumerable.Range(0, 500).Select(number => number * window.Advance)
                .Where(start => start <= row.Time && row.Time < start + window.Size);

        private IEnumerable<string> Sessions(bool isFinal)
        {
            foreach (IGrouping<string, Event> rows in _kept.Select(kept => kept.Row).GroupBy(row => row.Key))
            {
                var session = new List<Event>();
                foreach (Event row in rows.OrderBy(row => row.Time).Append(new Event(0, rows.Key, long.MaxValue, 0)))
                {
                    if (session.Count > 0 && row.Time - session[^1].Time > window.Size)
                    {
                        bool isClosed = session[^1].Time + (2 * window.Size) + window.Grace < _watermark / Second;
                        if (!isFinal || isClosed) { yield return Text(rows.Key, session[0].Time, session[^1].Time, session); }

                        session.Clear();
                    }

                    session.Add(row);
                }
            }
        }

        private static string Text(string key, long start, long end, IReadOnlyList<Event> rows) => string.Join(
            '|',
            $"\"{key}\"",
            Time(start),
            Time(end),
            rows.Count,
            rows.Sum(row => row.Amount),
            rows.Min(row => row.Amount),
            $"\"{key}{rows.Max(row => row.Amount)}\"",
            rows.Select(row => row.Amount).Distinct().Count(),
            Math.Round((double)rows.Sum(row => row.Amount)),
            rows.Any(row => row.Amount > 8) ? "true" : "false");

        private static string Time(long seconds) =>
            new FixedColumn<long>(DataType.Timestamp, [seconds * Second], 1).GetJson(0);
    }
}
