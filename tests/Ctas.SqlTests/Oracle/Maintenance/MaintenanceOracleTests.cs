using Xunit.Abstractions;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>
/// A maintained result equals the recomputed one after every tick, for random queries over random histories.
/// CTAS_MAINTENANCE_SEED and CTAS_MAINTENANCE_COUNT choose others; CTAS_MAINTENANCE_REPORT names a file for the report.
/// </summary>
public sealed class MaintenanceOracleTests(ITestOutputHelper output)
{
    [Fact]
    public void Maintain_HundredsOfRandomQueries_EqualTheirRecomputationAfterEveryTick()
    {
        MaintenanceRun run = Run(600);

        run.CountOf(MaintenanceOutcome.Agreed).Should().BeGreaterThan(300);
        run.AgreedByEventTime.Values.Sum().Should().BeGreaterThan(100);
        run.AgreedByEventTime.Keys.Should().BeEquivalentTo(
            "window.tumbling", "window.tumbling.final", "window.hopping", "window.hopping.final", "window.session", "window.session.final",
            "within.inner", "within.left", "within.right", "within.full", "stream-table.inner", "stream-table.left");
        run.Operators.Should().Contain("rows looked up by joins");
        run.Restarts.Should().BeGreaterThan(500);
    }

    [Fact]
    [Trait("Category", "Large")]
    public void Maintain_ThousandsOfRandomQueries_EqualTheirRecomputationAfterEveryTick()
    {
        MaintenanceRun run = Run(OracleSettings.Get("CTAS_MAINTENANCE_COUNT", 5_000));

        run.NeverMaintained.Should().BeEmpty("every construct is maintained somewhere");
    }

