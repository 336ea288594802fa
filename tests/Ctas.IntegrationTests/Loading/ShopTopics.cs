using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Loading;

/// <summary>
/// Users and orders as changelogs in topics of three partitions, with keys that were updated and deleted, and what
/// tables over them must hold.
/// </summary>
internal sealed class ShopTopics
{
    private ShopTopics(string usersTopic, string ordersTopic)
    {
        UsersTopic = usersTopic;
        OrdersTopic = ordersTopic;
    }

    public string UsersTopic { get; }

    public string OrdersTopic { get; }

    public string CreateUsers => $"CREATE TABLE users AS SELECT ROWKEY AS id, name, country FROM kafka://{UsersTopic}";

    public string CreateOrders =>
        $"CREATE TABLE orders AS SELECT ROWKEY AS id, user_id, amount FROM kafka://{OrdersTopic}";

    public const string CreateEnriched =
        """
        CREATE TABLE enriched AS
        SELECT o.id, u.name, u.country, o.amount FROM orders o JOIN users u ON o.user_id = u.id
        """;

    public Dictionary<string, (string Name, string Country)> Users { get; } = [];

    public Dictionary<string, (string UserId, int Amount)> Orders { get; } = [];

    /// <summary>Records produced to the topic of users, tombstones included.</summary>
    public List<EmbeddedRecord> UserRecords { get; } = [];

    /// <summary>Records produced to the topic of orders, tombstones included.</summary>
    public List<EmbeddedRecord> OrderRecords { get; } = [];

    public string[] UserRows => TableContents.Sorted(
        Users.Select(user => TableContents.Line(user.Key, user.Value.Name, user.Value.Country)));

    public string[] OrderRows => TableContents.Sorted(
        Orders.Select(order => TableContents.Line(order.Key, order.Value.UserId, order.Value.Amount)));

    public string[] EnrichedRows => TableContents.Sorted(
        from order in Orders
        where Users.ContainsKey(order.Value.UserId)
        let user = Users[order.Value.UserId]
        select TableContents.Line(order.Key, user.Name, user.Country, order.Value.Amount));

    public static async Task<ShopTopics> ProduceAsync(TestKafka kafka, int users = 60, int orders = 300)
    {
        var shop = new ShopTopics(
            await kafka.CreateTopicAsync("users", partitions: 3),
            await kafka.CreateTopicAsync("orders", partitions: 3));
        for (int i = 0; i < users; i++) { shop.PutUser($"u{i}", $"name {i}", i % 2 == 0 ? "DE" : "FR"); }

        for (int i = 0; i < users; i += 3) { shop.PutUser($"u{i}", $"renamed {i}", "IT"); }

        for (int i = 0; i < users; i += 10) { shop.DeleteUser($"u{i}"); }

        // Some orders belong to deleted users and some to users that never were.
        for (int i = 0; i < orders; i++) { shop.PutOrder($"o{i}", $"u{i % (users + 5)}", i); }

        for (int i = 0; i < orders; i += 7) { shop.PutOrder($"o{i}", $"u{(i + 1) % users}", 1000 + i); }

        for (int i = 0; i < orders; i += 11) { shop.DeleteOrder($"o{i}"); }

        await kafka.ProduceAsync(shop.UsersTopic, shop.UserRecords);
        await kafka.ProduceAsync(shop.OrdersTopic, shop.OrderRecords);
        return shop;
    }

    private void PutUser(string id, string name, string country)
    {
        Users[id] = (name, country);
        UserRecords.Add(EmbeddedRecord.Of(id, $$"""{"name":"{{name}}","country":"{{country}}"}"""));
    }

    private void DeleteUser(string id)
    {
        Users.Remove(id);
        UserRecords.Add(EmbeddedRecord.Tombstone(id));
    }

    private void PutOrder(string id, string userId, int amount)
    {
        Orders[id] = (userId, amount);
        OrderRecords.Add(EmbeddedRecord.Of(id, $$"""{"user_id":"{{userId}}","amount":{{amount}}}"""));
    }

    private void DeleteOrder(string id)
    {
        Orders.Remove(id);
        OrderRecords.Add(EmbeddedRecord.Tombstone(id));
    }
}
