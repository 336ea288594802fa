using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Ctas.Binding.Functions;

namespace Ctas.SqlTests.Oracle;

/// <summary>What of the dialect DuckDB shares stands in <c>shared.md</c>, and random queries draw it.</summary>
public sealed partial class SharedConstructTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Folder(), "shared.md"));

    /// <summary>The names of the second column; one with a star stands for all that begin so.</summary>
    private static readonly string[] Listed =
    [
        .. Lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .SelectMany(line => line.Split('|')[2].Split(',', StringSplitOptions.TrimEntries)),
    ];

    [Fact]
    public void Listed_EveryName_IsDrawn() => Listed
        .Where(name => !ConstructCatalog.Names.Any(drawn => Means(name, drawn)))
        .Should().BeEmpty("random queries are made of them");

    [Fact]
    public void Drawn_EveryConstruct_IsListed() => ConstructCatalog.Names
        .Where(drawn => !Listed.Any(name => Means(name, drawn)))
        .Should().BeEmpty("the list tells what is compared");

    [Fact]
    public void Functions_OfDuckDbToo_AreDrawnOrComparedByCases()
    {
        HashSet<string> drawn = Words(string.Join(' ', ConstructCatalog.Expressions.Select(construct => construct.Template)
            .Concat(QueryGenerator.Constructs.Select(name => name.Replace('-', '_').Replace('.', ' ')))));
        HashSet<string> byCases = WordsBehind(Lines, "## Functions compared by their cases only");
        HashSet<string> notShared = WordsBehind(File.ReadAllLines(Path.Combine(Folder(), "functions.md")), "## Not in DuckDB");

        string[] missing =
        [
            .. FunctionCatalog.All.Where(function => !Names(function).Any(drawn.Contains)
                && !byCases.Contains(function.Name) && !Names(function).Any(notShared.Contains)).Select(function => function.Name),
        ];

        missing.Should().BeEmpty("each is drawn, compared by its cases, or none of DuckDB's");
        byCases.Where(name => drawn.Contains(name)).Should().BeEmpty("these are drawn, too");
    }

    private static IEnumerable<string> Names(FunctionEntry function) => function.Aliases.Prepend(function.Name);

    private static bool Means(string name, string drawn) => name.EndsWith('*')
        ? drawn.StartsWith(name[..^1], StringComparison.Ordinal)
        : drawn == name;

    private static HashSet<string> WordsBehind(IEnumerable<string> lines, string heading) =>
        Words(string.Join(' ', lines.SkipWhile(line => line != heading).Skip(2).TakeWhile(line => line.Length > 0)));

    private static HashSet<string> Words(string text) =>
        new(Word().Matches(text).Select(word => word.Value), StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"[A-Za-z][A-Za-z_0-9]*")]
    private static partial Regex Word();

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
