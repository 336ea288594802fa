using System.Text.RegularExpressions;

namespace Ctas.Benchmarks.Nexmark;

/// <summary>A query of Nexmark.</summary>
/// <param name="Name">q0 to q22.</param>
/// <param name="About">What it asks.</param>
/// <param name="Tables">The statements that keep its answer in a table of its name.</param>
/// <param name="DuckDb">The same over tables that hold all events, for DuckDB.</param>
internal sealed partial record NexmarkQuery(string Name, string About, string Tables, string DuckDb)
{
    /// <summary>The streams that it reads.</summary>
    public IReadOnlySet<string> Streams { get; } = ReadStream().Matches(Tables).Select(match => match.Groups[1].Value).ToHashSet();

    [GeneratedRegex(@"\b(?:FROM|JOIN) (person|auction|bid)\b")]
    private static partial Regex ReadStream();
}
