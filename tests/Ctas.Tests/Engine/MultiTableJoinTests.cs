using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Engine;

/// <summary>Joins of several tables, from sources through CTAS in waves, against LINQ.</summary>
public sealed class MultiTableJoinTests
{
    private static readonly Schema UserColumns = new(
        [new("id", DataType.BigInt), new("name", DataType.Varchar), new("country", DataType.Varchar)], 0);

    private static readonly Schema ItemColumns = new(
        [new("id", DataType.BigInt), new("title", DataType.Varchar), new("category", DataType.Int)], 0);

    private static readonly Schema CategoryColumns = new([new("id", DataType.Int), new("label", DataType.Varchar)], 0);

    private static readonly Schema OrderColumns = new(
        [new("id", DataType.BigInt), new("user_id", DataType.BigInt), new("item_id", DataType.BigInt), new("amount", DataType.Int)]);

    private static readonly User[] Users =
        [.. Enumerable.Range(0, 60).Select(i => new User(i, "user" + i, i % 7 == 0 ? null : "c" + (i % 5)))];

    private static readonly Item[] Items =
        [.. Enumerable.Range(0, 25).Select(i => new Item(i, "item" + i, i % 6 == 0 ? null : i % 4))];

    private static readonly Category[] Categories = [new(0, "toys"), new(1, "books"), new(2, "food"), new(9, "unused")];

    private static readonly Order[] Orders = [.. MakeOrders()];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task FourTables_JoinedInnerAndLeft_EqualLinq(int parallelism)
    {
        await using CtasEngine engine = await LoadAsync(parallelism, """
            CREATE TABLE enriched AS
            SELECT o.id AS order_id, u.name, i.title, c.label, o.amount
            FROM orders AS o JOIN users AS u ON o.user_id = u.id JOIN items AS i ON o.item_id = i.id
                LEFT JOIN categories AS c ON i.category = c.id
            """);

        QueryResult result = await engine.QueryAsync("SELECT * FROM enriched ORDER BY order_id");

        var expected =
            from order in Orders
            join user in Users on order.UserId equals user.Id
            join item in Items on order.ItemId equals item.Id
            let category = Categories.FirstOrDefault(category => category.Id == item.Category)
            orderby order.Id
            select (order.Id, user.Name, item.Title, category?.Label, order.Amount);
        result.Rows.Select(row => ((long)row[0]!, (string)row[1]!, (string)row[2]!, (string?)row[3], (int)row[4]!))
            .Should().Equal(expected);
    }

    [Fact]
    public async Task JoinsOfJoinedTables_OverThreeWaves_EqualLinq()
    {
        await using CtasEngine engine = await LoadAsync(2, """
            CREATE TABLE by_country AS
                SELECT u.country, i.category, SUM(o.amount) AS total
                FROM user_orders AS o JOIN users AS u ON u.id = o.user_id JOIN items AS i ON i.id = o.item_id
                GROUP BY u.country, i.category;
            CREATE TABLE labelled AS
                SELECT b.country, c.label, b.total FROM by_country AS b FULL JOIN categories AS c ON b.category = c.id;
            CREATE TABLE user_orders AS SELECT id, user_id, item_id, amount FROM orders WHERE user_id IS NOT NULL;
            """);

        QueryResult result = await engine.QueryAsync("SELECT country, label, total FROM labelled");

        var totals = (
            from order in Orders
            where order.UserId is not null
            join user in Users on order.UserId equals user.Id
            join item in Items on order.ItemId equals item.Id
            group order.Amount by (user.Country, item.Category) into amounts
            select (amounts.Key.Country, amounts.Key.Category, Total: (long?)amounts.Sum())).ToArray();
        var matched = totals.Select(total => (
            (string?)total.Country, Categories.FirstOrDefault(category => category.Id == total.Category)?.Label, total.Total));
        var unmatched = Categories.Where(category => totals.All(total => total.Category != category.Id))
            .Select(category => ((string?)null, (string?)category.Label, (long?)null));
        result.Rows.Select(row => ((string?)row[0], (string?)row[1], (long?)row[2]))
            .Should().BeEquivalentTo(matched.Concat(unmatched));
    }

    [Fact]
    public async Task SelfJoinBesideOthers_WithConditionsAcrossTables_EqualsLinq()
    {
        await using CtasEngine engine = await LoadAsync(2, """
            CREATE TABLE pairs AS
            SELECT a.id AS first, b.id AS second, u.name
            FROM orders AS a JOIN orders AS b ON a.user_id = b.user_id AND a.item_id = b.item_id AND a.id < b.id
                JOIN users AS u ON u.id = a.user_id
            WHERE a.amount + b.amount > 100
            """);

        QueryResult result = await engine.QueryAsync("SELECT first, second, name FROM pairs");

        var expected =
            from a in Orders
            from b in Orders
            where a.UserId == b.UserId && a.ItemId == b.ItemId && a.Id < b.Id && a.Amount + b.Amount > 100
            join user in Users on a.UserId equals user.Id
            select (a.Id, b.Id, user.Name);
        result.Rows.Select(row => ((long)row[0]!, (long)row[1]!, (string)row[2]!)).Should().BeEquivalentTo(expected);
    }

    [Fact]
    public async Task JoinWithAnEmptyTable_InnerAndLeft_GivesNothingAndEverything()
    {
        await using CtasEngine engine = await LoadAsync(2, """
            CREATE TABLE nobody AS SELECT * FROM users WHERE id < 0;
            CREATE TABLE inner_rows AS SELECT o.id FROM orders AS o JOIN nobody AS n ON n.id = o.user_id JOIN items AS i ON i.id = o.item_id;
            CREATE TABLE left_rows AS SELECT o.id, n.name FROM orders AS o LEFT JOIN nobody AS n ON n.id = o.user_id;
            """);

        engine.Tables["inner_rows"].RowCount.Should().Be(0);
        engine.Tables["left_rows"].RowCount.Should().Be(Orders.Length);
    }

    private static async Task<CtasEngine> LoadAsync(int parallelism, string script)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("users_in", InMemorySource.FromRows(
                "users_in", UserColumns, Users.Select(u => new object?[] { u.Id, u.Name, u.Country })))
            .UseSource("items_in", InMemorySource.FromRows(
                "items_in", ItemColumns, Items.Select(i => new object?[] { i.Id, i.Title, i.Category })))
            .UseSource("categories_in", InMemorySource.FromRows(
                "categories_in", CategoryColumns, Categories.Select(c => new object?[] { c.Id, c.Label })))
            .UseSource("orders", InMemorySource.FromRows(
                "orders", OrderColumns, Orders.Select(o => new object?[] { o.Id, o.UserId, o.ItemId, o.Amount })))
            .AddScript("""
                CREATE TABLE users AS SELECT * FROM users_in;
                CREATE TABLE items AS SELECT * FROM items_in;
                CREATE TABLE categories AS SELECT * FROM categories_in;
                """)
            .AddScript(script)
            .WithMaxParallelism(parallelism)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private static IEnumerable<Order> MakeOrders()
    {
        var random = new Random(5);
        for (long id = 0; id < 400; id++)
        {
            // Some users and items do not exist, some orders have no user.
            yield return new Order(id, random.Next(9) == 0 ? null : random.Next(65), random.Next(28), random.Next(100));
        }
    }

    private sealed record User(long Id, string Name, string? Country);

    private sealed record Item(long Id, string Title, int? Category);

    private sealed record Category(int Id, string Label);

    private sealed record Order(long Id, long? UserId, long ItemId, int Amount);
}
