namespace Ctas.Binding.Functions;

/// <summary>Functions that only stand before OVER. Every aggregate function may stand there too.</summary>
/// <remarks>Those that give a value of another row, of the type <c>T</c>, can leave NULLs out.</remarks>
internal static class WindowFunctions
{
    private const string NullsCount = "NULLs count, unless IGNORE NULLS leaves them out.";

    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("ROW_NUMBER", "-> BIGINT")
        {
            Kind = FunctionKind.Window,
            Meaning = "The row's number in its partition, from 1.",
            Example = OfThree("ROW_NUMBER() OVER (ORDER BY x)", "1 | 2 | 3"),
            Heritage = Heritage.PostgreSql,
        },
        new("RANK", "-> BIGINT")
        {
            Kind = FunctionKind.Window,
            Meaning = "One more than the rows before the row's equals, so that numbers are left out after equals.",
            Example = OfThree("RANK() OVER (ORDER BY x)", "1 | 1 | 3"),
            Heritage = Heritage.PostgreSql,
        },
        new("DENSE_RANK", "-> BIGINT")
        {
            Kind = FunctionKind.Window,
            Meaning = "The rank without numbers left out after equals.",
            Example = OfThree("DENSE_RANK() OVER (ORDER BY x)", "1 | 1 | 2"),
            Heritage = Heritage.PostgreSql,
        },
        new("PERCENT_RANK", "-> DOUBLE")
        {
            Kind = FunctionKind.Window,
            Meaning = "The rank as a fraction, from 0 to 1: (rank - 1) / (rows - 1); 0 for a single row.",
            Example = OfThree("PERCENT_RANK() OVER (ORDER BY x)", "0 | 0 | 1"),
            Heritage = Heritage.PostgreSql,
        },
        new("CUME_DIST", "-> DOUBLE")
        {
            Kind = FunctionKind.Window,
            Meaning = "The fraction of the partition's rows that stand before the row or equal it.",
            Example = new("SELECT CUME_DIST() OVER (ORDER BY x) FROM (VALUES (1), (2), (2), (3)) AS t(x) ORDER BY x",
                "0.25 | 0.75 | 0.75 | 1"),
            Heritage = Heritage.PostgreSql,
        },
        new("NTILE", "buckets BIGINT -> BIGINT")
        {
            Kind = FunctionKind.Window,
            Meaning = "The number of the row's bucket, from 1, of buckets as equal as can be.",
            Example = OfThree("NTILE(2) OVER (ORDER BY x)", "1 | 1 | 2"),
            Heritage = Heritage.PostgreSql,
        },
        new("LAG", "value T [, offset BIGINT [, default T]] -> T")
        {
            Kind = FunctionKind.Window,
            Meaning = "The value so many rows before, 1 when not given; the default, or NULL, where there is none.",
            Example = OfThree("LAG(x) OVER (ORDER BY x)", "NULL | 1 | 1"),
            Heritage = Heritage.PostgreSql,
            Nulls = NullsCount,
        },
        new("LEAD", "value T [, offset BIGINT [, default T]] -> T")
        {
            Kind = FunctionKind.Window,
            Meaning = "The value so many rows after, 1 when not given; the default, or NULL, where there is none.",
            Example = OfThree("LEAD(x, 1, 0) OVER (ORDER BY x)", "1 | 2 | 0"),
            Heritage = Heritage.PostgreSql,
            Nulls = NullsCount,
        },
        new("FIRST_VALUE", "value T -> T")
        {
            Kind = FunctionKind.Window,
            UsesFrame = true,
            Meaning = "The value of the frame's first row.",
            Example = OfThree("FIRST_VALUE(x) OVER (ORDER BY x)", "1 | 1 | 1"),
            Heritage = Heritage.PostgreSql,
            Nulls = NullsCount,
        },
        new("LAST_VALUE", "value T -> T")
        {
            Kind = FunctionKind.Window,
            UsesFrame = true,
            Meaning = "The value of the frame's last row; without a frame that is the last of the row's equals.",
            Example = OfThree("LAST_VALUE(x) OVER (ORDER BY x)", "1 | 1 | 2"),
            Heritage = Heritage.PostgreSql,
            Nulls = NullsCount,
        },
        new("NTH_VALUE", "value T, n BIGINT -> T")
        {
            Kind = FunctionKind.Window,
            UsesFrame = true,
            Meaning = "The value of the frame's n-th row, from 1; NULL when the frame has fewer.",
            Example = OfThree("NTH_VALUE(x, 3) OVER (ORDER BY x)", "NULL | NULL | 2"),
            Heritage = Heritage.PostgreSql,
            Nulls = NullsCount,
        },
    ];

    private static FunctionExample OfThree(string call, string result) =>
        new($"SELECT {call} FROM (VALUES (1), (1), (2)) AS t(x) ORDER BY x", result);
}
