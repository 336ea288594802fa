using Ctas.Planning;

namespace Ctas;

/// <summary>Statements as SQL again.</summary>
internal static class StatementText
{
    /// <summary>The text of a statement that gives rows, null for every other.</summary>
    public static string? OfQuery(PlannedStatement statement) => statement switch
    {
        SelectStatement select => select.Sql,
        ExplainStatement explain => explain.Sql,
        ShowStatement show => $"SHOW {show.What.ToUpperInvariant()}",
        DescribeStatement describe => $"DESCRIBE \"{describe.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => null,
    };
}
