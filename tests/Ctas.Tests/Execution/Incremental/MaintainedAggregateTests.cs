using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;
using static Ctas.Tests.Execution.Sql;

namespace Ctas.Tests.Execution.Incremental;

public sealed class MaintainedAggregateTests
{
    private readonly LogicalScan _rows = new TestTable("t", ("g", DataType.Varchar), ("x", DataType.BigInt), ("d", DataType.Double)).Scan;

    [Fact]
    public void GroupBy_UpdateOfARow_RetractsTheGroupAndInsertsItAnew()
    {
        Maintained groups = Start("g", CountAll, Call("SUM", 1, DataType.BigInt));

        groups.Change(_rows, "+a|1|0", "+a|2|0", "+NULL|NULL|0").Tick().Should().Equal("+NULL|1|NULL", "+a|2|3");
        groups.Change(_rows, "-a|2|0", "+a|5|0").Tick().Should().Equal("+a|2|6", "-a|2|3");
        groups.Change(_rows, "-a|1|0", "+a|1|7").Tick().Should().BeEmpty("neither aggregate has changed");
        groups.Change(_rows, "-a|1|7", "-a|5|0").Tick().Should().Equal("-a|2|6");
    }

    [Fact]
    public void NoKeys_NoRows_IsOneRow()
    {
        Maintained groups = Start(null, CountAll, Call("SUM", 1, DataType.BigInt));

        groups.Tick().Should().Equal("+0|NULL");
        groups.Change(_rows, "+a|1|0").Tick().Should().Equal("+1|1", "-0|NULL");
        groups.Change(_rows, "-a|1|0").Tick().Should().Equal("+0|NULL", "-1|1");
    }

    [Fact]
    public void MinMax_TheExtremeGoes_TheNextOneComes()
    {
        Maintained groups = Start("g", Call("MIN", 1, DataType.BigInt), Call("MAX", 1, DataType.BigInt));

        groups.Change(_rows, "+a|3|0", "+a|1|0", "+a|1|1", "+a|9|0").Tick().Should().Equal("+a|1|9");
        groups.Change(_rows, "-a|1|0").Tick().Should().BeEmpty("an equal value is still there");
        groups.Change(_rows, "-a|1|1", "-a|9|0").Tick().Should().Equal("+a|3|3", "-a|1|9");
        groups.Change(_rows, "+a|NULL|0", "-a|3|0").Tick().Should().Equal("+a|NULL|NULL", "-a|3|3");
    }

    [Fact]
    public void MinMax_AValueComesBackAsManyThatHaveGoneAreDropped_ItCounts()
    {
        Maintained groups = Start("g", Call("MAX", 1, DataType.BigInt));
        groups.Change(_rows, "+a|100|0").Tick();
        groups.Change(_rows, [.. Enumerable.Range(1, 40).Select(x => $"+a|{x}|0")]).Tick();
        groups.Change(_rows, [.. Enumerable.Range(1, 40).Select(x => $"-a|{x}|0")]).Tick();

        groups.Change(_rows, "+a|50|0", "+a|40|0").Tick();
        groups.Change(_rows, "+b|7|0").Tick();
        groups.Change(_rows, "-a|100|0", "-a|50|0").Tick().Should().Equal("+a|40", "-a|100");
        groups.Change(_rows, "-a|40|0").Tick().Should().Equal("-a|40");
    }

    [Fact]
    public void Distinct_EqualValues_CountOnce()
    {
        Maintained groups = Start("g", Call("COUNT", 1, DataType.BigInt, isDistinct: true), Call("SUM", 1, DataType.BigInt, isDistinct: true));

        groups.Change(_rows, "+a|3|0", "+a|3|1", "+a|4|0").Tick().Should().Equal("+a|2|7");
        groups.Change(_rows, "-a|3|0").Tick().Should().BeEmpty();
        groups.Change(_rows, "-a|3|1").Tick().Should().Equal("+a|1|4", "-a|2|7");
    }

    [Fact]
    public void Sum_OfDoubles_KeepsNoTraceOfWhatHasGone()
    {
        Maintained groups = Start("g", Call("SUM", 2, DataType.Double));

        groups.Change(_rows, "+a|1|0.1", "+a|2|1e300", "+a|3|-7e-300").Tick();
        groups.Change(_rows, "-a|2|1e300", "-a|3|-7e-300").Tick().Should().Equal("+a|0.1", "-a|1E+300");
    }

