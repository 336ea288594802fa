using System.Reflection;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Documentation;

/// <summary>What README.md and the documents show is what compiles and runs.</summary>
public sealed class ReadmeTests
{
    public static TheoryData<string> Snippets => [.. SnippetMethods().Keys];

    [Fact]
    public void Readme_EveryCSharpBlock_IsMarked()
    {
        IReadOnlyList<SnippetText.Block> blocks = SnippetText.Blocks();

        blocks.Should().Contain(block => block.Snippet != null, "README.md shows at least one example in C#");
        blocks.Where(block => block.Snippet is null && !block.IsExcused).Select(block => block.Place).Should()
            .BeEmpty(
                "the line before each ```csharp block must be <!-- snippet: name -->, "
                + "or <!-- not run: why --> where it cannot be run");
    }

    [Fact]
    public void Readme_EverySnippet_EqualsTheCompiledCode()
    {
        IReadOnlyDictionary<string, string> compiled = SnippetText.CompiledSnippets();
        string source = SnippetText.SnippetsSource();
        foreach (SnippetText.Block block in SnippetText.Blocks().Where(block => block.Snippet is not null))
        {
            compiled.Should().ContainKey(
                block.Snippet!,
                "{0} shows it, so a file of snippets must hold its code after \"// snippet: {1}\"",
                block.Place, block.Snippet);
            SnippetText.Normalize(block.Code).Should().Be(
                SnippetText.Normalize(compiled[block.Snippet!]),
                "{0} must show what is compiled as \"{1}\"; change both together",
                block.Place, block.Snippet);
            SnippetText.Usings(block.Code).Should().NotContain(
                directive => !source.Contains(directive, StringComparison.Ordinal),
                "{0} imports them, so a file of snippets must as well", block.Place);
        }
    }

    [Fact]
    public void Snippets_Each_IsShownOnceAndRun()
    {
        string[] names = [.. SnippetText.CompiledSnippets().Keys];

        SnippetText.Blocks().Select(block => block.Snippet).OfType<string>().Should().BeEquivalentTo(
            names, "each snippet belongs to one block of README.md or a document");
        SnippetMethods().Keys.Should().BeEquivalentTo(
            names, "each \"// snippet: name\" stands in a method marked [ReadmeSnippet(name)]");
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task Snippet_RunAgainstABroker_DoesWhatReadmeSays(string snippet)
    {
        await using var kafka = EmbeddedKafka.Start();
        await ReadmeSnippets.ProduceAsync(kafka);

        var run = SnippetMethods()[snippet].CreateDelegate<Func<string, Task>>();
        await run(kafka.BootstrapServers).Guarded();
    }

    private static Dictionary<string, MethodInfo> SnippetMethods() =>
        (from method in new[] { typeof(ReadmeSnippets), typeof(MaintenanceSnippets) }
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public))
         let mark = method.GetCustomAttribute<ReadmeSnippetAttribute>()
         where mark is not null
         select (mark.Name, method)).ToDictionary(entry => entry.Name, entry => entry.method);
}
