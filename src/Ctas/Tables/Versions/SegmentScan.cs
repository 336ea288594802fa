using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Versions;

/// <summary>Reads the live rows of a segment as operators take them.</summary>
internal static class SegmentScan
{
    private const int ObjectRows = 8192;

    /// <summary>The live rows of some columns.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="columns">The ordinals of the columns.</param>
    /// <param name="inline">Reads row objects.</param>
    public static IEnumerable<Batch> Read(LiveSegment segment, OrdinalList columns, StandardRowStore inline)
    {
        if (segment.Rows.Columns is { } encoded)
        {
            yield return Decode(segment, encoded, columns);
            yield break;
        }

        var rows = new List<byte[]>(ObjectRows);
        for (int place = 0; place < segment.RowCount; place++)
        {
            if (segment.Deleted[place]) { continue; }

            rows.Add(segment.Rows.Objects![place]!);
            if (rows.Count < ObjectRows) { continue; }

            yield return RowBatches.Create(inline, rows, columns);
            rows.Clear();
        }

        if (rows.Count > 0) { yield return RowBatches.Create(inline, rows, columns); }
    }

    private static Batch Decode(LiveSegment segment, EncodedColumn[] encoded, OrdinalList columns)
    {
        var decoded = new Column[columns.Count];
        for (int column = 0; column < decoded.Length; column++)
        {
            EncodedColumn source = encoded[columns[column]];
            StringPool? pool = PhysicalTypes.Of(source.Type) == PhysicalType.Bytes
                ? source.Pool ?? new StringPool(isInterned: false)
                : null;
            decoded[column] = source.Decode(pool, 0, segment.RowCount);
        }

        var batch = new Batch(decoded, segment.RowCount);
        return segment.DeadRows == 0 ? batch : batch.Gather(segment.LivePlaces());
    }
}
