namespace Ctas.Tests.Planning.Rewrites;

public sealed class SharedPlansTests
{
    [Fact]
    public void Apply_CommonTableReadTwice_RunsOnce() =>
        PlanTexts.Optimised(
            "WITH q AS (SELECT x, COUNT(*) AS n FROM a GROUP BY x) SELECT l.n, r.n AS m FROM q AS l JOIN q AS r ON l.x = r.n").Should().Be(
            """
            share
            ├─ shared #1
            │  └─ aggregate by x: COUNT(*) AS n
            │     └─ scan table a (x)
            └─ project n, n AS m
               └─ inner join, hash on CAST(x AS BIGINT) = n, builds right
                  ├─ read shared #1
                  └─ read shared #1
            """);

    [Fact]
    public void Apply_EqualPartsInsideEqualParts_ShareTheOuterOnly() =>
        PlanTexts.Optimised(
            """
            SELECT DISTINCT n FROM (SELECT COUNT(*) AS n FROM a GROUP BY x) p UNION ALL SELECT DISTINCT n FROM (SELECT COUNT(*) AS n FROM a GROUP BY x) q
            """).Should().Be(
            """
            share
            ├─ shared #1
            │  └─ distinct
            │     └─ project n
            │        └─ aggregate by x: COUNT(*) AS n
            │           └─ scan table a (x)
            └─ union all
               ├─ read shared #1
               └─ read shared #1
            """);

    [Theory]
    [InlineData("SELECT x FROM a WHERE x > 1 UNION ALL SELECT x FROM a WHERE x > 1")] // cheaper read again than kept
    [InlineData("SELECT COUNT(*) AS n FROM a UNION ALL SELECT COUNT(x) FROM a")]
    [InlineData("SELECT COUNT(*) AS n FROM a WHERE x > 1 UNION ALL SELECT COUNT(*) FROM a WHERE x > 2")]
    [InlineData("SELECT COUNT(*) AS n FROM a GROUP BY RANDOM() UNION ALL SELECT COUNT(*) FROM a GROUP BY RANDOM()")]
    public void Apply_PartsThatDiffer_RunEach(string sql) => PlanTexts.Optimised(sql).Should().NotContain("shared");
}
