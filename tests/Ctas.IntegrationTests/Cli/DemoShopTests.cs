using Ctas.Cli.Demo;

namespace Ctas.IntegrationTests.Cli;

public sealed class DemoShopTests
{
    private static readonly DemoScale Small = new(200, 60, 2_000);

    [Fact]
    public void Create_FullScale_IsRealistic()
    {
        DemoShop shop = DemoShop.Create(DemoScale.Full);

        shop.Orders.Records.Count.Should().BeGreaterThanOrEqualTo(200_000);
        shop.Topics.Should().OnlyContain(topic => topic.Partitions > 1);
        foreach (IDemoTopic keyed in new IDemoTopic[] { shop.Users, shop.Products, shop.Orders })
        {
            keyed.Records.Count(record => record.Value is null).Should().BePositive($"{keyed.Name} has tombstones");
            keyed.Records.CountBy(record => Convert.ToHexString(record.Key!)).Count(key => key.Value > 1)
                .Should().BePositive($"{keyed.Name} has updates of keys");
        }

        // The brokers drop what exceeds 5 MB in a partition; keys spread evenly within a few percent.
        shop.Topics.Should().OnlyContain(topic => topic.Bytes / topic.Partitions < 4_500_000);
    }

    [Fact]
    public void Create_Twice_GivesTheSameRecords()
    {
        string[] first = [.. Records(DemoShop.Create(Small))];

        first.Should().Equal(Records(DemoShop.Create(Small)));
    }

    [Fact]
    public void Expectation_AnyScale_AccountsForEveryOrder()
    {
        DemoShop shop = DemoShop.Create(Small);

        var expectation = new DemoExpectation(shop);

        long lines = expectation.Tables().Single(table => table.Name == "order_lines").Rows;
        lines.Should().BeInRange(1, shop.Orders.Latest.Count - 1, "some orders are of products that are gone");
        DemoQuery balances = expectation.Queries().Single(query => query.Columns[0] == "status");
        balances.Rows.Sum(row => long.Parse(row[1]!)).Should().Be(lines);
        expectation.Queries().Should().HaveCount(4).And.OnlyContain(query => query.Rows.Count > 3);
        expectation.Queries()[0].Rows.Should().Contain(row => row[0] == null, "some customers live nowhere");
    }

    private static IEnumerable<string> Records(DemoShop shop) =>
        from topic in shop.Topics
        from record in topic.Records
        select $"{topic.Name} {Convert.ToHexString(record.Key ?? [])} {Convert.ToHexString(record.Value ?? [])}";
}