    [Fact]
    public void SumAndAvg_OfDecimals_TakeBackWhatHasGone()
    {
        var maintained = new Maintained(QueryPlanner.PlanQuery(
            "SELECT g, SUM(CAST(d AS DECIMAL(10, 2))) AS s, AVG(CAST(d AS DECIMAL(10, 2))) AS a FROM t GROUP BY g",
            new QueryContext(_ => new RelationInfo("t", IsSource: false, IsStream: false, _rows.Schema))).Plan);
        LogicalScan rows = maintained.Query.Scans.Single();
        string[] changes = [.. Enumerable.Repeat("+a|1|2.25", 3), "+a|1|-0.5", "+b|1|7.01"];

        maintained.Change(rows, [.. changes.Select(change => Of(rows, change))]).Tick().Should().Equal("+a|6.25|1.5625", "+b|7.01|7.01");
        maintained.Change(rows, Of(rows, "-a|1|2.25"), Of(rows, "-a|1|2.25"), Of(rows, "-b|1|7.01")).Tick()
            .Should().Equal("+a|1.75|0.875", "-a|6.25|1.5625", "-b|7.01|7.01");
        maintained.Change(rows, Of(rows, "-a|1|-0.5")).Tick().Should().Equal("+a|2.25|2.25", "-a|1.75|0.875");
    }

    /// <summary>A change with the columns that the scan is left with.</summary>
    private static string Of(LogicalScan scan, string change)
    {
        string[] values = change[1..].Split('|');
        return change[0] + string.Join('|', scan.Schema.Fields.Select(field => values[field.Name switch { "g" => 0, "x" => 1, _ => 2 }]));
    }

    [Fact]
    public void Sum_OutOfRange_FailsTheTickAndNothingOfItStays()
    {
        Maintained groups = Start("g", Call("SUM", 1, DataType.BigInt));
        groups.Change(_rows, "+a|9223372036854775807|0").Tick();

        groups.Change(_rows, "+a|1|0", "+b|1|0").Invoking(it => it.Complete()).Should().Throw<ExecutionException>().WithMessage("CTAS5002*");
        groups.Query.Rollback();

        groups.Change(_rows, "+a|-7|0").Tick().Should().Equal("+a|9223372036854775800", "-a|9223372036854775807");
    }

    [Fact]
    public void Sum_OutOfRangeAndSkipped_LeavesTheGroupOutUntilItFits()
    {
        Maintained groups = Start(RowErrorPolicy.Skip, "g", Call("SUM", 1, DataType.BigInt));

        groups.Change(_rows, "+a|9223372036854775807|0", "+a|1|0").Tick().Should().BeEmpty();
        groups.Query.RowsSkipped.Should().Be(1);
        groups.Change(_rows, "-a|1|0").Tick().Should().Equal("+a|9223372036854775807");
    }

    [Fact]
    public void StateBytes_OfGroupsThatCameAndWent_DoNotGrow()
    {
        Maintained groups = Start("g", CountAll, Call("MIN", 1, DataType.BigInt), Call("COUNT", 1, DataType.BigInt, isDistinct: true));
        long after = 0;
        for (int tick = 0; tick < 3000; tick++)
        {
            groups.Change(_rows, $"+k|{tick}|0").Tick();
            groups.Change(_rows, $"-k|{tick}|0").Tick();
            if (tick == 100) { after = groups.Query.StateBytes; }
        }

        groups.Query.StateBytes.Should().BeLessThan(after + 100).And.BePositive();
    }

    [Fact]
    public void StateBytes_OfStringsThatCameAndWent_DoNotGrow()
    {
        ScalarExpression text = new ColumnReference(0, DataType.Varchar);
        Maintained groups = new(_rows.GroupBy(
            [text], Aggregate("MAX", text, DataType.Varchar), Aggregate("COUNT", text, DataType.BigInt, isDistinct: true)));
        groups.Change(_rows, "+first|0|0").Tick();
        string padding = new('x', 1000);
        for (int tick = 0; tick < 1000; tick++)
        {
            groups.Change(_rows, $"+{padding}{tick}|0|0").Tick().Should().Equal($"+{padding}{tick}|{padding}{tick}|1");
            groups.Change(_rows, $"-{padding}{tick}|0|0").Tick().Should().Equal($"-{padding}{tick}|{padding}{tick}|1");
        }

        groups.Query.StateBytes.Should().BeLessThan(1_000_000);
        groups.Change(_rows, "-first|0|0").Tick().Should().Equal("-first|first|1");
    }

    private Maintained Start(string? key, params AggregateCall[] calls) => Start(RowErrorPolicy.Fail, key, calls);

    private Maintained Start(RowErrorPolicy policy, string? key, params AggregateCall[] calls) =>
        new(_rows.GroupBy(key is null ? [] : [new ColumnReference(0, DataType.Varchar)], calls), policy);

    private static AggregateCall Call(string function, int ordinal, DataType type, bool isDistinct = false) => Aggregate(
        function, new ColumnReference(ordinal, ordinal == 1 ? DataType.BigInt : DataType.Double), type, isDistinct);
}
