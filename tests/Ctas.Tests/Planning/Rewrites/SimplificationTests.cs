using Ctas.Planning;

namespace Ctas.Tests.Planning.Rewrites;

public sealed class SimplificationTests
{
    [Theory]
    [InlineData("x + 1 > 2 AND TRUE", "(x + 1) > 2")]
    [InlineData("x > 1 + 2 * 3", "x > 7")]
    [InlineData("s = UPPER('ab') || 'c'", "s = 'ABc'")]
    [InlineData("x > 1 AND x > 1", "x > 1")]
    [InlineData("x > 1 OR x > 1", "x > 1")]
    [InlineData("NOT (x > 1)", "x <= 1")]
    [InlineData("NOT (NOT (x = 1))", "x = 1")]
    [InlineData("NOT (s LIKE 'a%')", "s NOT LIKE 'a%'")]
    [InlineData("x IN (3)", "x = 3")]
    [InlineData("CASE WHEN 1 = 2 THEN x > 1 WHEN 1 = 1 THEN x > 2 ELSE x > 3 END", "x > 2")]
    [InlineData("COALESCE(NULL, x, 4, id) > 1", "COALESCE(x, 4) > 1")]
    [InlineData("CAST(x AS INT) > CAST('5' AS INT)", "x > 5")]
    [InlineData("s = 'a' AND (x = 1 OR TRUE)", "s = 'a'")]
    [InlineData("(x = 1 AND s = 'a') OR (x = 1 AND s = 'b')", "(x = 1) AND ((s = 'a') OR (s = 'b'))")]
    [InlineData("(x = 1 AND s = 'a') OR x = 1", "x = 1")]
    public void Simplify_OfCondition_IsTheSimplerOne(string condition, string expected) =>
        Predicate(condition).Should().Be(expected);

    [Theory]
    [InlineData("1 / 0 > x")] // an error belongs to the row, and no row may come
    [InlineData("CAST('a' AS INT) > x")]
    [InlineData("1 / x > 1 AND FALSE")] // the left side is asked first
    public void Simplify_OfWhatFails_KeepsTheFailure(string condition) =>
        Predicate(condition).Should().NotBe("FALSE").And.Match(text => text.Contains('/') || text.Contains("CAST"));

    private static string Predicate(string condition)
    {
        LogicalPlan plan = PlanTexts.Simplification.Apply(PlanTexts.Lowered($"SELECT * FROM a WHERE {condition}"));
        return string.Join(" then ", PlanTexts.Render(plan).Split('\n')
            .Select(line => line.TrimStart(' ', '└', '─')).Where(line => line.StartsWith("filter ", StringComparison.Ordinal))
            .Select(line => line["filter ".Length..]));
    }
}
