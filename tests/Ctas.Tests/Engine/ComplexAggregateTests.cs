using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Engine;

/// <summary>Complex aggregates, from a source through CTAS into tables of both models, against LINQ.</summary>
public sealed class ComplexAggregateTests
{
    private static readonly Schema Columns = new(
    [
        new("region", DataType.Varchar), new("customer", DataType.Varchar), new("amount", DataType.Decimal(12, 2)),
        new("quantity", DataType.Int), new("at", DataType.Timestamp),
    ]);

    private static readonly Order[] Orders = [.. MakeOrders()];

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task ManyAggregatesPerGroup_OfAThousandOrders_EqualLinq(string model)
    {
        await using CtasEngine engine = await LoadAsync($"""
            CREATE TABLE stats WITH (table_model = '{model}') AS
            SELECT region, COUNT(*) AS n, COUNT(DISTINCT customer) AS customers, SUM(amount) AS total,
                SUM(amount) FILTER (WHERE quantity > 5) AS large, MIN(at) AS first_at, MAX(quantity) AS most,
                MEDIAN(quantity) AS middle, ARG_MAX(customer, amount) AS best,
                STRING_AGG(DISTINCT customer, ',' ORDER BY customer) AS names
            FROM orders GROUP BY region
            """);

        QueryResult result = await engine.QueryAsync("SELECT * FROM stats");
        Dictionary<string, Row> rows = result.Rows.ToDictionary(row => (string)row["region"]!);

        rows.Should().HaveCount(4);
        foreach (IGrouping<string, Order> group in Orders.GroupBy(order => order.Region))
        {
            Row row = rows[group.Key];
            int[] quantities = [.. group.Select(order => order.Quantity).OfType<int>().Order()];
            row["n"].Should().Be((long)group.Count());
            row["customers"].Should().Be((long)group.Select(order => order.Customer).Distinct().Count());
            row["total"].Should().Be(group.Sum(order => order.Amount));
            row["large"].Should().Be(group.Where(order => order.Quantity > 5).Sum(order => order.Amount));
            row["first_at"].Should().Be(group.Min(order => order.At));
            row["most"].Should().Be(quantities[^1]);
            row["middle"].Should().Be((quantities[(quantities.Length - 1) / 2] + quantities[quantities.Length / 2]) / 2.0);
            row["best"].Should().Be(group.MaxBy(order => order.Amount)!.Customer);
            row["names"].Should().Be(
                string.Join(',', group.Select(order => order.Customer).Distinct().Order(StringComparer.Ordinal)));
        }
    }

