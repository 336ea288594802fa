using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Sources;

/// <summary>Brings the batches of a source whose columns are inferred to one schema.</summary>
internal static class SchemaUnion
{
    /// <summary>The columns of both, matched by name, each in the wider type; the order is that of the later schema.</summary>
    public static Schema Merge(Schema? earlier, Schema later)
    {
        if (earlier is null || ReferenceEquals(earlier, later) || earlier == later) { return later; }

        var fields = later.Fields
            .Select(field => Find(earlier, field.Name) is int ordinal and >= 0
                ? new Field(field.Name, ColumnWidening.Common(earlier.Fields[ordinal].Type, field.Type))
                : field)
            .ToList();
        fields.AddRange(earlier.Fields.Where(field => Find(later, field.Name) < 0));
        Schema keyed = later.HasKey ? later : earlier;
        int[] key = [.. keyed.Key.Select(ordinal => fields.FindIndex(field => field.Name == keyed.Fields[ordinal].Name))];
        return new Schema(fields, key);
    }

    /// <summary>True when both have the same columns of the same types, in any order, and the same key.</summary>
    public static bool AreSame(Schema left, Schema right) =>
        left.Fields.Count == right.Fields.Count
        && left.Fields.All(field => Find(right, field.Name) is int at and >= 0 && right.Fields[at].Type == field.Type)
        && left.Key.Select(at => left.Fields[at].Name).SequenceEqual(right.Key.Select(at => right.Fields[at].Name));

    /// <summary>What has only ever been NULL is VARCHAR in the end.</summary>
    public static Schema Complete(Schema schema) => new(
        schema.Fields.Select(field => field with { Type = JsonTypes.Settled(field.Type) }), [.. schema.Key]);

    /// <summary>The batch with the columns of <paramref name="to"/>: widened, and NULL where it has none.</summary>
    public static Batch Convert(Batch rows, Schema from, Schema to)
    {
        if (from.Fields.Equals(to.Fields)) { return rows; }

        var columns = new Column[to.Fields.Count];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            Field field = to.Fields[ordinal];
            int source = Find(from, field.Name);
            columns[ordinal] = source < 0
                ? ColumnWidening.Nulls(field.Type, rows.RowCount)
                : ColumnWidening.Convert(rows[source], field.Type);
        }

        return new Batch(columns, rows.RowCount);
    }

    private static int Find(Schema schema, string name)
    {
        for (int ordinal = 0; ordinal < schema.Fields.Count; ordinal++)
        {
            if (schema.Fields[ordinal].Name == name) { return ordinal; }
        }

        return -1;
    }
}
