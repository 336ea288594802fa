namespace Ctas.Binding;

/// <summary>A collection, and the columns that its parts come in: one for an ARRAY, key and value for a MAP.</summary>
internal sealed record UnnestedCollection(BoundExpression Collection, IReadOnlyList<ColumnSymbol> Columns)
{
    /// <summary>True for an ARRAY of STRUCTs whose fields are the columns.</summary>
    public bool SpreadsFields { get; init; }
}

/// <summary>
/// Rows of the input once for each element of its collections, which go in parallel: the shorter ones end in NULLs.
/// Columns: those of the input, those of the collections, the number of the element from 1.
/// </summary>
internal sealed class BoundUnnest(
    BoundRelation input, IReadOnlyList<UnnestedCollection> collections, ColumnSymbol? ordinality, bool keepsEmpty)
    : BoundRelation
{
    public BoundRelation Input { get; } = input;

    /// <summary>At least one.</summary>
    public IReadOnlyList<UnnestedCollection> Collections { get; } = collections;

    /// <summary>WITH ORDINALITY: BIGINT; null without it.</summary>
    public ColumnSymbol? Ordinality { get; } = ordinality;

    /// <summary>True when a row without elements stays, with NULLs: LEFT JOIN.</summary>
    public bool KeepsEmpty { get; } = keepsEmpty;

    /// <summary>The columns that this makes.</summary>
    public IReadOnlyList<ColumnSymbol> OwnColumns =>
    [
        .. Collections.SelectMany(collection => collection.Columns),
        .. Ordinality is null ? (ColumnSymbol[])[] : [Ordinality],
    ];

    public override IReadOnlyList<ColumnSymbol> Columns => [.. Input.Columns, .. OwnColumns];
}

/// <summary>The columns that UNNEST makes, as a table of FROM.</summary>
internal sealed class BoundUnnestColumns(IReadOnlyList<ColumnSymbol> columns) : BoundRelation
{
    public override IReadOnlyList<ColumnSymbol> Columns => columns;
}
