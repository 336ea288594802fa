using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Ctas.Tests.Conventions;

/// <summary>A folder is a layer; a layer uses only the layers that stand beside it here.</summary>
public sealed partial class DirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Loading"] = ["Maintenance", "Execution", "Planning", "Sinks", "Sources", "Tables", "Data"],
        ["Maintenance"] = ["Execution", "Planning", "Sinks", "Sources", "Tables", "Data"],
        ["Execution"] = ["Planning", "Tables", "Data"],
        ["Planning"] = ["Binding", "Text", "Data"],
        ["Binding"] = ["Syntax", "Text", "Data"],
        ["Syntax"] = ["Text"],
        ["Text"] = [],
        ["Sources"] = ["Text", "Data"], // Text: the closest name, for hints
        ["Sinks"] = ["Sources", "Data"],
        ["Tables"] = ["Text", "Data"],
        ["Data"] = [],
    };

    [Fact]
    public void Layers_UseOnlyWhatTheyMay()
    {
        string root = Path.Combine(RepositoryRoot(), "src", "Ctas");
        string[] facade = [.. Directory.EnumerateFiles(root, "*.cs").Select(Path.GetFileNameWithoutExtension).Select(name => name!)];
        var forbidden =
            from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            let user = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0]
            where Allowed.ContainsKey(user)
            let text = File.ReadAllText(file)
            from used in NamespaceUse().Matches(text).Select(match => match.Groups[1].Value)
                .Concat(facade.Where(type => Regex.IsMatch(WithoutComments(text), $@"\b{type}\b")))
            where used != user && !Allowed[user].Contains(used)
            select $"{Path.GetRelativePath(root, file)} -> {used}";

        forbidden.Distinct().Should().BeEmpty();
    }

    [Fact]
    public void EveryFolderOfTheEngine_IsALayer() =>
        Directory.EnumerateDirectories(Path.Combine(RepositoryRoot(), "src", "Ctas"))
            .Select(Path.GetFileName)
            .Where(folder => folder is not ("bin" or "obj" or "docs"))
            .Should().BeSubsetOf(Allowed.Keys);

    [Fact]
    public void Files_StopAt500Lines() =>
        new[] { "src", "tests", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryRoot(), folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Count() > 500)
            .Should().BeEmpty();

    internal static string RepositoryRoot([CallerFilePath] string here = "")
    {
        string? folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Ctas.sln"))) { folder = Path.GetDirectoryName(folder); }

        // A deterministic build replaces source paths; the tests then run below the repository all the same.
        for (folder ??= AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Ctas.sln"))) { return folder; }
        }

        throw new DirectoryNotFoundException("The repository's root was not found above the tests.");
    }

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"\bCtas\.(Loading|Maintenance|Execution|Planning|Binding|Syntax|Text|Sources|Tables|Data)\b")]
    private static partial Regex NamespaceUse();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();
}
