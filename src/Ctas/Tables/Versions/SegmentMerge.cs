using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Versions;

/// <summary>Encodes the live rows of some segments into one: what runs beside the writer.</summary>
/// <remarks>
/// It reads segments as they were when it began. Rows that die meanwhile are in the new segment too; the writer, which
/// moves the rows one by one afterwards, leaves those dead.
/// </remarks>
internal static class SegmentMerge
{
    /// <summary>The new segment's rows, where each came from, and the hash of its key.</summary>
    /// <param name="Rows">The rows.</param>
    /// <param name="Sources">The number each row had.</param>
    /// <param name="Hashes">The short hash of each row's identity; empty when there is no index.</param>
    internal sealed record Result(SegmentRows Rows, int[] Sources, uint[] Hashes);

    /// <summary>Encodes.</summary>
    /// <param name="shape">The table.</param>
    /// <param name="segments">The segments with their numbers; at most <see cref="CompactSegment.MaxRows"/> live rows.</param>
    /// <param name="inline">Reads row objects.</param>
    /// <param name="strings">Where the strings of each column go; null for other types.</param>
    /// <param name="identity">Hashes what the index finds rows by; null when there is none.</param>
    public static Result Run(
        TableShape shape,
        IReadOnlyList<(int Number, LiveSegment Segment)> segments,
        StandardRowStore inline,
        ColumnStrings?[] strings,
        KeyLayout? identity)
    {
        int count = segments.Sum(segment => segment.Segment.RowCount - segment.Segment.DeadRows);
        int[] sources = new int[count];
        uint[] hashes = identity is null ? [] : new uint[count];
        OpenColumn[] open = [.. shape.Schema.Fields.Select((field, ordinal) => OpenColumn.Create(field.Type, strings[ordinal]))];
        var scan = new SegmentScan(segments.Select(segment => segment.Segment), shape.AllColumns, inline);
        int rows = 0;
        foreach ((int number, LiveSegment segment) in segments)
        {
            int first = rows;
            foreach (int place in segment.LivePlaces()) { sources[rows++] = number << CompactSegment.RowBits | place; }

            foreach (Batch batch in scan.Read(segment))
            {
                for (int ordinal = 0; ordinal < open.Length; ordinal++) { open[ordinal].Append(batch[ordinal], 0, batch.RowCount); }

                if (identity is not null) { Hash(identity, batch, hashes.AsSpan(first)); }

                first += batch.RowCount;
            }
        }

        EncodedColumn[] columns = [.. open.Select(column => column.Seal())];
        return new Result(new SegmentRows(columns, count), sources, hashes);
    }

    private static void Hash(KeyLayout identity, Batch batch, Span<uint> hashes)
    {
        ulong[] wide = new ulong[batch.RowCount];
        identity.Hash(batch, 0, batch.RowCount, wide);
        for (int row = 0; row < wide.Length; row++) { hashes[row] = KeyIndex.Shorten(wide[row]); }
    }
}
