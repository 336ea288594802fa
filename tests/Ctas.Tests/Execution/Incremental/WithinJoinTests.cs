using CsCheck;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Planning;

namespace Ctas.Tests.Execution.Incremental;

/// <summary>
/// Streams joined WITHIN a time and its GRACE PERIOD: after every tick the result is the plain join of all rows that were
/// not late, in whatever order they came, and what matches nothing more is not kept.
/// </summary>
public sealed class WithinJoinTests
{
    private const long Second = 1_000_000;

    private sealed record Event(bool IsLeft, int Key, long Time, int Id);

    private sealed record Step(Event[] Rows, int[] Retracted, long Watermark, bool IsTriedTwice)
    {
        public override string ToString() => $"[{string.Join(", ", (object[])Rows)} - {string.Join(", ", Retracted)} at {Watermark} {IsTriedTwice}]";
    }

    private sealed record Lengths(long Before, long After, long Grace);

    private static Schema Columns { get; } = new(
        [new Field("k", DataType.Int), new Field("rowtime", DataType.Timestamp), new Field("id", DataType.Int)]);

    // Time goes on by some seconds a tick; rows come up to half a minute out of order, and event time lags at random.
    private static Gen<Step[]> Histories { get; } = Gen
        .Select(
            Gen.Select(Gen.Bool, Gen.Int[0, 2], Gen.Long[-30, 10], Gen.Int[0, 3]).Array[0, 8],
            Gen.Int[0, 1000].Array[0, 2],
            Gen.Long[0, 20],
            Gen.Int[0, 4])
        .Array[1, 30]
        .Select(steps => steps.Select((step, tick) => new Step(
            [.. step.Item1.Select(row => new Event(row.Item1, row.Item2, 100 + (tick * 5) + row.Item3, row.Item4))],
            step.Item2,
            100 + (tick * 5) - step.Item3,
            step.Item4 == 0)).ToArray());

    [Theory]
    [InlineData("JOIN")]
    [InlineData("LEFT JOIN")]
    [InlineData("RIGHT JOIN")]
    [InlineData("FULL JOIN")]
    public void Within_RandomHistories_EqualTheJoinOfAllRowsThatWereNotLate(string join) =>
        Gen.Select(Gen.Select(Gen.Long[0, 20], Gen.Long[0, 20], Gen.Long[0, 10]), Histories).Sample(
            (lengths, history) => Check(join, new Lengths(lengths.Item1, lengths.Item2, lengths.Item3), history), iter: 300);

    [Theory]
    [InlineData("JOIN", "WITHIN 10 SECONDS GRACE PERIOD 5 SECONDS", true)]
    [InlineData("FULL JOIN", "WITHIN (10 SECONDS, 20 SECONDS) GRACE PERIOD 0 SECONDS", true)]
    [InlineData("JOIN", "WITHIN 10 SECONDS", false)]
    public void Within_AsTimeGoesOn_StateIsBoundedWithGracePeriodOnly(string join, string within, bool isBounded)
    {
        MaintainedQuery query = Plan(join, within);
        var random = new Random(5);
        var bytes = new List<long>();
        for (int tick = 0; tick < 600; tick++)
        {
            long now = tick * 5;
            Tick(query, [.. Enumerable.Range(0, 40).Select(row => (new Event(row % 2 == 0, random.Next(20), now + random.Next(5), (tick * 40) + row), 1))], now);
            bytes.Add(query.StateBytes);
        }

        double growth = bytes[550..].Average() / bytes[50..100].Average();
        if (isBounded) { growth.Should().BeLessThan(1.2); }
        else { growth.Should().BeGreaterThan(3, "a match may come at any time"); }

        query.LateRows.Should().Be(0);
    }

    [Fact]
    public void Within_WhatMatchesNothingMore_IsForgottenToTheLastRow()
    {
        MaintainedQuery query = Plan("LEFT JOIN", "WITHIN 10 SECONDS GRACE PERIOD 5 SECONDS");
        Tick(query, [(new Event(true, 1, 100, 1), 1), (new Event(false, 1, 105, 2), 1), (new Event(true, 2, 100, 3), 1)], 100)
            .Should().BeEquivalentTo("+1|2", "+3|null");

        Tick(query, [], 130).Should().BeEmpty();
        MaintainedJoin join = query.Nodes.Select(node => node.State).OfType<MaintainedJoin>().Single();
        (join.Left.Rows.TotalNow, join.Right.Rows.TotalNow).Should().Be((0, 1));

        Tick(query, [(new Event(false, 2, 101, 4), 1)], 131).Should().BeEmpty("it comes too late");
        (join.Left.Rows.TotalNow, join.Right.Rows.TotalNow, query.LateRows).Should().Be((0, 0, 1));
    }

    [Theory]
    [InlineData("JOIN")]
    [InlineData("LEFT JOIN")]
    [InlineData("RIGHT JOIN")]
    [InlineData("FULL JOIN")]
    public void Within_AsAStream_GivesARowWithoutAMatchWhenNoneCanComeAndTakesNothingBack(string join) =>
        Gen.Select(Gen.Select(Gen.Long[0, 20], Gen.Long[0, 20], Gen.Long[0, 10]), Histories).Sample(
            (lengths, history) => Check(
                join,
                new Lengths(lengths.Item1, lengths.Item2, lengths.Item3),
                [.. history.Select(step => step with { Retracted = [] })],
                isStream: true),
            iter: 300);

