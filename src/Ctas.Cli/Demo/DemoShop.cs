namespace Ctas.Cli.Demo;

/// <summary>
/// The data of the demo: a web shop's topics and a country file. The same numbers in every run and on every machine.
/// </summary>
internal sealed class DemoShop
{
    private static readonly DateTime Opening = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] FirstNames = ["Ada", "Björn", "Chloé", "Diego", "Emre", "Freya", "Güneş", "Hugo", "Ines", "Jun"];
    private static readonly string[] LastNames = ["Abe", "Berg", "Costa", "Díaz", "Evans", "Fischer", "Gruber", "Haas", "Ito", "Jansen"];
    private static readonly string[] Tiers = ["basic", "basic", "basic", "silver", "silver", "gold"];
    private static readonly string[] Categories = ["Books", "Electronics", "Garden", "Groceries", "Home", "Toys"];
    private static readonly string[] Adjectives = ["Small", "Large", "Light", "Sturdy", "Quiet", "Clever"];
    private static readonly string[] Methods = ["card", "invoice", "transfer", "wallet"];

    private readonly Random _random = new(20_250_101);
    private readonly DemoScale _scale;

    private DemoShop(DemoScale scale)
    {
        var json = new DemoJson();
        _scale = scale;
        Users = new("users", 4, json.Encode);
        Products = new("products", 2, json.Encode);
        Orders = new("orders", 8, json.Encode);
        Payments = new("payments", 6, json.Encode);
    }

    /// <summary>Changelog by user id.</summary>
    public DemoTopic<DemoUser> Users { get; }

    /// <summary>Changelog by product id.</summary>
    public DemoTopic<DemoProduct> Products { get; }

    /// <summary>Changelog by order id.</summary>
    public DemoTopic<DemoOrder> Orders { get; }

    /// <summary>Stream: every record is a row.</summary>
    public DemoTopic<DemoPayment> Payments { get; }

    /// <summary>All topics.</summary>
    public IReadOnlyList<IDemoTopic> Topics => [Users, Products, Orders, Payments];

    /// <summary>The lines of the country file.</summary>
    public IReadOnlyList<DemoCountry> Countries { get; } =
    [
        new("AT", "Austria", "Europe"), new("BR", "Brazil", "South America"), new("CA", "Canada", "North America"),
        new("CL", "Chile", "South America"), new("DE", "Germany", "Europe"), new("ES", "Spain", "Europe"),
        new("FR", "France", "Europe"), new("JP", "Japan", "Asia"), new("KR", "Korea, Republic of", "Asia"),
        new("MX", "Mexico", "North America"), new("NO", "Norway", "Europe"), new("TR", "Türkiye", "Asia"),
        new("US", "United States", "North America"), new("ZA", "South Africa", "Africa"),
    ];

    /// <summary>Makes the data of a shop.</summary>
    public static DemoShop Create(DemoScale scale)
    {
        var shop = new DemoShop(scale);
        shop.AddUsers();
        shop.AddProducts();
        shop.AddOrders();
        shop.ChangeUsersAndProducts();
        return shop;
    }

    /// <summary>The country file: CSV with a header.</summary>
    public string CountriesCsv() => "code,name,region\n" + string.Concat(Countries.Select(country =>
        country.Name.Contains(',', StringComparison.Ordinal)
            ? $"{country.Code},\"{country.Name}\",{country.Region}\n"
            : $"{country.Code},{country.Name},{country.Region}\n"));

    private void AddUsers()
    {
        for (int number = 1; number <= _scale.Users; number++)
        {
            var user = new DemoUser(
                $"u-{number:D5}",
                $"{Pick(FirstNames)} {Pick(LastNames)} {number}",
                // Some have not told, some live where the file has no line for.
                _random.Next(40) switch { 0 => null, 1 => "XX", _ => Countries[_random.Next(Countries.Count)].Code },
                Pick(Tiers),
                Opening.AddMinutes(-_random.Next(500_000)));
            Users.Put(user.Id, user);
        }
    }

    private void AddProducts()
    {
        for (int number = 1; number <= _scale.Products; number++)
        {
            string category = Pick(Categories);
            var product = new DemoProduct(
                $"p-{number:D4}", $"{Pick(Adjectives)} {category} item {number}", category, _random.Next(199, 25_000));
            Products.Put(product.Id, product);
        }
    }

    private void AddOrders()
    {
        for (int number = 1; number <= _scale.Orders; number++)
        {
            string productId = $"p-{_random.Next(_scale.Products) + 1:D4}";
            var order = new DemoOrder(
                $"o-{number:D6}",
                $"u-{_random.Next(_scale.Users) + 1:D5}",
                productId,
                _random.Next(1, 6),
                Products.Latest[productId].PriceCents,
                "placed",
                Opening.AddSeconds(number * 60L));
            Orders.Put(order.Id, order);
            AddHistory(order);
        }
    }

    // What happens to an order after it was placed: payments, at most one more record, seldom a tombstone.
    private void AddHistory(DemoOrder order)
    {
        switch (_random.Next(60))
        {
            case 0:
                Orders.Delete(order.Id);
                break;
            case 1 or 2:
                Orders.Put(order.Id, order with { Status = "cancelled" });
                break;
            case 3:
                Pay(order, order.AmountCents);
                Pay(order, -order.AmountCents);
                Orders.Put(order.Id, order with { Status = "returned" });
                break;
            case < 9:
                Pay(order, order.AmountCents / 2);
                Pay(order, order.AmountCents - (order.AmountCents / 2));
                Orders.Put(order.Id, order with { Status = "shipped" });
                break;
            case < 50:
                Pay(order, order.AmountCents);
                break;
        }
    }

    private void Pay(DemoOrder order, long cents) => Payments.Append(new DemoPayment(
        Payments.Appended.Count + 1L, order.Id, Pick(Methods), cents, order.OrderedAt.AddMinutes(_random.Next(3_000))));

    // Topics are read after all this: orders meet the users and products that are left.
    private void ChangeUsersAndProducts()
    {
        foreach (string id in EveryNth(Users.Latest.Keys, 7)) { Users.Put(id, Users.Latest[id] with { Tier = "gold" }); }

        foreach (string id in EveryNth(Users.Latest.Keys, 50)) { Users.Delete(id); }

        foreach (string id in EveryNth(Products.Latest.Keys, 4))
        {
            DemoProduct product = Products.Latest[id];
            Products.Put(id, product with { PriceCents = product.PriceCents + 100 });
        }

        foreach (string id in EveryNth(Products.Latest.Keys, 60)) { Products.Delete(id); }
    }

    private static string[] EveryNth(IEnumerable<string> ids, int step) =>
        [.. ids.Order(StringComparer.Ordinal).Where((_, number) => number % step == step - 1)];

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
