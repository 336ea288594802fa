using System.Text.RegularExpressions;

namespace Ctas.SqlTests.Oracle;

/// <summary>A difference that is meant, told in differences.md under the same name.</summary>
/// <param name="Name">Its heading there.</param>
/// <param name="Ours">What our error matches; null when we answer.</param>
/// <param name="Theirs">What DuckDB's error matches; null when it answers.</param>
/// <param name="Constructs">The query must use one of these; empty when it may happen in any.</param>
internal sealed record ExplainedDifference(string Name, string? Ours, string? Theirs, params string[] Constructs)
{
    public bool Explains(Answer ours, Answer theirs, IReadOnlySet<string> used) =>
        Matches(Ours, ours.Error) && Matches(Theirs, theirs.Error)
        && (Constructs.Length == 0 || Constructs.Any(used.Contains));

    private static bool Matches(string? pattern, string? error) =>
        pattern is null ? error is null : error is not null && Regex.IsMatch(error, pattern);
}

/// <summary>The short list of differences that are meant.</summary>
internal static class ExplainedDifferences
{
    public static IReadOnlyList<ExplainedDifference> All { get; } =
    [
        new("rows that nothing asks for", null, "Overflow|Out of Range|out of range|Conversion Error"),
        new("a group key under NOT", null, "must appear in the GROUP BY clause", "op.not"),
        new("beside a constant NULL", "CTAS5001", null, "literal.null", "case.null", "fn.COALESCE.several", "op.concat"),
        new("an INTERSECT whose other side is empty", "value does not fit DECIMAL", null, "set.intersect", "set.intersect-all"),
        new("a row that a limited sub-query orders for nobody", "CTAS5001", null, "subquery.scalar.limited"),
        new("a lateral column in a lambda", null, "Referenced (table|column) .* not found", "lambda.transform.outer", "lambda.filter.outer"),
        new("BETWEEN of nested values", null, "Invalid type for BETWEEN", "op.between"),
        new(
            "ANY of an array where no sub-query may stand",
            null,
            @"Cannot perform non-inner join on subquery|correlated columns in window|must appear in the GROUP BY|UNNEST\(\) for correlated",
            "op.any.array"),
        new("a text known to be NULL", null, @"function call ""contains\((""NULL""|STRING_LITERAL), ""NULL""\)""", "fn.CONTAINS"),
        new("a NULL without type repeated", null, @"function matches .*\(BLOB", "fn.REPEAT"),
        new("a sum of 39 digits", "CTAS5002", null, "agg.sum.huge"),
        new("years before 1 and after 9999", "date or time out of range", null),
        new("years before 1 and after 9999", null, "outside the range of System.Date", "cast.try.date"),
    ];

    /// <summary>Where both answer, and are meant to answer differently: the name, and what is written there.</summary>
    public static IReadOnlyList<(string Name, Regex Sql)> Rows { get; } =
    [
        ("a date with text behind it", new Regex(@"TRY_CAST\(STRING_AGG\(.* AS (DATE|TIMESTAMP)\)", RegexOptions.Singleline)),
        ("a merged column and one of its sides as keys", new Regex(
            @"USING \((\w+)\).*GROUP BY (ROLLUP|CUBE|GROUPING SETS) ?\(.*(\b\1\b.*\.\1\b|\.\1\b.*\b\1\b)", RegexOptions.Singleline)),
    ];

    public static string? FindRows(string sql) => Rows.FirstOrDefault(difference => difference.Sql.IsMatch(sql)).Name;

    public static string? Find(Answer ours, Answer theirs, IReadOnlySet<string> used) =>
        All.FirstOrDefault(difference => difference.Explains(ours, theirs, used))?.Name;
}
