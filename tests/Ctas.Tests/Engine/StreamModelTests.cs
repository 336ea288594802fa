using System.Globalization;
using CsCheck;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Engine;

/// <summary>WITHIN and EXPLODE, which no other engine can be asked for, give what plain loops give.</summary>
public sealed class StreamModelTests
{
    private const int Runs = 60;

    private sealed record Event(int Id, int? Key, int Second);

    /// <summary>How long before and after a left row a right one may be, and whether that is written as one length.</summary>
    private sealed record Nearness(int Before, int After, string Words);

    private static Gen<Event[]> Events { get; } =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 40]).Array[0, 14].Select(rows => rows
            .Select((row, id) => new Event(id, row.Item1 == 0 ? null : row.Item1, row.Item2)).ToArray());

    private static Gen<Nearness> Near { get; } = Gen.OneOf(
        Gen.Int[0, 15].Select(both => new Nearness(both, both, $"{both} SECONDS")),
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, 15]).Select(
            pair => new Nearness(pair.Item1, pair.Item2, $"({pair.Item1} SECONDS, {pair.Item2} SECONDS)")),
        Gen.Int[0, 15].Select(both => new Nearness(both, both, $"{both} SECONDS GRACE PERIOD 1 SECOND")));

    private static Gen<string> Kinds { get; } = Gen.Int[0, 3].Select(
        kind => new[] { "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN" }[kind]);

    private static Gen<int?[]?> Lists { get; } = Gen.Frequency(
        (1, Gen.Const((int?[]?)null)),
        (6, Gen.Int[-1, 5].Select(value => value < 0 ? (int?)null : value).Array[0, 4].Select(list => (int?[]?)list)));

    [Fact]
    public void Within_RandomStreams_JoinsTheRowsNearInTime() =>
        Gen.Select(Events, Events, Near, Kinds).Sample(
            (left, right, near, kind) =>
            {
                string sql = $"SELECT l.id AS l, r.id AS r FROM left_in l {kind} right_in r WITHIN {near.Words} ON l.k = r.k";

                Rows(sql, ("left_in", Stream(left)), ("right_in", Stream(right))).Should().BeEquivalentTo(
                    Joined(left, right, near, kind), "of {0}", sql);
            },
            iter: Runs);

    [Fact]
    public void Within_RandomStreamsOfWhichOneIsJoinedAlready_TakesTheLatestTime() =>
        Gen.Select(Events, Events, Events, Near).Sample(
            (first, second, third, near) =>
            {
                string sql = "SELECT l.id * 100 + m.id AS l, r.id AS r FROM left_in l JOIN middle_in m WITHIN 10 SECONDS ON l.k = m.k "
                    + $"JOIN right_in r WITHIN {near.Words} ON m.k = r.k";
                Event[] pairs =
                [
                    .. from l in first
                       from m in second
                       where l.Key is not null && l.Key == m.Key && Math.Abs(l.Second - m.Second) <= 10
                       select new Event((l.Id * 100) + m.Id, m.Key, Math.Max(l.Second, m.Second)),
                ];

                Rows(sql, ("left_in", Stream(first)), ("middle_in", Stream(second)), ("right_in", Stream(third)))
                    .Should().BeEquivalentTo(Joined(pairs, third, near, "JOIN"), "of {0}", sql);
            },
            iter: Runs);

    [Fact]
    public void Explode_RandomLists_GoInParallelAndEndWithTheLongest() =>
        Gen.Select(Lists, Lists).Array[0, 8].Sample(
            rows =>
            {
                (int Second, string Json)[] records = [.. rows.Select((row, id) =>
                    (id, $$"""{"id":{{id}},"a":{{Json(row.Item1)}},"b":{{Json(row.Item2)}}}"""))];
                SourceColumn[] columns =
                [
                    new("id", DataType.Int), new("a", DataType.Array(DataType.Int)), new("b", DataType.Array(DataType.Int)),
                ];

                Rows("SELECT id, EXPLODE(a) AS x, EXPLODE(b) AS y FROM lists_in", ("lists_in", Source("lists_in", columns, records)))
                    .Should().BeEquivalentTo(rows.SelectMany((row, id) => Exploded(id, row.Item1 ?? [], row.Item2 ?? [])));
                Rows(
                    "SELECT l.id, u.x, u.y FROM lists_in l LEFT JOIN UNNEST(l.a, l.b) AS u(x, y) ON TRUE",
                    ("lists_in", Source("lists_in", columns, records)))
                    .Should().BeEquivalentTo(rows.SelectMany((row, id) =>
                        Exploded(id, row.Item1 ?? [], row.Item2 ?? []).DefaultIfEmpty($"{id}||")));
            },
            iter: Runs);

    /// <summary>Every pair is looked at; NULL keys are equal to nothing.</summary>
    private static IEnumerable<string> Joined(Event[] left, Event[] right, Nearness near, string kind)
    {
        (Event Left, Event Right)[] pairs =
        [
            .. from l in left
               from r in right
               where l.Key is not null && l.Key == r.Key
                   && r.Second >= l.Second - near.Before && r.Second <= l.Second + near.After
               select (l, r),
        ];
        return pairs.Select(pair => $"{pair.Left.Id}|{pair.Right.Id}")
            .Concat(kind is "LEFT JOIN" or "FULL JOIN" ? left.Except(pairs.Select(pair => pair.Left)).Select(l => $"{l.Id}|") : [])
            .Concat(kind is "RIGHT JOIN" or "FULL JOIN" ? right.Except(pairs.Select(pair => pair.Right)).Select(r => $"|{r.Id}") : []);
    }

    private static IEnumerable<string> Exploded(int id, int?[] first, int?[] second) =>
        Enumerable.Range(0, Math.Max(first.Length, second.Length))
            .Select(i => $"{id}|{first.ElementAtOrDefault(i)}|{second.ElementAtOrDefault(i)}");

    private static string Json(int?[]? list) =>
        list is null ? "null" : $"[{string.Join(',', list.Select(item => item?.ToString(CultureInfo.InvariantCulture) ?? "null"))}]";

    private static InMemorySource Stream(Event[] events) => Source(
        "stream",
        [new("id", DataType.Int), new("k", DataType.Int)],
        [.. events.Select(e => (e.Second, $$"""{"id":{{e.Id}},"k":{{e.Key?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}"""))]);

    private static InMemorySource Source(string name, SourceColumn[] columns, (int Second, string Json)[] records)
    {
        var source = new InMemorySource(
            new SourceDefinition(name, new InMemoryLocation(name)) { Columns = columns, Mode = ReadMode.Append });
        foreach ((int second, string json) in records)
        {
            source.Add(InMemoryRecord.FromText(null, json) with { TimestampMilliseconds = second * 1000L });
        }

        return source;
    }

    private static string[] Rows(string sql, params (string Name, InMemorySource Source)[] sources)
    {
        var builder = new CtasEngineBuilder();
        foreach ((string name, InMemorySource source) in sources) { builder.UseSource(name, source); }

        CtasEngine engine = builder.AddTable($"CREATE TABLE result AS {sql}").Build();
        engine.LoadAsync().GetAwaiter().GetResult().ThrowIfFailed();
        QueryResult rows = engine.QueryAsync("SELECT * FROM result").GetAwaiter().GetResult();
        string[] shown = [.. rows.Rows.Select(row => string.Join('|', Enumerable.Range(0, rows.Schema.Fields.Count).Select(i => row[i])))];
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return shown;
    }
}
