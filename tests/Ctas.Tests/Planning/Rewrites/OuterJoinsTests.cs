using Ctas.Planning.Rewrites;

namespace Ctas.Tests.Planning.Rewrites;

public sealed class OuterJoinsTests
{
    [Theory]
    [InlineData("a LEFT JOIN b ON a.id = b.id WHERE b.y > 1", "inner join")]
    [InlineData("a LEFT JOIN b ON a.id = b.id WHERE b.y IS NOT NULL", "inner join")]
    [InlineData("a LEFT JOIN b ON a.id = b.id WHERE b.y = a.x OR b.t LIKE 'q%'", "inner join")]
    [InlineData("a RIGHT JOIN b ON a.id = b.id WHERE a.x IN (1, 2)", "inner join")]
    [InlineData("a FULL JOIN b ON a.id = b.id WHERE a.x > 1", "left join")]
    [InlineData("a FULL JOIN b ON a.id = b.id WHERE b.y > 1", "right join")]
    [InlineData("a FULL JOIN b ON a.id = b.id WHERE b.y > a.x", "inner join")]
    public void Apply_ConditionDropsRowsFilledWithNull_MakesTheJoinNarrower(string from, string expected) =>
        Join(from).Should().StartWith(expected);

    [Theory]
    [InlineData("a LEFT JOIN b ON a.id = b.id WHERE b.y IS NULL", "left join")]
    [InlineData("a LEFT JOIN b ON a.id = b.id WHERE a.x > 1", "left join")]
    [InlineData("a LEFT JOIN b ON a.id = b.id WHERE COALESCE(b.y, 1) = 1", "left join")]
    [InlineData("a LEFT JOIN b ON a.id = b.id WHERE b.y > 1 OR a.x = 1", "left join")]
    [InlineData("a LEFT JOIN b ON a.id = b.id WHERE b.y IS DISTINCT FROM 1", "left join")]
    [InlineData("a FULL JOIN b ON a.id = b.id WHERE a.x IS NULL", "full join")]
    public void Apply_ConditionMayKeepThem_LeavesTheJoin(string from, string expected) => Join(from).Should().StartWith(expected);

    [Fact]
    public void Apply_JoinAboveOnItsRightColumns_MakesTheLowerOneInner() =>
        PlanTexts.Optimised("SELECT a.x, c.z FROM a LEFT JOIN b ON a.id = b.id JOIN c ON c.k = b.y")
            .Should().NotContain("left join");

    [Fact]
    public void Apply_LeftJoinUnderALeftJoinsRightSide_StaysForConditionsAbove() =>
        PlanTexts.Optimised(
            "SELECT a.x, q.y FROM a LEFT JOIN (SELECT b.id, c.k AS y FROM b LEFT JOIN c ON b.y = c.k) q ON a.id = q.id WHERE COALESCE(q.y, 0) < 1")
            .Split("left join").Should().HaveCount(3);

    private static string Join(string from) =>
        PlanTexts.Render(new OuterJoins(PlanTexts.Simplification).Apply(PlanTexts.Lowered($"SELECT a.id, b.t FROM {from}")))
            .Split('\n').Select(line => line.TrimStart(' ', '└', '─', '├', '│')).First(line => line.Contains(" join,"));
}
