using Ctas.Data;

namespace Ctas.Binding;

/// <summary>The columns that every source has beside those of its records.</summary>
internal static class PseudoColumn
{
    public const string RowTime = "ROWTIME";

    public const string RowKey = "ROWKEY";

    /// <summary>Their names and types.</summary>
    public static IReadOnlyList<Field> All { get; } =
    [
        new(RowTime, DataType.Timestamp),
        new("ROWPARTITION", DataType.Int),
        new("ROWOFFSET", DataType.BigInt),
        new(RowKey, DataType.Varchar),
        new("ROWHEADERS", HeaderType.Headers),
    ];

    /// <summary>Fresh symbols for those that no declared column hides.</summary>
    public static IReadOnlyList<ColumnSymbol> SymbolsFor(RelationSymbol relation) => !relation.IsSource
        ? []
        : [.. All.Where(field => relation.Schema is null || relation.Schema.IndexOf(field.Name) < 0)
            .Select(field => new ColumnSymbol(field.Name, field.Type))];
}
