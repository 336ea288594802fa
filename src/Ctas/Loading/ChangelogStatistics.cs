using Ctas.Data;

namespace Ctas.Loading;

/// <summary>What is known of a changelog that is kept by key: how a row is found in it.</summary>
internal sealed class ChangelogStatistics : RelationStatistics
{
    private ChangelogStatistics(long rows, OrdinalList key) => (Rows, Key) = (rows, key);

    public override long Rows { get; }

    public override OrdinalList Key { get; }

    /// <summary>That of a scan; null when it does not read the whole key.</summary>
    /// <param name="read">The columns of the scan, by whose ordinals the key is told.</param>
    /// <param name="schema">All columns, and the key.</param>
    /// <param name="rows">Rows that there are.</param>
    public static ChangelogStatistics? Of(Schema read, Schema schema, long rows)
    {
        int[] key = [.. schema.Key.Select(ordinal => read.IndexOf(schema.Fields[ordinal].Name))];
        return key.Length == 0 || key.Contains(-1) ? null : new ChangelogStatistics(rows, new OrdinalList(key));
    }
}
