namespace Ctas.Benchmarks.Comparisons;

/// <summary>One question of the benchmark.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Sql">The SELECT, as both contenders understand it.</param>
internal sealed record H2oQuestion(string Name, string Sql);

/// <summary>The questions of the h2o.ai database benchmark, and one of a stream enriched by a table.</summary>
internal static class H2oQuestions
{
    public static IReadOnlyList<H2oQuestion> GroupBy { get; } =
    [
        new("groupby q1: sum v1 by id1", "SELECT id1, SUM(v1) AS v1 FROM g GROUP BY id1"),
        new("groupby q2: sum v1 by id1:id2", "SELECT id1, id2, SUM(v1) AS v1 FROM g GROUP BY id1, id2"),
        new("groupby q3: sum v1 mean v3 by id3", "SELECT id3, SUM(v1) AS v1, AVG(v3) AS v3 FROM g GROUP BY id3"),
        new("groupby q4: mean v1:v3 by id4",
            "SELECT id4, AVG(v1) AS v1, AVG(v2) AS v2, AVG(v3) AS v3 FROM g GROUP BY id4"),
        new("groupby q5: sum v1:v3 by id6",
            "SELECT id6, SUM(v1) AS v1, SUM(v2) AS v2, SUM(v3) AS v3 FROM g GROUP BY id6"),
        new("groupby q6: median sd v3 by id4:id5",
            "SELECT id4, id5, MEDIAN(v3) AS median_v3, STDDEV(v3) AS sd_v3 FROM g GROUP BY id4, id5"),
        new("groupby q7: max v1 - min v2 by id3",
            "SELECT id3, MAX(v1) - MIN(v2) AS range_v1_v2 FROM g GROUP BY id3"),
        new("groupby q8: largest two v3 by id6",
            "SELECT id6, v3 AS largest2_v3 FROM (SELECT id6, v3, ROW_NUMBER() OVER (PARTITION BY id6 ORDER BY v3 DESC) "
            + "AS order_v3 FROM g WHERE v3 IS NOT NULL) s WHERE order_v3 <= 2"),
        new("groupby q9: regression v1 v2 by id2:id4",
            "SELECT id2, id4, POWER(CORR(v1, v2), 2) AS r2 FROM g GROUP BY id2, id4"),
        new("groupby q10: sum v3 count by id1:id6",
            "SELECT id1, id2, id3, id4, id5, id6, SUM(v3) AS v3, COUNT(*) AS n FROM g "
            + "GROUP BY id1, id2, id3, id4, id5, id6"),
    ];

    public static IReadOnlyList<H2oQuestion> Join { get; } =
    [
        new("join q1: small inner on int", X("small.id4 AS small_id4, small.v2", "JOIN small ON x.id1 = small.id1")),
        new("join q2: medium inner on int", X(MediumColumns, "JOIN medium ON x.id2 = medium.id2")),
        new("join q3: medium outer on int", X(MediumColumns, "LEFT JOIN medium ON x.id2 = medium.id2")),
        new("join q4: medium inner on factor", X(MediumColumns, "JOIN medium ON x.id5 = medium.id5")),
        new("join q5: big inner on int", X(
            "big.id1 AS big_id1, big.id2 AS big_id2, big.id4 AS big_id4, big.id5 AS big_id5, big.id6 AS big_id6, big.v2",
            "JOIN big ON x.id3 = big.id3")),
    ];

    public static IReadOnlyList<H2oQuestion> Enrichment { get; } =
    [
        new("enrichment: orders with customers",
            "SELECT o.id, o.amount, c.name, c.tier FROM orders o JOIN customers c ON o.customer = c.id"),
    ];

    private const string MediumColumns =
        "medium.id1 AS medium_id1, medium.id2 AS medium_id2, medium.id4 AS medium_id4, medium.id5 AS medium_id5, medium.v2";

    private static string X(string columns, string join) =>
        $"SELECT x.id1, x.id2, x.id3, x.id4, x.id5, x.id6, x.v1, {columns} FROM x {join}";
}
