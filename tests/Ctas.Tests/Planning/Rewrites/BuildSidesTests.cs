namespace Ctas.Tests.Planning.Rewrites;

public sealed class BuildSidesTests
{
    private static readonly SizedTables Tables = new(("big", 1_000_000), ("small", 10), ("unknown", null));

    [Theory]
    [InlineData("small JOIN big ON small.id = big.f", "inner join, hash on f = id, builds right", "big", "small")]
    [InlineData("big JOIN small ON small.id = big.f", "inner join, hash on f = id, builds right", "big", "small")]
    [InlineData("small LEFT JOIN big ON small.id = big.f", "right join, hash on f = id, builds right", "big", "small")]
    [InlineData("small RIGHT JOIN big ON small.id = big.f", "left join, hash on f = id, builds right", "big", "small")]
    [InlineData("small FULL JOIN big ON small.id = big.f", "full join, hash on f = id, builds right", "big", "small")]
    [InlineData("small JOIN unknown ON small.id = unknown.f", "inner join, hash on f = id, builds right", "unknown", "small")]
    [InlineData("unknown JOIN small ON small.id = unknown.f", "inner join, hash on f = id, builds right", "unknown", "small")]
    [InlineData("small CROSS JOIN big", "cross join, nested loop, builds right", "small", "big")]
    public void Apply_Join_BuildsTheSmallerInput(string from, string join, string probed, string built)
    {
        string sql = $"SELECT small.g AS s FROM {from}";

        Tables.Optimised(sql).Should().Contain(join);
        Tables.Order(sql).Should().Equal(probed, built);
    }

    [Fact]
    public void Apply_ResidualCondition_FollowsItsColumns() =>
        Tables.Optimised("SELECT big.g FROM small JOIN big ON small.id = big.f AND small.g > big.g").Should().Be(
            """
            project g  ~33 rows
            └─ inner join, hash on f = id if right.g > left.g, builds right  ~33 rows
               ├─ scan table big (f, g)  ~1000000 rows
               └─ scan table small (id, g)  ~10 rows
            """);
}
