using Ctas.Cli.Demo;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Cli;

public sealed class DemoCheckTests
{
    private readonly DemoExpectation _expectation = new(DemoShop.Create(new DemoScale(200, 60, 2_000)));
    private readonly DemoCheck _check;

    public DemoCheckTests() => _check = new DemoCheck(_expectation);

    [Fact]
    public void Load_AllAsProduced_HasNoMismatch()
    {
        _check.Load(Load(_ => { }));

        _check.Mismatches.Should().BeEmpty();
        _check.Comparisons.Should().BeGreaterThan(3 * _expectation.Tables().Count);
    }

    [Fact]
    public void Load_OneRowMissing_NamesTableAndBothNumbers()
    {
        long rows = _expectation.Tables().Single(table => table.Name == "sales").Rows;

        _check.Load(Load(tables => tables["sales"] = tables["sales"] with { Rows = rows - 1 }));

        _check.Mismatches.Should().Equal($"table \"sales\": rows: expected {rows}, found {rows - 1}");
    }

    [Fact]
    public void Load_TableFailed_IsAMismatch()
    {
        _check.Load(Load(tables => tables["users"] = tables["users"] with { State = TableState.Failed }));

        _check.Mismatches.Should().Contain("table \"users\": not loaded");
    }

    [Fact]
    public void Query_OneCentMissing_NamesTheCell()
    {
        var query = new DemoQuery("Sum?", "SELECT", ["total"], [["10.01"]]);

        _check.Query(query, Total(1000));

        _check.Mismatches.Should().Equal("\"Sum?\": row 1, total: expected 10.01, found 10.00");
    }

    [Fact]
    public void Query_RightCells_HasNoMismatch()
    {
        _check.Query(new DemoQuery("Sum?", "SELECT", ["total"], [["10.01"]]), Total(1001));

        _check.Mismatches.Should().BeEmpty();
    }

    [Fact]
    public void Query_RowsMissing_IsAMismatch()
    {
        _check.Query(new DemoQuery("Sum?", "SELECT", ["total"], [["10.01"], ["2.00"]]), Total(1001));

        _check.Mismatches.Should().Equal("\"Sum?\": number of rows: expected 2, found 1");
    }

    [Fact]
    public void Plan_OtherWaves_IsAMismatch()
    {
        _check.Plan(PlanRenderingTests.Shop);

        _check.Mismatches.Should().Contain("number of waves: expected 4, found 2");
    }

    private static QueryResult Total(Int128 cents)
    {
        DataType type = DataType.Decimal(20, 2);
        return new QueryResult(
            new Schema([new Field("total", type)]), [new Batch([new FixedColumn<Int128>(type, [cents], 1)], 1)], TimeSpan.Zero);
    }

    private LoadResult Load(Action<Dictionary<string, TableLoadResult>> spoil)
    {
        Dictionary<string, TableLoadResult> tables = _expectation.Tables().ToDictionary(
            table => table.Name,
            table => new TableLoadResult(table.Name, table.Wave, TableState.Ready)
            {
                Rows = table.Rows,
                Records = table.Records,
                Bytes = table.Bytes ?? 0,
            });
        spoil(tables);
        return new LoadResult([.. tables.Values], [], TimeSpan.Zero);
    }
}
