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
        string root = DirectionTests.RepositoryRoot();
        string[] stages = ["Text", "Syntax", "Binding", "Planning"];
        IEnumerable<string> raised = stages
            .SelectMany(stage => Directory.EnumerateFiles(
                Path.Combine(root, "src", "Ctas", stage), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => QuotedCode().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));
        HashSet<string> expected =
        [
            .. new[] { "*.cs", "*.slt", "*.txt" }
                .SelectMany(files => Directory.EnumerateFiles(
                    Path.Combine(root, "tests"), files, SearchOption.AllDirectories))
                .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"))
                .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Value)),
        ];

        raised.Distinct().Where(code => !expected.Contains(code)).Should().BeEmpty("a test expects each of them");
    }

    [GeneratedRegex(@"CTAS\d{4}")]
    private static partial Regex Code();

    [GeneratedRegex("\"(CTAS\\d{4})\"")]
    private static partial Regex QuotedCode();

    [GeneratedRegex(@"^\| (CTAS\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex ListedCode();
}
