using Ctas.Data;

namespace Ctas.Tables.Snapshots;

/// <summary>Rows to be stored as one part of a file.</summary>
/// <param name="Header">What they are.</param>
/// <param name="Rows">The rows, all columns; gone through once.</param>
internal sealed record SnapshotPart(SnapshotHeader Header, IEnumerable<Batch> Rows)
{
    /// <summary>A part that is nothing but its header.</summary>
    public static SnapshotPart Of(SnapshotHeader header) => new(header, []);

    /// <summary>A part without a name.</summary>
    public static SnapshotPart Of(Schema schema, long rowCount, IEnumerable<Batch> rows) =>
        new(new SnapshotHeader("", "", schema, rowCount, Guid.Empty), rows);

    /// <summary>A part whose columns have no names.</summary>
    public static SnapshotPart Of(Batch rows)
    {
        IEnumerable<Field> fields = rows.Columns.ToArray()
            .Select((column, ordinal) => new Field(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"c{ordinal}"), column.Type));
        return Of(new Schema(fields, []), rows.RowCount, rows.RowCount > 0 ? [rows] : []);
    }
}
