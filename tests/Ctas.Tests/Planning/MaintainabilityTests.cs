using Ctas.Data;
using Ctas.Planning;
using Ctas.Tests.Execution;
using static Ctas.Tests.Execution.Sql;

namespace Ctas.Tests.Planning;

public sealed class MaintainabilityTests
{
    private readonly LogicalScan _rows = new TestTable("t", ("x", DataType.Int)).Scan with { Kind = ChangeKind.Retract };

    private static ColumnReference X => new(0, DataType.Int);

    [Fact]
    public void ObstaclesOf_WhatRecomputationWouldGiveAgain_AreNone() =>
        Maintainability.ObstaclesOf(_rows.Where(Greater(X, Value(1))).GroupBy([X], CountAll)).Should().BeEmpty();

    [Fact]
    public void ObstaclesOf_LimitWithoutOrder_NamesTheLimit()
    {
        var limit = new LogicalLimit(_rows, 0, 3);

        MaintenanceObstacle obstacle = Maintainability.ObstaclesOf(new LogicalDistinct(limit)).Should().ContainSingle().Subject;

        obstacle.Node.Should().BeSameAs(limit);
        obstacle.Reason.Should().Contain("ORDER BY");
    }

    [Fact]
    public void ObstaclesOf_RandomValues_NameTheFunction()
    {
        var random = new FunctionExpression("RANDOM", [], DataType.Double) { IsDeterministic = false };

        Maintainability.ObstaclesOf(_rows.Where(Greater(random, Value(0.5)))).Should().ContainSingle()
            .Which.Reason.Should().StartWith("RANDOM gives another value every time");
    }

    [Fact]
    public void ObstaclesOf_LatestOfRowsThatChange_AsksForAnOrder()
    {
        AggregateCall latest = Aggregate("LATEST_BY_OFFSET", X, DataType.Int);
        AggregateCall ordered = Aggregate("LAST", X, DataType.Int) with { OrderBy = [new SortKey(X, IsDescending: false, NullsFirst: false)] };

        Maintainability.ObstaclesOf(_rows.GroupBy([], latest)).Should().ContainSingle().Which.Hint.Should().Contain("ORDER BY");
        Maintainability.ObstaclesOf(_rows.GroupBy([], ordered)).Should().BeEmpty();
        Maintainability.ObstaclesOf((_rows with { Kind = ChangeKind.AppendOnly }).GroupBy([], latest)).Should().BeEmpty();
    }

    [Fact]
    public void ObstaclesOf_ChangelogWithoutKey_AsksForTheKey() =>
        Maintainability.ObstaclesOf(_rows with { IsSource = true, Kind = ChangeKind.Upsert }).Should().ContainSingle()
            .Which.Hint.Should().Contain("PRIMARY KEY");
}
