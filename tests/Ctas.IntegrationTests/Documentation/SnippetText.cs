using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Ctas.IntegrationTests.Documentation;

/// <summary>Finds the C# of README.md and of the methods that compile it.</summary>
internal static partial class SnippetText
{
    /// <summary>A block of C# in README.md.</summary>
    /// <param name="Line">Where it starts, from 1.</param>
    /// <param name="Marker">The comment in the line before; empty when there is none.</param>
    /// <param name="Code">The lines between the fences.</param>
    internal sealed record Block(int Line, string Marker, string Code)
    {
        /// <summary>The snippet it must equal; null when it is not marked as one.</summary>
        public string? Snippet => Marked().Match(Marker) is { Success: true } match ? match.Groups["name"].Value : null;

        /// <summary>True when the block says why it is not run.</summary>
        public bool IsExcused => Excused().IsMatch(Marker);
    }

    public static IReadOnlyList<Block> ReadmeBlocks()
    {
        string[] lines = File.ReadAllLines(Path.Combine(RepositoryRoot(), "README.md"));
        var blocks = new List<Block>();
        for (int start = 0; start < lines.Length; start++)
        {
            if (lines[start].TrimEnd() != "```csharp") { continue; }

            int end = Array.FindIndex(lines, start + 1, line => line.TrimEnd() == "```");
            end.Should().BePositive("the block in line {0} of README.md must be closed", start + 1);
            blocks.Add(new Block(
                start + 1, start == 0 ? "" : lines[start - 1].Trim(), string.Join('\n', lines[(start + 1)..end])));
            start = end;
        }

        return blocks;
    }

    /// <summary>The compiled code by snippet name: what stands between the marking comments.</summary>
    public static IReadOnlyDictionary<string, string> CompiledSnippets() => Compiled()
        .Matches(File.ReadAllText(SnippetsFile()))
        .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["code"].Value);

    /// <summary>The code without using directives and with single spaces, so that indentation may differ.</summary>
    public static string Normalize(string code) =>
        WhiteSpace().Replace(UsingDirective().Replace(code, ""), " ").Trim();

    /// <summary>The namespaces a block imports.</summary>
    public static IEnumerable<string> Usings(string code) =>
        UsingDirective().Matches(code).Select(match => match.Value.Trim());

    public static string SnippetsSource() => File.ReadAllText(SnippetsFile());

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ctas.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    private static string SnippetsFile([CallerFilePath] string path = "") =>
        File.Exists(path)
            ? Path.Combine(Path.GetDirectoryName(path)!, "ReadmeSnippets.cs")
            : Path.Combine(RepositoryRoot(), "tests", "Ctas.IntegrationTests", "Documentation", "ReadmeSnippets.cs");

    [GeneratedRegex(@"^<!--\s*snippet:\s*(?<name>[\w-]+)\s*-->$")]
    private static partial Regex Marked();

    [GeneratedRegex(@"^<!--\s*not run:\s*\S.*-->$")]
    private static partial Regex Excused();

    [GeneratedRegex(@"// snippet: (?<name>[\w-]+)\n(?<code>.*?)\n\s*// end snippet", RegexOptions.Singleline)]
    private static partial Regex Compiled();

    [GeneratedRegex(@"^using [\w.]+;\n?", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
