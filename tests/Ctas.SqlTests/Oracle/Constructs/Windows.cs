namespace Ctas.SqlTests.Oracle.Constructs;

/// <summary>Window functions.</summary>
/// <remarks>
/// Their own holes: <c>{over}</c> orders by anything, <c>{over.total}</c> orders so that rows which tie are the same,
/// <c>{over.rows}</c> is that with a frame of rows, <c>{over.frame}</c> has any order and frame; each may refer to a named window instead.
/// </remarks>
internal static class Windows
{
    public static IReadOnlyList<Construct> All { get; } =
    [
        new("window.row-number", "smallbig", "ROW_NUMBER() OVER {over.total}"),
        new("window.rank", "smallbig", "RANK() OVER {over}"),
        new("window.dense-rank", "smallbig", "DENSE_RANK() OVER {over}"),
        new("window.percent-rank", "double", "PERCENT_RANK() OVER {over}"),
        new("window.cume-dist", "double", "CUME_DIST() OVER {over}"),
        new("window.ntile", "smallbig", "NTILE({3|1|100}) OVER {over.total}"),
        new("window.lag", "any", "LAG({leaf:same}) OVER {over.total}"),
        new("window.lead", "any", "LEAD({leaf:same}) OVER {over.total}"),
        new("window.lag.offset", "any", "{LAG|LEAD}({leaf:same}, {2|0|50}) OVER {over.total}"),
        new("window.lag.default", "any", "{LAG|LEAD}({leaf:same}, 1, {const:same}) OVER {over.total}"),
        new("window.lag.ignore-nulls", "any", "{LAG|LEAD}({leaf:same}«) IGNORE NULLS| IGNORE NULLS)» OVER {over.total}"),
        new("window.first-value", "any", "FIRST_VALUE({leaf:same}) OVER {over.rows}"),
        new("window.last-value", "any", "LAST_VALUE({leaf:same}) OVER {over.rows}"),
        new("window.nth-value", "any", "NTH_VALUE({leaf:same}, {2|1|9}) OVER {over.rows}"),
        new("window.count.star", "smallbig", "COUNT(*) OVER {over.frame}"),
        new("window.count", "smallbig", "COUNT({T}) OVER {over.frame}"),
        new("window.sum.int", "smallbig", "CAST(SUM({small}) OVER {over.frame} AS BIGINT)"),
        new("window.sum.double", "tame", "SUM({leaf:tame}) OVER {over.frame}"),
        new("window.sum.decimal", "decimal", "CAST(SUM({decimal}) OVER {over.frame} AS DECIMAL(12, 2))"),
        new("window.avg", "double", "AVG({small|tame}) OVER {over.frame}"),
        new("window.min", "comparable", "{MIN|MAX}({same}) OVER {over.frame}"),
        new("window.filter", "smallbig", "COUNT(*) FILTER (WHERE {boolean}) OVER {over.frame}"),
    ];
}
