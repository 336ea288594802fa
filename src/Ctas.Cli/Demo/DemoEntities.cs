namespace Ctas.Cli.Demo;

/// <summary>A customer of the demo's shop.</summary>
internal sealed record DemoUser(string Id, string Name, string? Country, string Tier, DateTime SignedUp);

/// <summary>A product of the demo's shop.</summary>
internal sealed record DemoProduct(string Id, string Name, string Category, long PriceCents);

/// <summary>An order of one product.</summary>
internal sealed record DemoOrder(
    string Id, string UserId, string ProductId, int Quantity, long UnitPriceCents, string Status, DateTime OrderedAt)
{
    /// <summary>What the order costs.</summary>
    public long AmountCents => Quantity * UnitPriceCents;
}

/// <summary>A payment for an order; a refund is negative.</summary>
internal sealed record DemoPayment(long Id, string OrderId, string Method, long AmountCents, DateTime PaidAt);

/// <summary>A line of the country file.</summary>
internal sealed record DemoCountry(string Code, string Name, string Region);

/// <summary>How much the demo produces.</summary>
/// <param name="Users">Customers.</param>
/// <param name="Products">Products.</param>
/// <param name="Orders">Orders; about an eighth of them gets a second record, one in sixty is deleted.</param>
internal sealed record DemoScale(int Users, int Products, int Orders)
{
    /// <summary>What <c>ctas demo</c> shows.</summary>
    public static DemoScale Full { get; } = new(20_000, 600, 185_000);
}
