using CsCheck;
using Ctas.Data;
using Ctas.Execution.Incremental;
using Ctas.Planning;

namespace Ctas.Tests.Execution.Incremental;

/// <summary>Retention: after every tick, what is left is the rows that are not too old, whatever came and went.</summary>
public sealed class RecentRowsTests
{
    private const long Length = 20;

    private sealed record Row(int Key, long? Time);

    private sealed record Step((Row Row, int Chosen)[] Changes, long Passed, bool IsTriedTwice)
    {
        public override string ToString() => $"[{string.Join(", ", Changes)} after {Passed} {IsTriedTwice}]";
    }

    private static TestTable Table { get; } = new("t", ("k", DataType.Int), ("rowtime", DataType.Timestamp));

    private static Gen<Step[]> Histories { get; } = Gen
        .Select(
            Gen.Select(Gen.Int[0, 3], Gen.Long[-40, 10], Gen.Int[0, 999]).Array[0, 6],
            Gen.Long[0, 8],
            Gen.Int[0, 4])
        .Array[1, 40]
        .Select(steps =>
        {
            long now = 1000;
            return steps.Select(step =>
            {
                now += step.Item2;
                return new Step(
                    [.. step.Item1.Select(row => (new Row(row.Item1, row.Item3 % 17 == 0 ? null : now + row.Item2), row.Item3))], step.Item2, step.Item3 == 0);
            }).ToArray();
        });

    [Fact]
    public void Retention_RandomHistories_LeavesTheRowsThatAreNotTooOld() => Histories.Sample(Check, iter: 500);

    [Fact]
    public void Retention_AsTimeGoesOn_StateIsThatOfTheRowsThatAreLeft()
    {
        MaintainedQuery query = Plan();
        var bytes = new List<long>();
        for (long now = 1000; now < 3000; now++)
        {
            Tick(query, [.. Enumerable.Range(0, 20).Select(key => (new Row(key, now), 1))], now);
            bytes.Add(query.StateBytes);
        }

        bytes[1900..].Average().Should().BeLessThan(bytes[100..200].Average() * 1.1);
        Tick(query, [], 3100).Should().HaveCount(20 * ((int)Length + 1));
        query.Recent!.NextLeavesAt.Should().Be(long.MaxValue);
    }

    private static void Check(Step[] history)
    {
        MaintainedQuery query = Plan();
        List<Row> rows = [];
        List<string> result = [];
        long now = 1000;
        foreach (Step step in history)
        {
            now += step.Passed;
            var changes = new List<(Row Row, int Weight)>();
            foreach ((Row row, int chosen) in step.Changes)
            {
                if (chosen % 3 == 0 && rows.Count > 0)
                {
                    changes.Add((rows[chosen % rows.Count], -1));
                    rows.RemoveAt(chosen % rows.Count);
                }
                else
                {
                    changes.Add((row, 1));
                    rows.Add(row);
                }
            }

            if (step.IsTriedTwice)
            {
                Push(query, changes, now + 3);
                query.Complete();
                query.Rollback();
            }

            foreach (string change in Tick(query, changes, now))
            {
                if (change[0] == '+') { result.Add(change[1..]); }
                else { result.Remove(change[1..]).Should().BeTrue("of {0}", change); }
            }

            result.Order(StringComparer.Ordinal).Should().Equal(
                rows.Where(row => row.Time is null || row.Time >= now - Length).Select(Text).Order(StringComparer.Ordinal));
        }
    }

    private static MaintainedQuery Plan() => new(new LogicalRetention(Table.Scan, Table.Column("rowtime"), Length, 1000));

    private static string[] Tick(MaintainedQuery query, IReadOnlyList<(Row Row, int Weight)> changes, long now)
    {
        Push(query, changes, now);
        string[] result =
        [
            .. from batch in query.Complete()
               from row in Enumerable.Range(0, batch.Count)
               select (batch.Weights?[row] is < 0 ? "-" : "+") + Text(new Row(
                   ((FixedColumn<int>)batch.Rows[0]).Values[row], batch.Rows[1].IsNull(row) ? null : ((FixedColumn<long>)batch.Rows[1]).Values[row])),
        ];
        query.Commit();
        return result;
    }

    private static void Push(MaintainedQuery query, IReadOnlyList<(Row Row, int Weight)> changes, long now)
    {
        query.Recent!.Advance(now);
        var times = new FixedColumnBuilder<long>(DataType.Timestamp);
        foreach ((Row row, _) in changes)
        {
            if (row.Time is { } time) { times.Append(time); }
            else { times.AppendNull(); }
        }

        Column[] columns = [TestTable.Build(DataType.Int, changes.Select(change => (object?)change.Row.Key)), times.Finish()];
        query.Push(query.Scans.Single(), new ChangeBatch(
            new Batch(columns, changes.Count), Selection: null, [.. changes.Select(change => change.Weight)]));
    }

    private static string Text(Row row) => $"{row.Key}@{row.Time}";
}
