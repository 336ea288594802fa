namespace Ctas.Binding.Functions;

/// <summary>Functions of a group of rows.</summary>
internal static class AggregateFunctions
{
    private const string NothingWithoutValues = "NULLs are left out; NULL without values.";

    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("COUNT", "[value ANY] -> BIGINT")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "Number of rows, COUNT(*), or of values.",
            Example = new("SELECT COUNT(x) FROM (SELECT 1 AS x UNION ALL SELECT NULL) AS t", "1"),
            Heritage = Heritage.Both,
            Nulls = "COUNT(*) counts rows, COUNT(x) leaves NULLs out.",
        },
        new("SUM", "value N -> N")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "Sum: BIGINT of whole numbers, exact of DECIMAL.",
            Example = new("SELECT SUM(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "3"),
            Heritage = Heritage.Both,
            Nulls = NothingWithoutValues,
        },
        new("AVG", "value N -> DOUBLE")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "Arithmetic mean.",
            Example = new("SELECT AVG(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", "1.5"),
            Heritage = Heritage.Both,
            Nulls = NothingWithoutValues,
        },
        new("MIN", "value T -> T")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "The least value.",
            Example = new("SELECT MIN(x) FROM (SELECT 'b' AS x UNION ALL SELECT 'a') AS t", "a"),
            Heritage = Heritage.Both,
            Nulls = NothingWithoutValues,
        },
        new("MAX", "value T -> T")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "The greatest value.",
            Example = new("SELECT MAX(x) FROM (SELECT 'b' AS x UNION ALL SELECT 'a') AS t", "b"),
            Heritage = Heritage.Both,
            Nulls = NothingWithoutValues,
        },
    ];
}