    public static TheoryData<string> Queries =>
    [
        "SELECT t0, WINDOWSTART AS ws, WINDOWEND AS we, COUNT(*) AS n, SUM(t2) AS s FROM (SELECT *, t3 AS rowtime FROM t) q WINDOW TUMBLING (SIZE 1 DAY) GROUP BY t0",
        "SELECT t0, WINDOWSTART AS ws, COUNT(*) AS n, MAX(t1) AS m FROM (SELECT *, t3 AS rowtime FROM t WHERE t3 > TIMESTAMP '1000-01-01 00:00:00') q WINDOW HOPPING (SIZE 2 DAYS, ADVANCE BY 12 HOURS) GROUP BY t0",
        "SELECT t0, WINDOWSTART AS ws, WINDOWEND AS we, COUNT(*) AS n FROM (SELECT *, t3 AS rowtime FROM t) q WINDOW SESSION (6 HOURS) GROUP BY t0",
        "SELECT l.t0, l.t3, r.t3 AS other FROM t l JOIN u r ON l.t0 = r.u0 AND l.t3 BETWEEN r.t3 - INTERVAL '1 day' AND r.t3 + INTERVAL '1 day'".Replace("r.t3", "r.u3"),
        "SELECT t.t0, x, n FROM t, UNNEST(ARRAY[t0, t2, t0 + t2]) WITH ORDINALITY AS a(x, n)",
        "SELECT t0, TOPK(t2, 2) AS a, TOPKDISTINCT(t2, 3) AS b, HISTOGRAM(t1) AS h, APPROX_COUNT_DISTINCT(t1) AS c FROM t GROUP BY t0",
        "SELECT t0, ARRAY_SORT(COLLECT_LIST(t2)) AS a, ARRAY_SORT(COLLECT_SET(t2)) AS b, STRING_AGG(t1, '-' ORDER BY t1, t2) AS s FROM t GROUP BY t0",
        "SELECT t1, FIRST(t0 ORDER BY t0, t2) AS a, LAST(t0 ORDER BY t0, t2) AS b, ARG_MAX(t0, t2 * 100 + t0) AS c, MEDIAN(t2) AS d, STDDEV_POP(t2) AS e FROM t GROUP BY t1",
        "SELECT t0, COUNT(DISTINCT t1) AS a, SUM(DISTINCT t2) AS b, AVG(t4) AS c, MIN(t1) AS d, MAX(t3) AS e, BOOL_OR(t2 > 3) AS f, COUNT_IF(t2 > 3) AS g, COUNT(*) FILTER (WHERE t2 > 2) AS h FROM t GROUP BY t0 HAVING COUNT(*) > 1",
        "SELECT COUNT(*) AS n, SUM(t4) AS s, MIN(t1) AS a, MAX(t1) AS b FROM t",
        "SELECT * FROM (SELECT t0, t1, t2, ROW_NUMBER() OVER (PARTITION BY t0 ORDER BY t2, t1, t3, t4) AS r FROM (SELECT DISTINCT * FROM t) d) WHERE r <= 2",
        "SELECT t0, t2, SUM(t2) OVER (PARTITION BY t0 ORDER BY t2 RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS s, RANK() OVER (PARTITION BY t0 ORDER BY t2) AS r FROM t",
        "SELECT t0, t1, t2, t3, t4 FROM t ORDER BY t2 DESC, t0, t1, t3, t4 LIMIT 5 OFFSET 2",
        "SELECT t0, t2 FROM t WHERE t0 NOT IN (SELECT u2 FROM u WHERE u0 > 3) OR EXISTS (SELECT 1 FROM u WHERE u0 = t0 AND u2 > t2)",
        "SELECT t0, (SELECT MAX(u2) FROM u WHERE u0 = t0) AS m FROM t UNION SELECT u0, u2 FROM u EXCEPT SELECT t2, t0 FROM t",
        "WITH q AS (SELECT t0 AS k, SUM(t2) AS s FROM t GROUP BY t0) SELECT a.k, a.s, b.s AS other, c.u1 FROM q a FULL JOIN q b ON a.k = b.s LEFT JOIN u c ON c.u0 = a.k",
        "SELECT a.t0, b.u1, c.t4 FROM t a JOIN u b ON a.t0 = b.u0 JOIN t c ON b.u2 = c.t2 WHERE a.t2 > 0",
        "SELECT t0, 100 / t2 AS q FROM t WHERE t0 > -3",
        "SELECT u0, SUM(100 / (u2 - 3)) AS q FROM u GROUP BY u0",
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public void Maintain_Query_EqualsItsRecomputationAfterEveryTick(string sql)
    {
        int agreed = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed * 7919);
            ValueTag[] columns = [ValueTag.SmallInt, ValueTag.Varchar, ValueTag.SmallInt, ValueTag.Timestamp, ValueTag.TameDouble];
            OracleTable[] tables = [.. new[] { "t", "u" }.Select(name => new OracleTable(
                name,
                columns,
                [.. Enumerable.Range(0, random.Next(60)).Select(_ => columns.Select(tag => OracleTable.Value(random, tag, 6)).ToArray())],
                HasKey: false))];
            var maintained = new MaintenanceCase(tables, sql, seed, isOptimised: seed % 3 > 0, looksUp: seed % 2 > 0);

            MaintenanceOutcome outcome = maintained.Run();

            maintained.Difference.Should().BeNull("seed {0}", seed);
            outcome.Should().NotBe(MaintenanceOutcome.Refused);
            agreed += outcome == MaintenanceOutcome.Agreed ? 1 : 0;
        }

        agreed.Should().BeGreaterThan(10);
    }

    private MaintenanceRun Run(int count)
    {
        var run = new MaintenanceRun(OracleSettings.Get("CTAS_MAINTENANCE_SEED", 1), OracleSettings.Get("CTAS_ORACLE_FAILURES", 5));
        run.Run(count);
        if (Environment.GetEnvironmentVariable("CTAS_MAINTENANCE_REPORT") is { } file) { File.WriteAllText(file, run.Report()); }

        output.WriteLine(run.Report());
        run.Failures.Should().BeEmpty("these differ:\n{0}", string.Join('\n', run.Failures));
        return run;
    }
}
