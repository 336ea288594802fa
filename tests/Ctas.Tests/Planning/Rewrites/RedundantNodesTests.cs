namespace Ctas.Tests.Planning.Rewrites;

public sealed class RedundantNodesTests
{
    [Theory]
    [InlineData("SELECT DISTINCT id, x FROM a", "scan table a (id, x)")]
    [InlineData("SELECT DISTINCT x, n FROM (SELECT x, COUNT(*) AS n FROM a GROUP BY x) q", "aggregate by x: COUNT(*) AS n\n└─ scan table a (x)")]
    [InlineData("SELECT id, x FROM a GROUP BY id, x", "project id, x\n└─ scan table a (id, x)")]
    public void Apply_RowsThatDifferByTheirKey_AreNotMadeDifferentAgain(string sql, string expected) =>
        PlanTexts.Optimised(sql).Should().Be(expected);

    [Theory]
    [InlineData("SELECT DISTINCT x FROM a")]
    [InlineData("SELECT x FROM a GROUP BY x")]
    public void Apply_RowsThatMayBeEqual_AreMadeDifferent(string sql) =>
        PlanTexts.Optimised(sql).Should().MatchRegex("^(distinct|aggregate)");

    [Theory]
    [InlineData("SELECT a.x FROM a LEFT JOIN b ON a.x = b.id")]
    [InlineData("SELECT COUNT(a.x) AS n FROM a LEFT JOIN b ON a.x = b.id AND b.y > 1")]
    public void Apply_LeftJoinThatAddsNothing_IsLeftOut(string sql) => PlanTexts.Optimised(sql).Should().NotContain("join");

    [Theory]
    [InlineData("SELECT a.x, b.y FROM a LEFT JOIN b ON a.x = b.id")] // read
    [InlineData("SELECT a.x FROM a LEFT JOIN b ON a.x = b.y")] // may match twice
    [InlineData("SELECT a.x FROM a JOIN b ON a.x = b.id")] // drops rows
    [InlineData("SELECT a.x FROM a LEFT JOIN b ON 10 / a.x = b.id")] // may fail
    public void Apply_JoinThatCounts_Stays(string sql) => PlanTexts.Optimised(sql).Should().Contain("join");
}
