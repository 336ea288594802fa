using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>The shapes as in-memory sources.</summary>
internal static class OrderSources
{
    public static InMemorySource Orders(int rows) => InMemorySource.FromRows(
        "orders_in",
        new Schema([
            new("id", DataType.Varchar), new("customer", DataType.Varchar), new("status", DataType.Varchar),
            new("quantity", DataType.BigInt), new("amount", DataType.Double), new("city", DataType.Varchar)]),
        OrderRow.Generate(rows).Select(order =>
            new object?[] { order.Id, order.Customer, order.Status, order.Quantity, order.Amount, order.City }));

    public static InMemorySource Customers(int rows) => InMemorySource.FromRows(
        "customers_in",
        new Schema([new("id", DataType.Varchar), new("name", DataType.Varchar), new("tier", DataType.Varchar)], 0),
        OrderRow.Customers(rows).Select(customer => new object?[] { customer.Id, customer.Name, customer.Tier }));
}
