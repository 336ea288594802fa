using System.Globalization;
using System.Text.RegularExpressions;

namespace Ctas.Tests.Conventions;

/// <summary>The page of scenarios names tests that there are, and misses none of its own numbers.</summary>
public sealed partial class ScenarioTests
{
    private static readonly string Root = DirectionTests.RepositoryRoot();

    [Fact]
    public void Scenarios_EachNamesTestsThatRun()
    {
        HashSet<string> tests = Tests();
        HashSet<string> benchmarks = Benchmarks();
        List<string> missing = [];
        string suite = "";
        foreach (string line in Page())
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) { suite = Suite().Match(line).Groups["class"].Value; }

            foreach (string name in NamesIn(line))
            {
                bool isThere = name.StartsWith("benchmarks ", StringComparison.Ordinal)
                    ? benchmarks.Contains(name["benchmarks ".Length..])
                    : tests.Contains(name.Contains('.', StringComparison.Ordinal) ? name : $"{suite}.{name}");
                if (!isThere) { missing.Add($"{suite}: {name}"); }
            }
        }

        missing.Should().BeEmpty("each is a test that is run, or a suite of the benchmarks");
    }

    [Fact]
    public void Scenarios_OfASuite_AreNumberedAndAsManyAsItSays()
    {
        Dictionary<string, List<int>> numbers = [];
        Dictionary<string, int> expected = [];
        string suite = "";
        foreach (string line in Page())
        {
            if (Suite().Match(line) is { Success: true } heading)
            {
                suite = heading.Groups["class"].Value;
                expected[suite] = int.Parse(heading.Groups["count"].Value, CultureInfo.InvariantCulture);
                numbers[suite] = [];
            }
            else if (Numbered().Match(line) is { Success: true } scenario)
            {
                numbers[suite].Add(int.Parse(scenario.Groups["number"].Value, CultureInfo.InvariantCulture));
            }
        }

        expected.Should().HaveCount(6);
        foreach ((string name, int count) in expected) { numbers[name].Should().Equal(Enumerable.Range(1, count), name); }
    }

    [Fact]
    public void Scenarios_OfBehaviours_EachNameATest() =>
        Page().Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Should().HaveCountGreaterThan(50)
            .And.OnlyContain(line => NamesIn(line).Any());

    private static string[] Page() => [.. File.ReadAllLines(Path.Combine(Root, "tests", "scenarios.md")).SkipWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))];

    private static IEnumerable<string> NamesIn(string line) => Quoted().Matches(line).Select(match => match.Groups["name"].Value);

    /// <summary>Class and name of every test that is not skipped.</summary>
    private static HashSet<string> Tests()
    {
        HashSet<string> tests = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories))
        {
            string[] parts = Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar);
            if (!parts.Contains("obj") && !parts.Contains("bin")) { AddTestsOf(file, tests); }
        }

        return tests;
    }

    private static void AddTestsOf(string file, HashSet<string> tests)
    {
        (string type, bool isTest) = ("", false);
        foreach (string line in File.ReadLines(file))
        {
            if (Class().Match(line) is { Success: true } declared) { type = declared.Groups["name"].Value; }

            if (Attribute().IsMatch(line)) { isTest = !line.Contains("Skip", StringComparison.Ordinal); }

            if (!isTest || Method().Match(line) is not { Success: true } method) { continue; }

            tests.Add($"{type}.{method.Groups["name"].Value}");
            isTest = false;
        }
    }

    private static HashSet<string> Benchmarks() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "benchmarks", "Ctas.Benchmarks", "Comparisons"), "*.cs")
            .SelectMany(file => BenchmarkName().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)),
    ];

    [GeneratedRegex(@"^## (?<class>\w+Tests): (?<count>\d+)$")]
    private static partial Regex Suite();

    [GeneratedRegex(@"^(?<number>\d+)\. `")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"`(?<name>(benchmarks [a-z0-9-]+)|(\w+\.)?\w+_\w+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(public|internal) (sealed |abstract |static |partial )*class (?<name>\w+)")]
    private static partial Regex Class();

    [GeneratedRegex(@"^\s+\[(Fact|Theory)\b")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"^\s+public (async )?(Task|void) (?<name>\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"public string Name => ""(?<name>[a-z0-9-]+)"";")]
    private static partial Regex BenchmarkName();
}
