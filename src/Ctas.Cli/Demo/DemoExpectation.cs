using System.Globalization;

namespace Ctas.Cli.Demo;

/// <summary>
/// What the demo must show, worked out from the produced records with plain LINQ and integer cents: a second
/// implementation of the script.
/// </summary>
internal sealed class DemoExpectation
{
    private const int TopCustomers = 5;

    private readonly DemoShop _shop;
    private readonly List<(DemoOrder Order, DemoProduct Product)> _orderLines;
    private readonly List<(DemoOrder Order, DemoProduct Product, DemoUser User, string? Region)> _sales;
    private readonly Dictionary<string, long> _paidCents;

    /// <summary>Works out the answers for a shop.</summary>
    public DemoExpectation(DemoShop shop)
    {
        _shop = shop;
        _orderLines =
        [
            .. from order in shop.Orders.Latest.Values
               where shop.Products.Latest.ContainsKey(order.ProductId)
               select (order, shop.Products.Latest[order.ProductId]),
        ];
        Dictionary<string, string> regions = shop.Countries.ToDictionary(country => country.Code, country => country.Region);
        _sales =
        [
            .. from line in _orderLines
               where line.Order.Status != "cancelled" && shop.Users.Latest.ContainsKey(line.Order.UserId)
               let user = shop.Users.Latest[line.Order.UserId]
               select (line.Order, line.Product, user, user.Country is { } code ? regions.GetValueOrDefault(code) : null),
        ];
        _paidCents = shop.Payments.Appended
            .GroupBy(payment => payment.OrderId)
            .ToDictionary(group => group.Key, group => group.Sum(payment => payment.AmountCents));
    }

    /// <summary>Every table of the script, in wave order, then by name.</summary>
    public IReadOnlyList<DemoTable> Tables()
    {
        long customers = _shop.Users.Latest.Count;
        return
        [
            new("countries", 1, _shop.Countries.Count, _shop.Countries.Count, null),
            OfTopic("orders", _shop.Orders, _shop.Orders.Latest.Count),
            OfTopic("payments", _shop.Payments, _shop.Payments.Appended.Count),
            OfTopic("products", _shop.Products, _shop.Products.Latest.Count),
            OfTopic("users", _shop.Users, customers),
            OfTables("customers", 2, customers),
            OfTables("order_lines", 2, _orderLines.Count),
            OfTables("order_payments", 2, _paidCents.Count),
            OfTables("balances", 3, _orderLines.Count),
            OfTables("sales", 3, _sales.Count),
            OfTables("customer_totals", 4, _sales.CountBy(sale => sale.User.Id).Count(group => group.Value > 1)),
            OfTables("revenue_by_category", 4, _sales.DistinctBy(sale => sale.Product.Category).Count()),
            OfTables("revenue_by_region", 4, _sales.DistinctBy(sale => sale.Region).Count()),
        ];
    }

    /// <summary>The questions the demo asks.</summary>
    public IReadOnlyList<DemoQuery> Queries() => [Regions(), Categories(), Customers(), Balances()];

    private static DemoTable OfTopic(string name, IDemoTopic topic, long rows) =>
        new(name, 1, rows, topic.Records.Count, topic.Bytes);

    private static DemoTable OfTables(string name, int wave, long rows) => new(name, wave, rows, 0, 0);

    private DemoQuery Regions() => new(
        "Where do the orders come from?",
        "SELECT region, orders, customers, revenue FROM revenue_by_region ORDER BY revenue DESC",
        ["region", "orders", "customers", "revenue"],
        [
            .. from sale in _sales
               group sale by sale.Region into region
               let cents = region.Sum(sale => sale.Order.AmountCents)
               orderby cents descending
               select Row(region.Key, region.Count(), region.DistinctBy(sale => sale.User.Id).Count(), Euros(cents)),
        ]);

    private DemoQuery Categories() => new(
        "What sells best?",
        "SELECT category, units, revenue, largest FROM revenue_by_category ORDER BY revenue DESC",
        ["category", "units", "revenue", "largest"],
        [
            .. from sale in _sales
               group sale.Order by sale.Product.Category into category
               let cents = category.Sum(order => order.AmountCents)
               orderby cents descending
               select Row(
                   category.Key,
                   category.Sum(order => order.Quantity),
                   Euros(cents),
                   Euros(category.Max(order => order.AmountCents))),
        ]);

    private DemoQuery Customers() => new(
        "Who are the best customers?",
        $"SELECT name, tier, orders, spent FROM customer_totals ORDER BY spent DESC, user_id LIMIT {TopCustomers}",
        ["name", "tier", "orders", "spent"],
        [
            .. (from sale in _sales
                group sale.Order by sale.User into customer
                where customer.Count() > 1
                let cents = customer.Sum(order => order.AmountCents)
                orderby cents descending, customer.Key.Id
                select Row(customer.Key.Name, customer.Key.Tier, customer.Count(), Euros(cents))).Take(TopCustomers),
        ]);

    private DemoQuery Balances() => new(
        "What is still to be paid?",
        "SELECT status, COUNT(*) AS orders, SUM(amount) AS amount, SUM(paid) AS paid"
        + " FROM balances GROUP BY status ORDER BY status",
        ["status", "orders", "amount", "paid"],
        [
            .. from line in _orderLines
               group line.Order by line.Order.Status into status
               orderby status.Key
               let paid = status.Where(order => _paidCents.ContainsKey(order.Id)).ToList()
               select Row(
                   status.Key,
                   status.Count(),
                   Euros(status.Sum(order => order.AmountCents)),
                   paid.Count == 0 ? null : Euros(paid.Sum(order => _paidCents[order.Id]))),
        ]);

    private static string Euros(long cents) => DemoJson.Euros(cents).ToString("F2", CultureInfo.InvariantCulture);

    private static IReadOnlyList<string?> Row(params IEnumerable<object?> values) =>
        [.. values.Select(value => value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture))];
}
