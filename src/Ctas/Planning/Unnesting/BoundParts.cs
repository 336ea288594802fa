using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning.Unnesting;

/// <summary>Builds relations and conditions from parts.</summary>
internal static class BoundParts
{
    /// <summary>All of the conditions as one; null for none.</summary>
    public static BoundExpression? All(IEnumerable<BoundExpression> conditions)
    {
        BoundExpression? all = null;
        foreach (BoundExpression condition in conditions)
        {
            all = all is null ? condition : new BoundBinary(BoundOperator.And, all, condition, DataType.Boolean);
        }

        return all;
    }

    /// <summary>The relation without the rows for which some condition is not TRUE.</summary>
    public static BoundRelation Where(this BoundRelation relation, IEnumerable<BoundExpression> conditions) =>
        All(conditions) is { } all ? new BoundFilter(relation, all) : relation;

    /// <summary>True where both columns hold the same value, or both hold NULL.</summary>
    public static BoundExpression Same(ColumnSymbol left, ColumnSymbol right) => new BoundBinary(
        BoundOperator.IsNotDistinctFrom, new BoundColumn(left), new BoundColumn(right), DataType.Boolean);

    /// <summary>The relation with further columns beside all that it has.</summary>
    public static BoundProject With(this BoundRelation relation, IEnumerable<BoundProjection> added) =>
        new(relation, [.. relation.ReadableColumns.Select(Kept), .. added]);

    /// <summary>The relation with these of its columns only, under their own names.</summary>
    public static BoundProject Only(this BoundRelation relation, IEnumerable<ColumnSymbol> columns) =>
        new(relation, columns.Select(Kept));

    /// <summary>A column handed through.</summary>
    public static BoundProjection Kept(ColumnSymbol column) => new(column, new BoundColumn(column));

    /// <summary>Another column with the name and type of one.</summary>
    public static ColumnSymbol Renewed(ColumnSymbol column) => new(column.Name, column.Type);
}
