using Ctas.Benchmarks.Shapes;
using Ctas.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>The orders shape as tables in columns.</summary>
internal static class OrderTables
{
    public static H2oTable Orders(int rows)
    {
        OrderRow[] orders = [.. OrderRow.Generate(rows)];
        return H2oTable.Of(
            "orders",
            ("id", Texts(orders.Select(order => order.Id))),
            ("customer", Texts(orders.Select(order => order.Customer))),
            ("status", Texts(orders.Select(order => order.Status))),
            ("quantity", H2oTable.Ints([.. orders.Select(order => (int)order.Quantity)])),
            ("amount", H2oTable.Doubles([.. orders.Select(order => order.Amount)])),
            ("city", Texts(orders.Select(order => order.City))));
    }

    public static H2oTable Customers(int rows)
    {
        (string Id, string Name, string Tier)[] customers = [.. OrderRow.Customers(rows)];
        return H2oTable.Of(
            "customers",
            ("id", Texts(customers.Select(customer => customer.Id))),
            ("name", Texts(customers.Select(customer => customer.Name))),
            ("tier", Texts(customers.Select(customer => customer.Tier))));
    }

    private static Column Texts(IEnumerable<string> values)
    {
        var builder = new StringColumnBuilder(DataType.Varchar, new StringPool(isInterned: true));
        foreach (string value in values) { builder.Append(value); }

        return builder.Finish();
    }
}
