namespace Ctas.SqlTests.Oracle.Constructs;

/// <summary>Aggregate functions. What depends on the order of rows orders them inside.</summary>
internal static class Aggregates
{
    public static IReadOnlyList<Construct> All { get; } =
    [
        new("agg.count.star", "smallbig", "COUNT(*)"),
        new("agg.count", "smallbig", "COUNT({T})"),
        new("agg.count.distinct", "smallbig", "COUNT(DISTINCT {T})"),
        new("agg.count.filter", "smallbig", "COUNT(*) FILTER (WHERE {boolean})"),
        new("agg.sum.int", "bigint", "CAST(SUM({int}) AS BIGINT)"),
        new("agg.sum.small", "smallbig", "CAST(SUM({small}) AS BIGINT)"),
        new("agg.sum.bigint", "bigint", "CAST(SUM({bigint}) AS BIGINT)"),
        new("agg.sum.double", "tame", "SUM({tame})"),
        new("agg.sum.decimal", "decimal", "CAST(SUM({decimal}) AS DECIMAL(12, 2))"),
        new("agg.sum.distinct", "smallbig", "CAST(SUM(DISTINCT {small}) AS BIGINT)"),
        new("agg.sum.filter", "smallbig", "CAST(SUM({small}) FILTER (WHERE {boolean}) AS BIGINT)"),
        new("agg.avg.int", "double", "AVG({int})"),
        new("agg.avg.bigint", "double", "AVG({smallbig})"),
        new("agg.avg.double", "double", "AVG({tame})"),
        new("agg.avg.decimal", "double", "AVG({decimal})"),
        new("agg.avg.distinct", "double", "AVG(DISTINCT {small})"),
        new("agg.min", "any", "MIN({same})"),
        new("agg.max", "any", "MAX({same})"),
        new("agg.min.filter", "any", "{MIN|MAX}({same}) FILTER (WHERE {boolean})"),
        new("agg.max.distinct", "any", "{MIN|MAX}(DISTINCT {same})"),
    ];
}
