using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ctas.Execution.Incremental;
using Ctas.Planning;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>Names all that decides which rows given records become, so that equal digests mean equal tables.</summary>
/// <remarks>
/// Part of it: the SELECT and the declared columns in their normal form, how its sources are read and decoded, and the
/// properties that change rows. Not part of it: where brokers are (scans know their cluster), limits, secrets.
/// </remarks>
internal static class DefinitionDigest
{
    private static readonly string[] TableProperties = ["on_error", "table_model", "retention"];

    /// <summary>The digest of a table, as hexadecimal digits.</summary>
    /// <param name="plan">The table.</param>
    /// <param name="sources">Its sources by name.</param>
    /// <param name="generation">A text of the host's own.</param>
    public static string Of(
        TablePlan plan, IEnumerable<(string Name, SourceDefinition Definition)> sources, string generation)
    {
        var text = new StringBuilder();
        Append(text, "generation", generation);
        Append(text, "statement", plan.Statement.NormalForm);
        foreach (string name in TableProperties) { Append(text, name, plan.Properties[name]); }

        foreach ((string name, SourceDefinition definition) in sources) { Append(text, name, definition); }

        return Digest(text);
    }

    /// <summary>The digest of what a read of a source gives, as hexadecimal digits.</summary>
    /// <param name="source">The source.</param>
    /// <param name="request">What is read of it.</param>
    /// <param name="generation">A text of the host's own.</param>
    public static string Of(SourceDefinition source, ScanRequest request, string generation)
    {
        var text = new StringBuilder();
        Append(text, "generation", generation);
        Append(text, source.Name, source);
        foreach (SourceColumn column in request.Columns ?? []) { Append(text, "read", column.Name); }

        foreach (SourceColumnRole role in request.PseudoColumns ?? []) { Append(text, "read", role.ToString()); }

        return Digest(text);
    }

    /// <summary>The digest of tables that hang together, of those of their own, in whatever order they come.</summary>
    public static string Of(IEnumerable<(string Name, string Definition)> tables)
    {
        var text = new StringBuilder();
        foreach ((string name, string definition) in tables.OrderBy(table => table.Name, StringComparer.OrdinalIgnoreCase))
        {
            Append(text, name.ToUpperInvariant(), definition);
        }

        return Digest(text);
    }

    /// <summary>The digest of what the operators of a live table are: others could not take up what these have kept.</summary>
    public static Guid OfOperators(MaintainedQuery query)
    {
        var text = new StringBuilder();
        foreach (string line in query.Describe()) { Append(text, "operator", line); }

        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private static string Digest(StringBuilder text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

    private static void Append(StringBuilder text, string name, SourceDefinition source)
    {
        Append(text, "source", name);
        Append(text, "location", source.Location is TopicLocation topic ? topic.Topic : source.Location.ToString());
        foreach (SourceColumn column in source.Columns ?? [])
        {
            Append(text, "column", $"{column.Name}\u001f{column.Type}\u001f{column.Role}\u001f{column.HeaderKey}");
        }

        Append(text, "mode", source.Mode.ToString());
        Append(text, "null key", source.NullKey.ToString());
        Append(text, "on error", source.OnError.ToString());
        Append(text, "value format", source.ValueFormat?.ToString());
        Append(text, "key format", source.KeyFormat.ToString());
        Append(text, "delimiter", source.Delimiter?.ToString());
        Append(text, "start", Text(source.Start));
        Append(text, "timestamp", source.TimestampColumn);
        Append(text, "timestamp format", source.TimestampFormat);
        Append(text, "wraps", source.WrapsSingleValue.ToString());
        Append(text, "isolation", source.ClientProperties.GetValueOrDefault("isolation.level"));
    }

    private static string Text(StartPosition start) => start.Kind switch
    {
        StartKind.Timestamp => start.Timestamp.UtcTicks.ToString(CultureInfo.InvariantCulture),
        StartKind.Offsets => string.Join(
            ',',
            (start.Offsets ?? new Dictionary<int, long>()).OrderBy(entry => entry.Key).Select(entry =>
                string.Create(CultureInfo.InvariantCulture, $"{entry.Key}:{entry.Value}"))),
        _ => start.Kind.ToString(),
    };

    // Lengths keep neighbours apart whatever they hold.
    private static void Append(StringBuilder text, string name, string? value) => text.Append(
        CultureInfo.InvariantCulture, $"{name}={(value is null ? "-" : $"{value.Length}:{value}")}\n");
}
