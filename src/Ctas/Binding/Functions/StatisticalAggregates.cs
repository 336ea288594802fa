namespace Ctas.Binding.Functions;

/// <summary>Aggregates of statistics. Pairs are (y, x), as in SQL: the dependent value first.</summary>
internal static class StatisticalAggregates
{
    private const string Pairs = "Pairs with a NULL are left out; NULL without pairs.";

    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        Of("STDDEV_SAMP", "Standard deviation of a sample.", "2.8284271247461903") with
        {
            Aliases = ["STDDEV", "STDDEV_SAMPLE"],
            Nulls = "NULLs are left out; NULL of fewer than two values.",
            Heritage = Heritage.Both,
        },
        Of("STDDEV_POP", "Standard deviation of a population.", "2"),
        Of("VAR_SAMP", "Variance of a sample.", "8") with
        {
            Aliases = ["VARIANCE"],
            Nulls = "NULLs are left out; NULL of fewer than two values.",
        },
        Of("VAR_POP", "Variance of a population.", "4"),
        OfPairs("COVAR_POP", "Covariance of a population.", "2"),
        OfPairs("COVAR_SAMP", "Covariance of a sample; NULL of fewer than two pairs.", "4"),
        OfPairs("CORR", "Correlation, from -1 to 1; NULL where one side does not vary.", "1") with
        {
            Aliases = ["CORRELATION"],
            Heritage = Heritage.Both,
        },
        OfPairs("REGR_SLOPE", "Slope of the line through the pairs; NULL where x does not vary.", "2"),
        OfPairs("REGR_INTERCEPT", "Where the line through the pairs meets x = 0.", "-1"),
        OfPairs("REGR_R2", "Square of the correlation; 1 where only y does not vary.", "1"),
        OfPairs("REGR_COUNT", "Number of pairs.", "2", "BIGINT") with
        {
            Aggregate = new() { OfNoRows = 0L },
            Nulls = "Pairs with a NULL are left out.",
        },
        OfPairs("REGR_AVGX", "Mean of x.", "2"),
        OfPairs("REGR_AVGY", "Mean of y.", "3"),
        OfPairs("REGR_SXX", "Sum of the squares of x less its mean.", "2"),
        OfPairs("REGR_SYY", "Sum of the squares of y less its mean.", "8"),
        OfPairs("REGR_SXY", "Sum of the products of x and y less their means.", "4"),
        new("MEDIAN", "value DOUBLE -> DOUBLE")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "The middle value; the mean of the two middle ones of an even number of values.",
            Example = new("SELECT MEDIAN(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "1.5"),
            Heritage = Heritage.Own,
            Nulls = AggregateFunctions.NothingWithoutValues,
        },
        new("PERCENTILE_CONT", "value DOUBLE, fraction DOUBLE -> DOUBLE")
        {
            Kind = FunctionKind.Aggregate,
            Aliases = ["PERCENTILE", "QUANTILE_CONT"],
            Aggregate = Fraction,
            Meaning = "The value at a fraction of the ordered values, from 0 to 1, between two of them where needed; also "
                + "PERCENTILE_CONT(fraction) WITHIN GROUP (ORDER BY value). ARRAY[…] of fractions gives the ARRAY of their values.",
            Example = new(
                "SELECT PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t",
                "1.25"),
            Heritage = Heritage.PostgreSql,
            Nulls = AggregateFunctions.NothingWithoutValues,
        },
        new("PERCENTILE_DISC", "value T, fraction DOUBLE -> T")
        {
            Kind = FunctionKind.Aggregate,
            Aliases = ["QUANTILE", "QUANTILE_DISC"],
            Aggregate = Fraction,
            Meaning = "The first of the ordered values that is at a fraction or after it; also "
                + "PERCENTILE_DISC(fraction) WITHIN GROUP (ORDER BY value). ARRAY[…] of fractions gives the ARRAY of their values.",
            Example = new("SELECT PERCENTILE_DISC(x, 0.5) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "1"),
            Heritage = Heritage.PostgreSql,
            Nulls = AggregateFunctions.NothingWithoutValues,
        },
        new("MODE", "value T -> T")
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = new() { IsOrderSensitive = true, IsOrderedSet = true },
            Meaning = "The most frequent value, of equally frequent ones the first; also MODE() WITHIN GROUP (ORDER BY value).",
            Example = new("SELECT MODE(x) FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 2) AS t", "2"),
            Heritage = Heritage.PostgreSql,
            Nulls = AggregateFunctions.NothingWithoutValues,
        },
    ];

    private static AggregateTraits Fraction => new()
    {
        FirstConstant = 1,
        IsOrderedSet = true,
        Complaint = values => values[0] is >= 0.0 and <= 1.0
            ? null
            : new ConstantComplaint(0, "Write a fraction from 0 to 1."),
    };

    private static FunctionEntry Of(string name, string meaning, string result) => new(name, "value DOUBLE -> DOUBLE")
    {
        Kind = FunctionKind.Aggregate,
        Meaning = meaning,
        Example = new($"SELECT {name}(x) FROM (SELECT 1 AS x UNION ALL SELECT 5) AS t", result),
        Heritage = Heritage.PostgreSql,
        Nulls = AggregateFunctions.NothingWithoutValues,
    };

    private static FunctionEntry OfPairs(string name, string meaning, string result, string type = "DOUBLE") =>
        new(name, $"y DOUBLE, x DOUBLE -> {type}")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = meaning,
            Example = new($"SELECT {name}(y, x) FROM (SELECT 1 AS y, 1 AS x UNION ALL SELECT 5, 3) AS t", result),
            Heritage = Heritage.PostgreSql,
            Nulls = Pairs,
        };
}
