namespace Ctas.Tests.Planning.Rewrites;

public sealed class JoinOrderTests
{
    private static readonly SizedTables Tables =
        new(("big", 1_000_000), ("mid", 10_000), ("small", 10), ("tiny", 2), ("unknown", null), ("other", null));

    [Fact]
    public void Apply_SmallAndFilteredRelations_AreJoinedFirst() =>
        Tables.Optimised(
            "SELECT COUNT(*) AS n FROM small JOIN mid ON mid.f = small.id JOIN big ON big.f = mid.id WHERE small.g = 1").Should().Be(
            """
            aggregate: COUNT(*) AS n  ~1 row
            └─ inner join, hash on f = id, builds right  ~1000 rows
               ├─ scan table big (f)  ~1000000 rows
               └─ inner join, hash on f = id, builds right  ~100 rows
                  ├─ scan table mid (id, f)  ~10000 rows
                  └─ filter g = 1  ~10 rows
                     └─ scan table small (id, g)  ~10 rows
            """);

    [Fact]
    public void Apply_ProductThatConditionsAvoid_IsNotMade() =>
        Tables.Optimised("SELECT COUNT(*) AS n FROM big, small, mid WHERE big.f = mid.id AND mid.f = small.id")
            .Should().NotContain("cross join").And.NotContain("nested loop");

    [Fact]
    public void Apply_ProductThatConditionsAvoidWithoutSizes_IsNotMade() =>
        Tables.Optimised("SELECT COUNT(*) AS n FROM unknown u, other o, small s WHERE u.f = s.id AND s.f = o.id")
            .Should().NotContain("cross join").And.NotContain("nested loop");

    [Fact]
    public void Apply_RelationThatNothingConnects_IsMultipliedOnce() =>
        Tables.Optimised("SELECT COUNT(*) AS n FROM tiny CROSS JOIN big JOIN mid ON big.f = mid.id")
            .Split("cross join, nested loop").Should().HaveCount(2);

    [Fact]
    public void Apply_ConditionThatCanFail_KeepsTheOrder() =>
        Tables.Order("SELECT COUNT(*) AS n FROM mid JOIN small ON mid.f = small.id AND 1 / small.g > mid.g JOIN big ON big.f = mid.id")
            .Should().Equal("big", "mid", "small");

    [Fact]
    public void Apply_RowsWhoseOrderShows_StayInOrder() =>
        Tables.Order("SELECT * FROM (SELECT small.id FROM small JOIN mid ON mid.f = small.id JOIN big ON big.f = mid.id LIMIT 3) q")
            .Should().Equal("small", "mid", "big");

    [Fact]
    public void Apply_ManyRelations_JoinsEachOnceOverItsKey()
    {
        var tables = new SizedTables([.. Enumerable.Range(0, 14).Select(i => ($"t{i}", (long?)(1000 + i)))]);
        string from = string.Join(", ", Enumerable.Range(0, 14).Select(i => $"t{i}"));
        string where = string.Join(" AND ", Enumerable.Range(1, 13).Select(i => $"t{i}.id = t{i - 1}.f"));

        string plan = tables.Optimised($"SELECT COUNT(*) AS n FROM {from} WHERE {where}");

        plan.Should().NotContain("cross join").And.NotContain("nested loop");
        plan.Split("scan table ").Should().HaveCount(15);
    }

    [Fact]
    public void Apply_ColumnsOfTheResult_StayAsWritten() =>
        Tables.Optimised("SELECT * FROM tiny JOIN small ON tiny.id = small.f JOIN big ON big.id = small.id").Split('\n')[0]
            .Should().StartWith("project id, f, g, id, f, g, id, f, g");
}