    [Fact]
    public void Within_OuterJoinAsAStream_GivesTheRowWithoutAMatchAtTheMomentItIsForgotten()
    {
        MaintainedQuery query = Plan("LEFT JOIN", "WITHIN 10 SECONDS GRACE PERIOD 5 SECONDS", isStream: true);
        Tick(query, [(new Event(true, 1, 100, 1), 1), (new Event(false, 1, 105, 2), 1), (new Event(true, 2, 100, 3), 1)], 100)
            .Should().BeEquivalentTo("+1|2");

        Tick(query, [], 125).Should().BeEmpty("a row at 110 is in time until event time is past 125");
        Tick(query, [], 126).Should().BeEquivalentTo("+3|null");
        Tick(query, [], 200).Should().BeEmpty("it is given once");
    }

    private static void Check(string join, Lengths lengths, Step[] history, bool isStream = false)
    {
        MaintainedQuery query = Plan(
            join, $"WITHIN ({lengths.Before} SECONDS, {lengths.After} SECONDS) GRACE PERIOD {lengths.Grace} SECONDS", isStream);
        var model = new Model(join, lengths, isStream);
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

            if (step.IsTriedTwice)
            {
                Push(query, changes, step.Watermark);
                query.Complete();
                query.Rollback();
            }

            foreach (string change in Tick(query, changes, step.Watermark))
            {
                if (isStream) { change.Should().StartWith("+"); }

                int weight = result.GetValueOrDefault(change[1..]) + (change[0] == '+' ? 1 : -1);
                if (weight == 0) { result.Remove(change[1..]); }
                else { result[change[1..]] = weight; }
            }

            model.Apply(changes, step.Watermark);
            result.SelectMany(row => Enumerable.Repeat(row.Key, row.Value)).Order(StringComparer.Ordinal)
                .Should().Equal(model.Result().Order(StringComparer.Ordinal), "of {0} {1}", join, lengths);
            query.LateRows.Should().Be(model.LateRows);
        }
    }

    private static MaintainedQuery Plan(string join, string within, bool isStream = false)
    {
        LogicalPlan plan = QueryPlanner.PlanQuery(
            $"SELECT l.id AS a, r.id AS b FROM l {join} r {within} ON l.k = r.k",
            new QueryContext(name => name is "l" or "r" ? new RelationInfo(name, IsSource: false, IsStream: true, Columns) : null)).Plan;
        return new MaintainedQuery(isStream ? StreamJoins.Apply(plan) : plan);
    }

    private static string[] Tick(MaintainedQuery query, IReadOnlyList<(Event Row, int Weight)> changes, long watermark)
    {
        Push(query, changes, watermark);
        string[] result = Maintained.Json(query.Complete());
        query.Commit();
        return result;
    }

    private static void Push(MaintainedQuery query, IReadOnlyList<(Event Row, int Weight)> changes, long watermark)
    {
        foreach (EventClock clock in query.Clocks) { clock.Advance(watermark * Second); }

        foreach (LogicalScan scan in query.Scans)
        {
            (Event Row, int Weight)[] all = [.. changes.Where(change => change.Row.IsLeft == (scan.Relation == "l"))];
            Column[] columns =
            [
                TestTable.Build(DataType.Int, all.Select(change => (object?)change.Row.Key)),
                new FixedColumn<long>(DataType.Timestamp, [.. all.Select(change => change.Row.Time * Second)], all.Length),
                TestTable.Build(DataType.Int, all.Select(change => (object?)change.Row.Id)),
            ];
            Batch rows = new Batch(columns, all.Length).Select([.. scan.Columns]);
            query.Push(scan, new ChangeBatch(rows, Selection: null, [.. all.Select(change => change.Weight)]));
        }
    }

    /// <summary>Keeps every row that was not late, and joins all of them anew.</summary>
    /// <param name="join">The join.</param>
    /// <param name="lengths">Its lengths.</param>
    /// <param name="isStream">True where a row without a match is given when none can come any more.</param>
    private sealed class Model(string join, Lengths lengths, bool isStream)
    {
        private readonly List<Event> _kept = [];
        private long _watermark = long.MinValue;

        public long LateRows { get; private set; }

        public void Apply(IEnumerable<(Event Row, int Weight)> changes, long watermark)
        {
            foreach ((Event row, int weight) in changes)
            {
                long wait = (row.IsLeft ? lengths.After : lengths.Before) + lengths.Grace;
                if (row.Time + wait < _watermark) { LateRows += Math.Max(0, weight); }
                else if (weight > 0) { _kept.Add(row); }
                else { _kept.Remove(row).Should().BeTrue(); }
            }

            _watermark = Math.Max(_watermark, watermark);
        }

        public IEnumerable<string> Result()
        {
            Event[] left = [.. _kept.Where(row => row.IsLeft)];
            Event[] right = [.. _kept.Where(row => !row.IsLeft)];
            IEnumerable<string> pairs = from l in left from r in right where AreClose(l, r) select $"{l.Id}|{r.Id}";
            IEnumerable<string> leftAlone = left.Where(l => IsGivenAlone(l) && !right.Any(r => AreClose(l, r))).Select(l => $"{l.Id}|null");
            IEnumerable<string> rightAlone = right.Where(r => IsGivenAlone(r) && !left.Any(l => AreClose(l, r))).Select(r => $"null|{r.Id}");
            return pairs
                .Concat(join is "LEFT JOIN" or "FULL JOIN" ? leftAlone : [])
                .Concat(join is "RIGHT JOIN" or "FULL JOIN" ? rightAlone : []);
        }

        private bool IsGivenAlone(Event row) => !isStream || row.Time + lengths.Before + lengths.After + lengths.Grace < _watermark;

        private bool AreClose(Event left, Event right) => left.Key == right.Key
            && right.Time >= left.Time - lengths.Before && right.Time <= left.Time + lengths.After;
    }
}
