using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.Benchmarks.Shapes;

/// <summary>The orders-like shape: six fields, about 113 bytes of JSON.</summary>
internal sealed record OrderRow(string Id, string Customer, string Status, long Quantity, double Amount, string City)
{
    /// <summary>The columns after the key, as SQL declares them.</summary>
    public const string OtherColumns = "customer VARCHAR, status VARCHAR, quantity BIGINT, amount DOUBLE, city VARCHAR";

    private static readonly string[] Statuses = ["NEW", "PAID", "SHIPPED", "DELIVERED", "RETURNED"];

    /// <summary>The columns; the first is the key.</summary>
    public static Schema Columns { get; } = new(
    [
        new("id", DataType.Varchar), new("customer", DataType.Varchar), new("status", DataType.Varchar),
        new("quantity", DataType.BigInt), new("amount", DataType.Double), new("city", DataType.Varchar),
    ]);

    /// <summary>Rows with random keys; customers repeat ten times on average.</summary>
    public static IEnumerable<OrderRow> Generate(int count, int seed = 42)
    {
        var random = new Random(seed);
        int customers = Math.Max(1, count / 10);
        for (int row = 0; row < count; row++)
        {
            yield return new OrderRow(
                string.Create(CultureInfo.InvariantCulture, $"o-{random.NextInt64():x16}"),
                string.Create(CultureInfo.InvariantCulture, $"c-{random.Next(customers)}"),
                Statuses[random.Next(Statuses.Length)],
                random.Next(1, 100),
                random.Next(100, 1_000_000) / 100.0,
                string.Create(CultureInfo.InvariantCulture, $"city-{random.Next(500)}"));
        }
    }

    /// <summary>The customers that <see cref="Generate"/> refers to.</summary>
    public static IEnumerable<(string Id, string Name, string Tier)> Customers(int count)
    {
        for (int customer = 0; customer < Math.Max(1, count / 10); customer++)
        {
            yield return (
                string.Create(CultureInfo.InvariantCulture, $"c-{customer}"),
                string.Create(CultureInfo.InvariantCulture, $"Customer number {customer}"),
                customer % 10 == 0 ? "GOLD" : "BASIC");
        }
    }

    /// <summary>The values in order.</summary>
    public object?[] Values() => [Id, Customer, Status, Quantity, Amount, City];

    /// <summary>One line of JSON, without a line end.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"id":"{{Id}}","customer":"{{Customer}}","status":"{{Status}}","quantity":{{Quantity}},"amount":{{Amount}},"city":"{{City}}"}"""));
}
