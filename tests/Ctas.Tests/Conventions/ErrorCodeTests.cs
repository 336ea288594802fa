using System.Text.RegularExpressions;

namespace Ctas.Tests.Conventions;

/// <summary>The error reference lists exactly the codes that the code uses.</summary>
public sealed partial class ErrorCodeTests
{
    [Fact]
    public void ErrorReference_ListsExactlyTheCodesInUse()
    {
        string root = Path.Combine(DirectionTests.RepositoryRoot(), "src", "Ctas");
        string[] used = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => QuotedCode().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct().Order(StringComparer.Ordinal)];
        string[] listed = [.. ListedCode().Matches(File.ReadAllText(Path.Combine(root, "docs", "errors.md")))
            .Select(match => match.Groups[1].Value)];

        listed.Should().Equal(used);
    }

    [Fact]
    public void EveryCodeOfSql_IsExpectedByATest()
    {
        HashSet<string> expected =
            [.. Tests("*.cs", "*.slt", "*.txt").SelectMany(test => Code().Matches(test).Select(match => match.Value))];

        CodesOfSql().Where(code => !expected.Contains(code)).Should().BeEmpty("a test expects each of them");
    }

    [Fact]
    public void EveryCodeOfSql_IsDrawnInTheSqlByATest()
    {
        HashSet<string> drawn = [.. Tests("*.cs", "*.slt").SelectMany(DrawnIn)];

        CodesOfSql().Where(code => !drawn.Contains(code)).Should().BeEmpty("a test shows the place of each");
    }

    private static string[] CodesOfSql() =>
    [
        .. new[] { "Text", "Syntax", "Binding", "Planning" }
            .SelectMany(stage => Directory.EnumerateFiles(
                Path.Combine(DirectionTests.RepositoryRoot(), "src", "Ctas", stage), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => QuotedCode().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct(),
    ];

    private static IEnumerable<string> Tests(params IEnumerable<string> files) => files
        .SelectMany(pattern => Directory.EnumerateFiles(
            Path.Combine(DirectionTests.RepositoryRoot(), "tests"), pattern, SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"))
        .Select(File.ReadAllText);

    /// <summary>The codes whose place is drawn: with carets under a line of SQL, or as braces in the SQL of a test.</summary>
    private static IEnumerable<string> DrawnIn(string file)
    {
        IEnumerable<string> withCarets = Rendered().Matches(file).Select(match => match.Groups[1].Value);
        IEnumerable<string> withBraces = TestStart().Split(file)
            .SelectMany(test => Case().Matches(test).Select(match => match.Value).Append(Case().Replace(test, Braces)))
            .Where(text => Annotated().IsMatch(text))
            .SelectMany(text => QuotedCode().Matches(text).Select(match => match.Groups[1].Value));
        return withCarets.Concat(withBraces);
    }

    // The cases of a theory draw places for the code that its body names.
    private static string Braces(Match theory) =>
        QuotedCode().IsMatch(theory.Value) ? "" : string.Concat(Annotated().Matches(theory.Value).Select(match => match.Value));

    [GeneratedRegex(@"(CTAS\d{4}): .*\n *LINE \d+: .*\n.*\^")]
    private static partial Regex Rendered();

    [GeneratedRegex(@"\[(?:Fact|Theory)\]")]
    private static partial Regex TestStart();

    [GeneratedRegex(@"\[InlineData\(.*?\)\]", RegexOptions.Singleline)]
    private static partial Regex Case();

    // Not the holes of an interpolated string.
    [GeneratedRegex("(?<!\\$)\"[^\"\\n{}]*\\{[^\"\\n{}]*\\}[^\"\\n{}]*\"")]
    private static partial Regex Annotated();

    [GeneratedRegex(@"CTAS\d{4}")]
    private static partial Regex Code();

    [GeneratedRegex("\"(CTAS\\d{4})\"")]
    private static partial Regex QuotedCode();

    [GeneratedRegex(@"^\| (CTAS\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex ListedCode();
}
