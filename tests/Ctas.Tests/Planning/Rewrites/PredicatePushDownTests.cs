namespace Ctas.Tests.Planning.Rewrites;

public sealed class PredicatePushDownTests
{
    [Fact]
    public void Apply_ConditionOnAJoinKey_HoldsForTheOtherSideToo() =>
        PlanTexts.Optimised("SELECT a.x, b.y FROM a JOIN b ON a.id = b.id WHERE a.id > 5").Should().Be(
            """
            project x, y
            └─ inner join, hash on id = id, builds right
               ├─ filter id > 5
               │  └─ scan table a (id, x)
               └─ filter id > 5
                  └─ scan table b (id, y)
            """);

    [Fact]
    public void Apply_ConditionOnALeftJoinsKey_NarrowsTheRightSideOnly() =>
        PlanTexts.Optimised("SELECT a.x, b.y FROM a LEFT JOIN b ON a.id = b.id AND b.id < 9 WHERE a.id > 5").Should().Be(
            """
            project x, y
            └─ left join, hash on id = id, builds right
               ├─ filter id > 5
               │  └─ scan table a (id, x)
               └─ filter (id < 9) AND (id > 5)
                  └─ scan table b (id, y)
            """);

    [Fact]
    public void Apply_CommonPartOfAlternatives_GoesToEachSide() =>
        PlanTexts.Optimised(
            "SELECT COUNT(*) AS n FROM a, b WHERE (a.id = b.id AND a.x = 1 AND b.y > 2) OR (a.id = b.id AND a.x = 2 AND b.y > 3)")
            .Should().Be(
            """
            aggregate: COUNT(*) AS n
            └─ inner join, hash on id = id if ((x = 1) AND (y > 2)) OR ((x = 2) AND (y > 3)), builds right
               ├─ filter (x = 1) OR (x = 2)
               │  └─ scan table a (id, x)
               └─ filter (y > 2) OR (y > 3)
                  └─ scan table b (id, y)
            """);

    [Fact]
    public void Apply_AlternativesOfAnOuterJoin_NarrowTheSideThatMustMatchOnly() =>
        PlanTexts.Optimised(
            "SELECT a.s, b.t FROM a LEFT JOIN b ON a.id = b.id AND ((a.x = 1 AND b.y > 2) OR (a.x = 2 AND b.y > 3))")
            .Split('\n').Count(line => line.Contains("filter ")).Should().Be(1);

    [Fact]
    public void Apply_ThroughGroupingUnionAndDistinct_ReachesTheScans() =>
        PlanTexts.Optimised(
            """
            SELECT * FROM (SELECT DISTINCT g, n FROM (
              SELECT g, COUNT(*) AS n FROM (SELECT x + 0 AS g0, x AS g FROM a UNION ALL SELECT y, y FROM b) u GROUP BY g) v) w
            WHERE g = 3 AND n > 1
            """).Should().Be(
            """
            filter n > 1
            └─ aggregate by g: COUNT(*) AS n
               └─ union all
                  ├─ filter x = 3
                  │  └─ scan table a (x)
                  └─ filter y = 3
                     └─ scan table b (y)
            """);

    [Theory]
    [InlineData("SELECT * FROM (SELECT x FROM a LIMIT 3) q WHERE x = 1", "limit 3")]
    [InlineData("SELECT * FROM (SELECT COUNT(*) AS n FROM a) q WHERE 1 / n = 1", "aggregate: COUNT(*) AS n")]
    [InlineData("SELECT a.x FROM a JOIN b ON a.id = b.id WHERE 1 / a.x = 1", "inner join, hash on id = id")]
    public void Apply_ConditionThatMustNotPass_StaysAbove(string sql, string below)
    {
        string[] lines = PlanTexts.Optimised(sql).Split('\n');

        int filter = Array.FindIndex(lines, line => line.Contains("filter "));
        int node = Array.FindIndex(lines, line => line.Contains(below));

        filter.Should().BeInRange(0, node - 1);
        lines.Count(line => line.Contains("filter ")).Should().Be(1);
    }
}
