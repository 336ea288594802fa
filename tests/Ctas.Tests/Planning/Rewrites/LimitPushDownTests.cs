namespace Ctas.Tests.Planning.Rewrites;

public sealed class LimitPushDownTests
{
    [Theory]
    [InlineData("SELECT x + 1 AS y FROM a ORDER BY x LIMIT 3 OFFSET 2", "top 5 by order_0")]
    [InlineData("SELECT x FROM a UNION ALL SELECT y FROM b LIMIT 3", "├─ limit 3")]
    [InlineData("SELECT a.x, b.y FROM a LEFT JOIN b ON a.id = b.id LIMIT 3", "├─ limit 3")]
    [InlineData("SELECT a.x, b.y FROM a LEFT JOIN b ON a.id = b.id ORDER BY a.x LIMIT 3", "├─ limit 3")]
    public void Apply_Limit_IsKnownBelow(string sql, string expected) => PlanTexts.Optimised(sql).Should().Contain(expected);

    [Theory]
    [InlineData("SELECT a.x, b.y FROM a JOIN b ON a.id = b.id LIMIT 3")]
    [InlineData("SELECT a.x, b.y FROM a LEFT JOIN b ON a.id = b.id ORDER BY b.y LIMIT 3")]
    [InlineData("SELECT x, COUNT(*) AS n FROM a GROUP BY x LIMIT 3")]
    public void Apply_LimitThatNeedsMoreRowsBelow_StaysAbove(string sql) =>
        PlanTexts.Optimised(sql).Split("limit 3").Should().HaveCount(2);
}
