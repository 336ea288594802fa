using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Ctas.Benchmarks.Live;

/// <summary>The value of an order record.</summary>
internal sealed record LiveOrder(string Customer, string Status, long Amount);

/// <summary>The value of a customer record.</summary>
internal sealed record LiveCustomer(string Name, string Region);

/// <summary>Deserialisers without reflection: the quickest that System.Text.Json has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LiveOrder))]
[JsonSerializable(typeof(LiveCustomer))]
internal sealed partial class LiveJson : JsonSerializerContext;

/// <summary>Orders and their updates, the same for each seed.</summary>
internal sealed class OrderStream(int orders, int seed)
{
    private static readonly string[] Statuses = ["NEW", "PAID", "SHIPPED", "DELIVERED", "RETURNED"];

    private readonly Random _random = new(seed);
    private int _orders;

    /// <summary>Customers that orders refer to.</summary>
    public int Customers { get; } = Math.Max(1, orders / 10);

    /// <summary>The next first version of an order.</summary>
    public (string Key, byte[] Value) Insert() => (Key(_orders++), Value(_random.Next(1000)));

    /// <summary>An update of an order; one in ten is a new order.</summary>
    public (string Key, byte[] Value) Update() =>
        _random.Next(10) == 0 ? Insert() : (Key(_random.Next(_orders)), Value(_random.Next(1000)));

    /// <summary>A new order that every table of the graph will show.</summary>
    public byte[] Large() => Value(999);

    /// <summary>A customer.</summary>
    public static (string Key, byte[] Value) Customer(int number) => (
        string.Create(CultureInfo.InvariantCulture, $"c-{number}"),
        Encode($$"""{"name":"Customer number {{number}}","region":"region-{{number % 100}}"}"""));

    private byte[] Value(int amount) => Encode(
        $$"""{"customer":"c-{{_random.Next(Customers)}}","status":"{{Statuses[_random.Next(Statuses.Length)]}}","amount":{{amount}}}""");

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"order-{number}");

    private static byte[] Encode(FormattableString text) => Encoding.UTF8.GetBytes(FormattableString.Invariant(text));
}
