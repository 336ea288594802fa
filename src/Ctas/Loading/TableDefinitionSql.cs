using System.Text.RegularExpressions;

namespace Ctas.Loading;

/// <summary>Writes a table definition as the statement it stands for.</summary>
internal static partial class TableDefinitionSql
{
    /// <summary>The whole statement; mistakes in the SELECT keep their column.</summary>
    public static string Of(TableDefinition definition)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(definition.Name);
        if (CreateStatement().IsMatch(definition.Select)) { return AsWritten(definition); }

        string properties = definition.Properties.Count == 0
            ? ""
            : $" WITH ({string.Join(", ", definition.Properties.Select(property => $"{Quote(property.Key)} = {Quote(property.Value)}"))})";
        return $"CREATE TABLE \"{definition.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"{properties} AS\n{definition.Select}";
    }

    private static string AsWritten(TableDefinition definition) => definition.Properties.Count == 0
        ? definition.Select
        : throw new ArgumentException(
            $"Table \"{definition.Name}\" has a whole CREATE statement; put its properties into WITH there.", nameof(definition));

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^\s*CREATE\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CreateStatement();
}
