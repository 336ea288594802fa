namespace Ctas.Binding.Functions;

/// <summary>Regular expressions. The notation is .NET's, which is Java's and nearly PostgreSQL's.</summary>
internal static class RegexFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("REGEXP_LIKE", "text VARCHAR, pattern VARCHAR [, flags VARCHAR] -> BOOLEAN")
        {
            Meaning = "TRUE when the pattern matches somewhere; flag i ignores case.",
            Example = new("REGEXP_LIKE('Streams', 'S.*m', 'i')", "true"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.Regex(1), ConstantChecks.RegexFlags(2)],
        },
        new("REGEXP_COUNT", "text VARCHAR, pattern VARCHAR -> INT")
        {
            Meaning = "How often the pattern matches.",
            Example = new("REGEXP_COUNT('a1b22', '[0-9]+')", "2"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.Regex(1)],
        },
        new("REGEXP_SUBSTR", "text VARCHAR, pattern VARCHAR -> VARCHAR")
        {
            Meaning = "The first match, NULL without one.",
            Example = new("REGEXP_SUBSTR('order 42', '[0-9]+')", "42"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.Regex(1)],
        },
        new("REGEXP_EXTRACT", "pattern VARCHAR, text VARCHAR [, group INT] -> VARCHAR")
        {
            Meaning = "The first match, or a group of it; NULL without one. Mind the order.",
            Example = new("REGEXP_EXTRACT('(.*) (.*)', 'hello there', 2)", "there"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Regex(0)],
        },
        new("REGEXP_REPLACE", "text VARCHAR, pattern VARCHAR, replacement VARCHAR [, flags VARCHAR] -> VARCHAR")
        {
            Meaning = "With the first match replaced, or all with flag g (ksqlDB always replaces all); \\1 is a group.",
            Example = new("REGEXP_REPLACE('a1b2', '[0-9]', '#', 'g')", "a#b#"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.Regex(1), ConstantChecks.RegexFlags(3)],
        },
    ];
}
