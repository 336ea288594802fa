namespace Ctas.IntegrationTests.Documentation;

/// <summary>Marks the method that holds and runs a block of README.md or of a document.</summary>
/// <param name="name">The name in <c>&lt;!-- snippet: name --&gt;</c> before the block.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReadmeSnippetAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
