using Ctas.Data;
using Ctas.Planning;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>What SQL sees of a source.</summary>
internal static class SourceSchemas
{
    /// <summary>Columns that every source has beside its own.</summary>
    public static readonly IReadOnlyList<SourceColumn> PseudoColumns =
    [
        new("ROWTIME", DataType.Timestamp, SourceColumnRole.RowTime),
        new("ROWPARTITION", DataType.Int, SourceColumnRole.RowPartition),
        new("ROWOFFSET", DataType.BigInt, SourceColumnRole.RowOffset),
        new("ROWKEY", DataType.Varchar, SourceColumnRole.RowKey),
        new("ROWHEADERS", HeaderType.Headers, SourceColumnRole.Headers),
    ];

    /// <summary>The declared columns, keyed where the source is a changelog; null where they are inferred.</summary>
    /// <remarks>Where records without a key are rows of their own, the key does not tell rows apart: it is none.</remarks>
    public static Schema? Declared(SourceDefinition definition)
    {
        if (definition.Columns is not { } columns) { return null; }

        int[] key = definition.Mode == ReadMode.Append || definition.NullKey == NullKeyPolicy.Append
            ? []
            : [.. Enumerable.Range(0, columns.Count).Where(ordinal => columns[ordinal].Role == SourceColumnRole.Key)];
        return new Schema(columns.Select(column => new Field(column.Name, column.Type)), key);
    }

    /// <summary>What the planner shall know of a source before it is read.</summary>
    public static RelationInfo Describe(string name, SourceDefinition definition) => new(
        name, IsSource: true, definition.Mode == ReadMode.Append, Declared(definition));

    /// <summary>What the planner shall know of a source whose columns have been inferred.</summary>
    public static RelationInfo Describe(string name, SourceDefinition definition, Schema inferred)
    {
        // Pseudo-columns are there by name, not as columns; but the key of a changelog is a column.
        int[] own =
        [
            .. Enumerable.Range(0, inferred.Fields.Count).Where(ordinal =>
                inferred.Key.Contains(ordinal) || !PseudoColumns.Any(pseudo =>
                    string.Equals(pseudo.Name, inferred.Fields[ordinal].Name, StringComparison.OrdinalIgnoreCase))),
        ];
        int[] key = definition.NullKey == NullKeyPolicy.Append
            ? []
            : [.. inferred.Key.Select(ordinal => Array.IndexOf(own, ordinal))];
        return new RelationInfo(
            name, IsSource: true, !inferred.HasKey, new Schema(own.Select(ordinal => inferred.Fields[ordinal]), key));
    }
}
