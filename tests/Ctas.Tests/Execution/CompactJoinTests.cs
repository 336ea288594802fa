namespace Ctas.Tests.Execution;

/// <summary>
/// What joins give to tables and to operators above them, whose memory is given back as soon as these have taken it: everything
/// that is still read of it afterwards shows as a difference to the same query over standard tables.
/// </summary>
[Trait("Category", "Large")]
public sealed class CompactJoinTests(CompactAggregateTests.Tables tables) : IClassFixture<CompactAggregateTests.Tables>
{
    private const string Joined = "SELECT r.id, r.k, r.note, r.x, o.n, r.price, r.tags FROM rows r JOIN keyed o ON r.slot = o.slot";

    // A join for each way of matching rows, and what can stand above one.
    private static readonly string[] Joins =
    [
        "SELECT r.*, o.note AS other, o.n AS m FROM rows r JOIN keyed o ON r.slot = o.slot",
        "SELECT r.id, r.flag, o.n, o.x FROM rows r LEFT JOIN keyed o ON r.id = o.slot AND o.n > 5",
        "SELECT r.id, o.note FROM keyed o RIGHT JOIN rows r ON r.id = o.slot AND r.n > 17",
        "SELECT r.id, r.tags, o.slot, o.n FROM rows r FULL JOIN (SELECT * FROM keyed WHERE n > 12) o ON r.id = o.slot",
        "SELECT r.id, r.part, f.c FROM rows r JOIN first f ON r.k = f.k WHERE f.c > 250 AND r.n = 3",
        "SELECT r.id, f.c, f.k FROM rows r JOIN first f ON r.k = f.k AND f.c > r.x WHERE r.small < 200",
        "SELECT a.id, b.k, c.note, a.day FROM rows a JOIN keyed b ON a.slot = b.slot LEFT JOIN rows c ON c.id = b.slot",
        "SELECT a.id, j.note, j.n FROM rows a JOIN (SELECT o.slot, r.note, o.n FROM rows r JOIN keyed o ON r.slot = o.slot WHERE r.n < 4) j ON a.id = j.slot",
        "SELECT r.id, r.n * 2 + o.n AS t, UPPER(r.note) AS u, COALESCE(r.x, o.x) / 3 AS v FROM rows r JOIN keyed o ON r.slot = o.slot WHERE r.n + o.n > 9",
        "SELECT r.id, s.a, s.l FROM rows r JOIN second s ON r.n < s.c WHERE r.small < 30",
        "SELECT id, price FROM rows WHERE slot IN (SELECT slot FROM keyed WHERE n = 4) AND NOT EXISTS (SELECT 1 FROM first f WHERE f.k = rows.k AND f.c > 255)",
        "SELECT id, (SELECT MAX(c) FROM first f WHERE f.k = rows.k) AS m, at FROM rows WHERE n = 5",
        $"SELECT k, COUNT(*) AS c, LAST(note) AS l, SUM(n) AS s, MAX(tags) AS t, MEDIAN(x) AS m FROM ({Joined}) j GROUP BY k",
        $"SELECT note, n, price, COUNT(*) AS c FROM ({Joined}) j GROUP BY note, n, price",
        $"SELECT DISTINCT k, n, tags FROM ({Joined}) j",
        $"SELECT id, note, n FROM ({Joined}) j ORDER BY x DESC, id LIMIT 70000",
        $"SELECT id, note, x, place FROM (SELECT id, note, x, ROW_NUMBER() OVER (PARTITION BY n ORDER BY x, id) AS place FROM ({Joined}) j) w WHERE place <= 3",
        $"SELECT id, x, SUM(x) OVER (PARTITION BY k ORDER BY id) AS s FROM ({Joined}) j WHERE n = 1",
        $"SELECT id, note FROM ({Joined}) j WHERE n < 9 UNION ALL SELECT slot, note FROM keyed WHERE n > 9",
        $"SELECT id, note FROM ({Joined}) j EXCEPT SELECT id, note FROM rows WHERE n > 9",
        $"WITH j AS ({Joined}) SELECT a.id, b.c FROM j a JOIN (SELECT k, COUNT(*) AS c FROM j GROUP BY k) b ON a.k = b.k",
        $"SELECT id, tag, n FROM ({Joined}) j, UNNEST(tags) AS t(tag) WHERE n < 3",
    ];

    /// <summary>Each of the queries.</summary>
    public static TheoryData<string> Queries() => [.. Joins];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task ExecuteAsync_TableOfAJoin_HasTheRowsItHasOverStandardTables(string query)
    {
        string expected = await CompactAnswers.OfAsync(tables.Standard, query);
        foreach (CtasEngine engine in tables.Compact)
        {
            foreach (string model in (string[])["compact", "standard", "compact"])
            {
                (await CompactAnswers.OfTableAsync(engine, "result", model, query)).Should().Be(expected, $"it is a {model} table");
            }

            (await CompactAnswers.OfAsync(engine, query)).Should().Be(expected);
        }
    }

    [Fact]
    public async Task ExecuteAsync_JoinsBesideEachOther_TakeNothingFromEachOther()
    {
        string[] queries = [.. Joins.Take(4), $"SELECT k, MAX(note) AS m, SUM(n) AS s FROM ({Joined}) j GROUP BY k"];
        string[] expected = await Task.WhenAll(queries.Select(query => CompactAnswers.OfAsync(tables.Standard, query)));
        foreach (CtasEngine engine in tables.Compact)
        {
            string[] answers = await Task.WhenAll(queries.Select((query, number) => Task.Run(
                () => CompactAnswers.OfTableAsync(engine, $"result{number}", number % 2 == 0 ? "compact" : "standard", query))));

            answers.Should().Equal(expected);
        }
    }

    [Fact]
    public async Task ExecuteAsync_ThatIsCancelledOrFails_LeavesNothingThatLaterOnesRead()
    {
        string expected = await CompactAnswers.OfAsync(tables.Standard, Joined);
        foreach (CtasEngine engine in tables.Compact)
        {
            for (int run = 0; run < 4; run++)
            {
                using var cancellation = new CancellationTokenSource();
                Task cancelled = Task.Run(() => engine.ExecuteAsync(
                    $"CREATE OR REPLACE TABLE other WITH (table_model = 'compact') AS {Joined}", cancellation.Token));
                string beside = await CompactAnswers.OfTableAsync(engine, "result", "compact", Joined);
                await cancellation.CancelAsync();
                await cancelled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                await engine.Invoking(it => it.ExecuteAsync(
                    $"CREATE OR REPLACE TABLE other WITH (table_model = 'compact') AS SELECT id, 100 / (n - 7) AS q FROM ({Joined}) j"))
                    .Should().ThrowAsync<Exception>();

                beside.Should().Be(expected);
                (await CompactAnswers.OfTableAsync(engine, "result", "compact", Joined)).Should().Be(expected);
            }
        }
    }
}
