using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Tests.Execution.Incremental;

public sealed class UpsertRowsTests
{
    private readonly LogicalScan _changelog = new(
        "topic", IsSource: true, OrdinalList.Empty,
        new Schema([new Field("k", DataType.Int), new Field("v", DataType.Varchar)], [0]), ChangeKind.Upsert);

    [Fact]
    public void Changelog_UpsertsAndTombstones_RetractTheRowThatWasThere()
    {
        var rows = new Maintained(_changelog);

        rows.Change(_changelog, "+1|a", "+2|b", "+1|c").Tick().Should().Equal("+1|c", "+2|b");
        rows.Change(_changelog, "+1|d").Tick().Should().Equal("+1|d", "-1|c");
        rows.Change(_changelog, "-1|NULL", "-7|NULL").Tick().Should().Equal("-1|d");
        rows.Change(_changelog, "+2|b").Tick().Should().BeEmpty("the row is the same");
        rows.Change(_changelog, "-2|NULL", "+2|b").Tick().Should().BeEmpty("it is back within the tick");
    }

    [Fact]
    public void Changelog_TickThatIsRolledBack_LeavesNoTrace()
    {
        var rows = new Maintained(_changelog);
        rows.Change(_changelog, "+1|a").Tick();

        rows.Change(_changelog, "+1|b", "+3|x", "-1|NULL", "+1|c").Complete();
        rows.Query.Rollback();

        rows.Change(_changelog, "+1|b", "+3|y").Tick().Should().Equal("+1|b", "+3|y", "-1|a");
    }

    [Fact]
    public void Changelog_ManyVersionsOfOneKey_DoNotGrowTheState()
    {
        var rows = new Maintained(_changelog);
        long after = 0;
        for (int tick = 0; tick < 2000; tick++)
        {
            rows.Change(_changelog, $"+{tick % 3}|{tick % 7}").Tick();
            if (tick == 100) { after = rows.Query.StateBytes; }
        }

        rows.Query.StateBytes.Should().BeLessThan(after + 100);
    }
}
