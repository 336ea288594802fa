using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Ctas.IntegrationTests.Documentation;

/// <summary>Finds the C# of README.md and of the documents, and of the methods that compile it.</summary>
internal static partial class SnippetText
{
    /// <summary>A block of C#.</summary>
    /// <param name="Place">The file, and the line where it starts, from 1.</param>
    /// <param name="Marker">The comment in the line before; empty when there is none.</param>
    /// <param name="Code">The lines between the fences.</param>
    internal sealed record Block(string Place, string Marker, string Code)
    {
        /// <summary>The snippet it must equal; null when it is not marked as one.</summary>
        public string? Snippet => Marked().Match(Marker) is { Success: true } match ? match.Groups["name"].Value : null;

        /// <summary>True when the block says why it is not run.</summary>
        public bool IsExcused => Excused().IsMatch(Marker);
    }

    public static IReadOnlyList<Block> Blocks()
    {
        string documents = Path.Combine(RepositoryRoot(), "src", "Ctas", "docs");
        return
        [
            .. Directory.EnumerateFiles(documents, "*.md").Order(StringComparer.Ordinal)
                .Prepend(Path.Combine(RepositoryRoot(), "README.md")).SelectMany(BlocksOf),
        ];
    }

    private static List<Block> BlocksOf(string file)
    {
        string[] lines = File.ReadAllLines(file);
        string name = Path.GetFileName(file);
        var blocks = new List<Block>();
        for (int start = 0; start < lines.Length; start++)
        {
            if (lines[start].TrimEnd() != "```csharp") { continue; }

            int end = Array.FindIndex(lines, start + 1, line => line.TrimEnd() == "```");
            end.Should().BePositive("the block in line {0} of {1} must be closed", start + 1, name);
            blocks.Add(new Block(
                $"{name} line {start + 1}", start == 0 ? "" : lines[start - 1].Trim(), string.Join('\n', lines[(start + 1)..end])));
            start = end;
        }

        return blocks;
    }

    /// <summary>The compiled code by snippet name: what stands between the marking comments.</summary>
    public static IReadOnlyDictionary<string, string> CompiledSnippets() => Compiled()
        .Matches(SnippetsSource())
        .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["code"].Value);

    /// <summary>The code without using directives and with single spaces, so that indentation may differ.</summary>
    public static string Normalize(string code) =>
        WhiteSpace().Replace(UsingDirective().Replace(code, ""), " ").Trim();

    /// <summary>The namespaces a block imports.</summary>
    public static IEnumerable<string> Usings(string code) =>
        UsingDirective().Matches(code).Select(match => match.Value.Trim());

    /// <summary>The files that hold them.</summary>
    public static string SnippetsSource() =>
        string.Join('\n', Directory.EnumerateFiles(SnippetsFolder(), "*Snippets.cs").Select(File.ReadAllText));

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ctas.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    private static string SnippetsFolder([CallerFilePath] string path = "") =>
        File.Exists(path)
            ? Path.GetDirectoryName(path)!
            : Path.Combine(RepositoryRoot(), "tests", "Ctas.IntegrationTests", "Documentation");

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
