using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>Functions of a group of rows.</summary>
/// <remarks>
/// Where not said otherwise NULLs are left out, and the result is NULL without values. All take DISTINCT, ORDER BY and
/// FILTER.
/// </remarks>
internal static class AggregateFunctions
{
    /// <summary>What most of them do with NULLs.</summary>
    public const string NothingWithoutValues = "NULLs are left out; NULL without values.";

    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("COUNT", "[value ANY] -> BIGINT")
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = new() { OfNoRows = 0L },
            Meaning = "Number of rows, COUNT(*), or of values.",
            Example = new("SELECT COUNT(x) FROM (SELECT 1 AS x UNION ALL SELECT NULL) AS t", "1"),
            Heritage = Heritage.Both,
            Nulls = "COUNT(*) counts rows, COUNT(x) leaves NULLs out.",
        },
        new("COUNT_DISTINCT", "value T -> BIGINT")
        {
            Kind = FunctionKind.Aggregate,
            Kernel = "COUNT",
            Aggregate = new() { IsDistinct = true, OfNoRows = 0L },
            Meaning = "Number of different values, exact: COUNT(DISTINCT value).",
            Example = new("SELECT COUNT_DISTINCT(x) FROM (SELECT 1 AS x UNION ALL SELECT 1) AS t", "1"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULLs are left out.",
        },
        new("APPROX_COUNT_DISTINCT", "value T -> BIGINT")
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = new() { IgnoresDistinct = true, OfNoRows = 0L },
            Meaning = "About how many different values, in at most 4 KiB a group: exact up to 128, else with a standard "
                + "error of 1.6 % (HyperLogLog).",
            Example = new("SELECT APPROX_COUNT_DISTINCT(x) FROM (SELECT 1 AS x UNION ALL SELECT 1) AS t", "1"),
            Heritage = Heritage.Own,
            Nulls = "NULLs are left out.",
        },
        new("COUNT_IF", "condition BOOLEAN -> BIGINT")
        {
            Kind = FunctionKind.Aggregate,
            Aliases = ["COUNTIF"],
            Aggregate = new() { OfNoRows = 0L },
            Meaning = "Number of rows for which the condition is TRUE.",
            Example = new("SELECT COUNT_IF(x > 1) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "1"),
            Heritage = Heritage.Own,
            Nulls = "NULL is not TRUE.",
        },
        new("SUM", "value N -> N", "value INTERVAL -> INTERVAL")
        {
            Kind = FunctionKind.Aggregate,
            Result = types => SumType(types[0]),
            Meaning = "Sum: BIGINT of whole numbers, exact of DECIMAL. A sum that leaves its type is an error of the "
                + "group, whatever the order of the rows.",
            Example = new("SELECT SUM(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "3"),
            Heritage = Heritage.Both,
            Nulls = NothingWithoutValues,
        },
        new("AVG", "value N -> DOUBLE", "value INTERVAL -> INTERVAL")
        {
            Kind = FunctionKind.Aggregate,
            Aliases = ["MEAN"],
            Meaning = "Arithmetic mean; whole numbers and DECIMAL are added up exactly.",
            Example = new("SELECT AVG(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "1.5"),
            Heritage = Heritage.Both,
            Nulls = NothingWithoutValues,
        },
        new("PRODUCT", "value DOUBLE -> DOUBLE")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "All values multiplied.",
            Example = new("SELECT PRODUCT(x) FROM (SELECT 2 AS x UNION ALL SELECT 3) AS t", "6"),
            Heritage = Heritage.Own,
            Nulls = NothingWithoutValues,
        },
        new("MIN", "value T -> T")
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = new() { IgnoresDistinct = true },
            Meaning = "The least value.",
            Example = new("SELECT MIN(x) FROM (SELECT 'b' AS x UNION ALL SELECT 'a') AS t", "a"),
            Heritage = Heritage.Both,
            Nulls = NothingWithoutValues,
        },
        new("MAX", "value T -> T")
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = new() { IgnoresDistinct = true },
            Meaning = "The greatest value.",
            Example = new("SELECT MAX(x) FROM (SELECT 'b' AS x UNION ALL SELECT 'a') AS t", "b"),
            Heritage = Heritage.Both,
            Nulls = NothingWithoutValues,
        },
        new("BOOL_AND", "condition BOOLEAN -> BOOLEAN")
        {
            Kind = FunctionKind.Aggregate,
            Aliases = ["EVERY"],
            Aggregate = new() { IgnoresDistinct = true },
            Meaning = "TRUE when all are.",
            Example = new("SELECT BOOL_AND(x > 1) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "false"),
            Heritage = Heritage.PostgreSql,
            Nulls = NothingWithoutValues,
        },
        new("BOOL_OR", "condition BOOLEAN -> BOOLEAN")
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = new() { IgnoresDistinct = true },
            Meaning = "TRUE when one is.",
            Example = new("SELECT BOOL_OR(x > 1) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "true"),
            Heritage = Heritage.PostgreSql,
            Nulls = NothingWithoutValues,
        },
        new("BIT_AND", "bits INT -> INT", "bits BIGINT -> BIGINT")
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = new() { IgnoresDistinct = true },
            Meaning = "The bits that all have.",
            Example = new("SELECT BIT_AND(x) FROM (SELECT 6 AS x UNION ALL SELECT 3) AS t", "2"),
            Heritage = Heritage.PostgreSql,
            Nulls = NothingWithoutValues,
        },
        new("BIT_OR", "bits INT -> INT", "bits BIGINT -> BIGINT")
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = new() { IgnoresDistinct = true },
            Meaning = "The bits that any has.",
            Example = new("SELECT BIT_OR(x) FROM (SELECT 6 AS x UNION ALL SELECT 3) AS t", "7"),
            Heritage = Heritage.PostgreSql,
            Nulls = NothingWithoutValues,
        },
        new("BIT_XOR", "bits INT -> INT", "bits BIGINT -> BIGINT")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "The bits that an odd number of them has.",
            Example = new("SELECT BIT_XOR(x) FROM (SELECT 6 AS x UNION ALL SELECT 3) AS t", "5"),
            Heritage = Heritage.PostgreSql,
            Nulls = NothingWithoutValues,
        },
        new("GROUPING", "keys ANY... -> INT")
        {
            Aliases = ["GROUPING_ID"],
            Meaning = "With GROUPING SETS, ROLLUP and CUBE: a bit for each key, the last one being 1, set where the row is "
                + "not grouped by it.",
            Example = new(
                "SELECT GROUPING(x) FROM (SELECT 'a' AS x) AS t GROUP BY ROLLUP (x) ORDER BY 1", "0 | 1"),
            Heritage = Heritage.PostgreSql,
            Nulls = "Never NULL: it tells a NULL that was grouped from one that stands for all.",
            IsRewritten = true,
        },
    ];

    private static DataType SumType(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => DataType.BigInt,
        DataTypeKind.Decimal => DataType.Decimal(DataType.MaxDecimalPrecision, type.Scale),
        _ => type,
    };
}
