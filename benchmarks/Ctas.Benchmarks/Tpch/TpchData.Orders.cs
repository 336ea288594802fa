using Ctas.Data;

namespace Ctas.Benchmarks.Tpch;

internal sealed partial class TpchData
{
    private (TpchTable Orders, TpchTable Items) Orders()
    {
        var random = new Random(7);
        var orders = new TpchTableBuilder(
            "orders",
            ("o_orderkey", DataType.BigInt), ("o_custkey", DataType.BigInt), ("o_orderstatus", DataType.Varchar),
            ("o_totalprice", Money), ("o_orderdate", DataType.Date), ("o_orderpriority", DataType.Varchar),
            ("o_clerk", DataType.Varchar), ("o_shippriority", DataType.Int), ("o_comment", DataType.Varchar));
        var items = new TpchTableBuilder(
            "lineitem",
            ("l_orderkey", DataType.BigInt), ("l_partkey", DataType.BigInt), ("l_suppkey", DataType.BigInt),
            ("l_linenumber", DataType.Int), ("l_quantity", Money), ("l_extendedprice", Money), ("l_discount", Money),
            ("l_tax", Money), ("l_returnflag", DataType.Varchar), ("l_linestatus", DataType.Varchar),
            ("l_shipdate", DataType.Date), ("l_commitdate", DataType.Date), ("l_receiptdate", DataType.Date),
            ("l_shipinstruct", DataType.Varchar), ("l_shipmode", DataType.Varchar), ("l_comment", DataType.Varchar));
        for (long order = 0; order < _orders; order++)
        {
            // Of 32 keys, the first 8 are used; of three customers, one never orders.
            long key = ((order >> 3) << 5) + (order & 7) + 1;
            int date = random.Next(FirstDate, LastOrderDate + 1);
            OrderTotal total = Items(items, random, key, date);
            orders.Add(
                key, CustomerOf(random), total.Status, total.Price, date, TpchText.Pick(random, TpchText.Priorities),
                Named("Clerk", random.NextInt64(1, _clerks + 1)), 0, TpchText.Comment(random, 6));
        }

        return (orders.Finish(), items.Finish());
    }

    private long CustomerOf(Random random)
    {
        long customer = random.NextInt64(1, _customers + 1);
        return customer % 3 == 0 ? customer - 1 : customer;
    }

    private OrderTotal Items(TpchTableBuilder items, Random random, long order, int orderDate)
    {
        int count = random.Next(1, 8);
        int open = 0;
        decimal price = 0;
        for (int number = 1; number <= count; number++)
        {
            long part = random.NextInt64(1, _parts + 1);
            long quantity = random.Next(1, 51);
            long extended = quantity * RetailPrice(part);
            long discount = random.Next(0, 11);
            long tax = random.Next(0, 9);
            int shipped = orderDate + random.Next(1, 122);
            int received = shipped + random.Next(1, 31);
            string returned = received <= CurrentDate ? TpchText.Pick(random, ["R", "A"]) : "N";
            bool isOpen = shipped > CurrentDate;
            items.Add(
                order, part, SupplierOf(part, random.Next(4)), number, quantity * 100, extended, discount, tax, returned,
                isOpen ? "O" : "F", shipped, orderDate + random.Next(30, 91), received,
                TpchText.Pick(random, TpchText.Instructions), TpchText.Pick(random, TpchText.Modes),
                TpchText.Comment(random, 3));
            open += isOpen ? 1 : 0;
            price += extended * (100 + tax) * (100 - discount) / 10_000m;
        }

        return new OrderTotal(open == 0 ? "F" : open == count ? "O" : "P", (long)Math.Round(price));
    }

    private readonly record struct OrderTotal(string Status, long Price);
}