    [Fact]
    public async Task AggregateOfAggregates_OverCommonTables_EqualsLinq()
    {
        await using CtasEngine engine = await LoadAsync("""
            CREATE TABLE spread AS
            WITH per_customer AS (
                SELECT region, customer, SUM(amount) AS total, COUNT(*) AS n FROM orders GROUP BY region, customer)
            SELECT region, AVG(total) AS mean, MAX(total) - MIN(total) AS range, SUM(n) AS orders
            FROM per_customer GROUP BY region HAVING COUNT(*) > 1 ORDER BY region
            """);

        QueryResult result = await engine.QueryAsync("SELECT * FROM spread ORDER BY region");

        var expected = Orders.GroupBy(order => order.Region).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
        {
            decimal[] totals = [.. group.GroupBy(order => order.Customer).Select(own => own.Sum(order => order.Amount))];
            return (group.Key, Mean: (double)totals.Average(), Range: totals.Max() - totals.Min(), Count: (long)group.Count());
        }).ToArray();
        result.Rows.Select(row => ((string)row[0]!, (decimal)row[2]!, (long)row[3]!))
            .Should().Equal(expected.Select(e => (e.Key, e.Range, e.Count)));
        result.Rows.Select(row => (double)row[1]!).Should().AllSatisfy(mean => mean.Should().BePositive())
            .And.Equal(expected.Select(e => e.Mean), (actual, mean) => Math.Abs(actual - mean) < 1e-6);
    }

    [Fact]
    public async Task GroupByExpressions_WithCaseAndHaving_EqualsLinq()
    {
        await using CtasEngine engine = await LoadAsync("""
            CREATE TABLE sizes AS
            SELECT CASE WHEN quantity IS NULL THEN 'none' WHEN quantity > 5 THEN 'large' ELSE 'small' END AS size,
                EXTRACT(HOUR FROM at) AS hour, SUM(amount * quantity) AS volume, COUNT(*) AS n
            FROM orders GROUP BY 1, 2 HAVING COUNT(*) >= 10
            """);

        QueryResult result = await engine.QueryAsync("SELECT size, hour, volume, n FROM sizes ORDER BY size, hour");

        var expected = Orders
            .GroupBy(order => (Size: order.Quantity is null ? "none" : order.Quantity > 5 ? "large" : "small", order.At.Hour))
            .Where(group => group.Count() >= 10)
            .OrderBy(group => group.Key.Size, StringComparer.Ordinal).ThenBy(group => group.Key.Hour)
            .Select(group => (
                group.Key.Size,
                (long)group.Key.Hour,
                group.Key.Size == "none" ? null : (decimal?)group.Sum(order => order.Amount * order.Quantity),
                (long)group.Count()));
        result.Rows.Select(row => ((string)row[0]!, (long)row[1]!, (decimal?)row[2], (long)row[3]!)).Should().Equal(expected);
    }

    [Fact]
    public async Task NoOrders_WithAndWithoutGroups_GiveNoRowAndOneRow()
    {
        await using CtasEngine engine = await LoadAsync("""
            CREATE TABLE groups AS SELECT region, ARRAY_AGG(amount) AS amounts FROM orders WHERE amount < 0 GROUP BY region;
            CREATE TABLE whole AS SELECT COUNT(*) AS n, SUM(amount) AS total, STDDEV(amount) AS spread FROM orders WHERE amount < 0
            """);

        engine.Tables["groups"].RowCount.Should().Be(0);
        Row row = (await engine.QueryAsync("SELECT * FROM whole")).Rows.Single();
        (row["n"], row["total"], row["spread"]).Should().Be((0L, null, null));
    }

    [Fact]
    public async Task SumThatOverflows_InOneGroupWithSkip_LeavesOutThatGroupAndCountsIt()
    {
        var schema = new Schema([new("k", DataType.Varchar), new("v", DataType.BigInt)]);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", schema, ["a", long.MaxValue], ["a", 1L], ["b", 7L]))
            .AddTable("CREATE TABLE t WITH (on_error = 'skip') AS SELECT k, SUM(v) AS total FROM s GROUP BY k")
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["t"].State.Should().Be(TableState.Ready);
        result["t"].Rejected.Should().Be(1);
        (await engine.QueryAsync("SELECT k, total FROM t")).Rows.Select(row => (row[0], row[1])).Should().Equal(("b", 7L));
    }

    private static async Task<CtasEngine> LoadAsync(string script)
    {
        IEnumerable<object?[]> rows = Orders.Select(
            order => new object?[] { order.Region, order.Customer, order.Amount, order.Quantity, order.At });
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders", InMemorySource.FromRows("orders", Columns, rows))
            .AddScript(script)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private static IEnumerable<Order> MakeOrders()
    {
        var random = new Random(11);
        var start = new DateTime(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int order = 0; order < 1000; order++)
        {
            string region = new[] { "north", "south", "east", "west" }[random.Next(4)];

            // Amounts are all different, so that the greatest is one.
            decimal amount = (random.Next(1, 10_000) * 1000 + order) / 100m;
            yield return new Order(
                region, "c" + random.Next(40), amount, random.Next(8) == 0 ? null : random.Next(1, 11),
                start.AddMinutes(random.Next(24 * 60)));
        }
    }

    private sealed record Order(string Region, string Customer, decimal Amount, int? Quantity, DateTime At);
}
