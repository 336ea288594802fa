using Ctas.Data;

namespace Ctas.Benchmarks.Tpch;

/// <summary>The tables of TPC-H at a scale factor: always the same ones.</summary>
/// <remarks>
/// As the specification (4.2.3) describes them: row counts, keys, ranges, and how columns depend on each other. Values
/// are drawn evenly where it says so; texts are made of its words, but not by its grammar, so answers are not those of
/// dbgen.
/// </remarks>
internal sealed partial class TpchData
{
    private static readonly DataType Money = DataType.Decimal(15, 2);

    private static readonly int FirstDate = Day(1992, 1, 1);
    private static readonly int LastOrderDate = Day(1998, 8, 2);
    private static readonly int CurrentDate = Day(1995, 6, 17);

    private readonly long _suppliers;
    private readonly long _parts;
    private readonly long _customers;
    private readonly long _orders;
    private readonly long _clerks;

    private TpchData(double scale)
    {
        _suppliers = Math.Max(4, (long)(10_000 * scale));
        _parts = Math.Max(4, (long)(200_000 * scale));
        _customers = Math.Max(3, (long)(150_000 * scale));
        _orders = (long)(1_500_000 * scale);
        _clerks = Math.Max(1, (long)(1_000 * scale));
    }

    /// <summary>All eight tables.</summary>
    /// <param name="scale">1 gives 6 million line items.</param>
    public static IReadOnlyList<TpchTable> Generate(double scale)
    {
        var data = new TpchData(scale);
        (TpchTable orders, TpchTable items) = data.Orders();
        return
        [
            Region(), Nation(), data.Supplier(), data.Customer(), data.Part(), data.PartSupplier(), orders, items,
        ];
    }

    private static TpchTable Region()
    {
        var random = new Random(1);
        var table = new TpchTableBuilder(
            "region", ("r_regionkey", DataType.Int), ("r_name", DataType.Varchar), ("r_comment", DataType.Varchar));
        for (int region = 0; region < TpchText.Regions.Length; region++)
        {
            table.Add(region, TpchText.Regions[region], TpchText.Comment(random, 6));
        }

        return table.Finish();
    }

    private static TpchTable Nation()
    {
        var random = new Random(2);
        var table = new TpchTableBuilder(
            "nation",
            ("n_nationkey", DataType.Int), ("n_name", DataType.Varchar), ("n_regionkey", DataType.Int),
            ("n_comment", DataType.Varchar));
        for (int nation = 0; nation < TpchText.Nations.Length; nation++)
        {
            (string name, int region) = TpchText.Nations[nation];
            table.Add(nation, name, region, TpchText.Comment(random, 9));
        }

        return table.Finish();
    }

    private TpchTable Supplier()
    {
        var random = new Random(3);
        var table = new TpchTableBuilder(
            "supplier",
            ("s_suppkey", DataType.BigInt), ("s_name", DataType.Varchar), ("s_address", DataType.Varchar),
            ("s_nationkey", DataType.Int), ("s_phone", DataType.Varchar), ("s_acctbal", Money),
            ("s_comment", DataType.Varchar));
        for (long key = 1; key <= _suppliers; key++)
        {
            int nation = random.Next(TpchText.Nations.Length);

            // Five of ten thousand have complaints, five praise; of a few suppliers one has.
            string comment = TpchText.Comment(random, 9);
            if (key % 2000 == 7) { comment = $"Customer {comment} Complaints"; }
            else if (key % 2000 == 8) { comment = $"Customer {comment} Recommends"; }

            table.Add(
                key, Named("Supplier", key), TpchText.Address(random), nation, TpchText.Phone(random, nation),
                random.NextInt64(-99_999, 1_000_000), comment);
        }

        return table.Finish();
    }

    private TpchTable Customer()
    {
        var random = new Random(4);
        var table = new TpchTableBuilder(
            "customer",
            ("c_custkey", DataType.BigInt), ("c_name", DataType.Varchar), ("c_address", DataType.Varchar),
            ("c_nationkey", DataType.Int), ("c_phone", DataType.Varchar), ("c_acctbal", Money),
            ("c_mktsegment", DataType.Varchar), ("c_comment", DataType.Varchar));
        for (long key = 1; key <= _customers; key++)
        {
            int nation = random.Next(TpchText.Nations.Length);
            table.Add(
                key, Named("Customer", key), TpchText.Address(random), nation, TpchText.Phone(random, nation),
                random.NextInt64(-99_999, 1_000_000), TpchText.Pick(random, TpchText.Segments),
                TpchText.Comment(random, 9));
        }

        return table.Finish();
    }

    private TpchTable Part()
    {
        var random = new Random(5);
        var table = new TpchTableBuilder(
            "part",
            ("p_partkey", DataType.BigInt), ("p_name", DataType.Varchar), ("p_mfgr", DataType.Varchar),
            ("p_brand", DataType.Varchar), ("p_type", DataType.Varchar), ("p_size", DataType.Int),
            ("p_container", DataType.Varchar), ("p_retailprice", Money), ("p_comment", DataType.Varchar));
        for (long key = 1; key <= _parts; key++)
        {
            int manufacturer = random.Next(1, 6);
            table.Add(
                key, TpchText.PartName(random), FormattableString.Invariant($"Manufacturer#{manufacturer}"),
                FormattableString.Invariant($"Brand#{manufacturer}{random.Next(1, 6)}"), TpchText.PartType(random),
                random.Next(1, 51), TpchText.Container(random), RetailPrice(key), TpchText.Comment(random, 3));
        }

        return table.Finish();
    }

    private TpchTable PartSupplier()
    {
        var random = new Random(6);
        var table = new TpchTableBuilder(
            "partsupp",
            ("ps_partkey", DataType.BigInt), ("ps_suppkey", DataType.BigInt), ("ps_availqty", DataType.Int),
            ("ps_supplycost", Money), ("ps_comment", DataType.Varchar));
        for (long part = 1; part <= _parts; part++)
        {
            for (int which = 0; which < 4; which++)
            {
                table.Add(
                    part, SupplierOf(part, which), random.Next(1, 10_000), random.NextInt64(100, 100_001),
                    TpchText.Comment(random, 12));
            }
        }

        return table.Finish();
    }

    /// <summary>One of the four suppliers of a part.</summary>
    private long SupplierOf(long part, int which) =>
        ((part + (which * ((_suppliers / 4) + ((part - 1) / _suppliers)))) % _suppliers) + 1;

    /// <summary>In cents.</summary>
    private static long RetailPrice(long part) => 90_000 + (part / 10 % 20_001) + (100 * (part % 1_000));

    private static string Named(string kind, long key) => FormattableString.Invariant($"{kind}#{key:000000000}");

    private static int Day(int year, int month, int day) =>
        new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
}
