namespace Ctas.Tests.Documentation;

/// <summary>An example of the dialect reference: SQL, and what it must give.</summary>
/// <param name="Line">Line of the SQL's fence, from 1.</param>
/// <param name="Sql">The statements.</param>
/// <param name="Expected">The rows of the last one, a line each; or the mistakes that are found.</param>
internal sealed record DialectExample(int Line, string Sql, string[] Expected);

/// <summary>The reference, taken apart: records that sources hold, statements that go before every example, examples.</summary>
/// <remarks>
/// <code>
/// ```json orders_in     the records of a source of that name, which examples can also read as orders_in.ndjson
/// ```yaml shop.yaml     a file of that name, beside those of the sources
/// ```sql setup          run before every example
/// ```sql                an example; the block that follows, ```text, is what it gives
/// </code>
/// </remarks>
internal sealed class DialectPage
{
    private const string Fence = "```";

    private readonly string[] _lines;

    public DialectPage(string text)
    {
        _lines = text.Split('\n');
        string? heading = null;
        string[] body = [];
        int line = 0;
        foreach ((int Start, string Heading, string[] Body) block in Blocks())
        {
            if (heading == "sql" && block.Heading == "text") { Examples.Add(new(line, string.Join('\n', body), block.Body)); }
            else if (heading == "sql") { Unanswered.Add(line); }

            if (block.Heading == "sql setup") { Setup += string.Join('\n', block.Body) + "\n"; }
            else if (block.Heading.StartsWith("yaml ", StringComparison.Ordinal)) { Files[block.Heading[5..]] = block.Body; }
            else if (block.Heading.StartsWith("json ", StringComparison.Ordinal)) { Sources[block.Heading[5..]] = block.Body; }

            (heading, body, line) = (block.Heading, block.Body, block.Start);
        }

        if (heading == "sql") { Unanswered.Add(line); }
    }

    public List<DialectExample> Examples { get; } = [];

    /// <summary>Lines of examples without a result.</summary>
    public List<int> Unanswered { get; } = [];

    public Dictionary<string, string[]> Sources { get; } = [];

    public Dictionary<string, string[]> Files { get; } = [];

    public string Setup { get; private set; } = "";

    /// <summary>The page with another result of an example.</summary>
    public string With(int example, string[] result)
    {
        List<string> lines = [.. _lines];
        int start = lines.IndexOf(Fence + "text", Examples[example].Line) + 1;
        lines.RemoveRange(start, Examples[example].Expected.Length);
        lines.InsertRange(start, result);

        return string.Join('\n', lines);
    }

    private IEnumerable<(int Start, string Heading, string[] Body)> Blocks()
    {
        for (int i = 0; i < _lines.Length; i++)
        {
            if (!_lines[i].StartsWith(Fence, StringComparison.Ordinal)) { continue; }

            int end = Array.IndexOf(_lines, Fence, i + 1);
            yield return (i + 1, _lines[i][Fence.Length..], _lines[(i + 1)..end]);
            i = end;
        }
    }
}
