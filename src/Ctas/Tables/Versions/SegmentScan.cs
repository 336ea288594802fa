using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Versions;

/// <summary>Reads the live rows of segments as operators take them. Single-threaded.</summary>
internal sealed class SegmentScan
{
    private const int ObjectRows = 8192;

    private readonly OrdinalList _columns;
    private readonly StandardRowStore _inline;

    // Of the segments that are encoded, and which of those each is.
    private readonly ScanStrings?[] _strings;
    private readonly Dictionary<LiveSegment, int> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>Begins to read some columns.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="columns">The ordinals of the columns.</param>
    /// <param name="inline">Reads row objects.</param>
    public SegmentScan(IEnumerable<LiveSegment> segments, OrdinalList columns, StandardRowStore inline)
    {
        _columns = columns;
        _inline = inline;
        var encoded = new List<EncodedColumn[]>();
        foreach (LiveSegment segment in segments)
        {
            if (segment.Rows.Columns is not { } of) { continue; }

            _numbers.Add(segment, encoded.Count);
            encoded.Add(of);
        }

        _strings = [.. columns.Select(ordinal => PhysicalTypes.Of(inline.TypeOf(ordinal)) == PhysicalType.Bytes
            ? ScanStrings.Of([.. encoded.Select(of => of[ordinal])], areDistinct: false)
            : null)];
    }

    /// <summary>The live rows of one of the segments.</summary>
    public IEnumerable<Batch> Read(LiveSegment segment)
    {
        if (segment.Rows.Columns is { } encoded)
        {
            yield return Read(segment, encoded);
            yield break;
        }

        var rows = new List<byte[]>(ObjectRows);
        for (int place = 0; place < segment.RowCount; place++)
        {
            if (segment.Deleted[place]) { continue; }

            rows.Add(segment.Rows.Objects![place]!);
            if (rows.Count < ObjectRows) { continue; }

            yield return RowBatches.Create(_inline, rows, _columns);
            rows.Clear();
        }

        if (rows.Count > 0) { yield return RowBatches.Create(_inline, rows, _columns); }
    }

    private Batch Read(LiveSegment segment, EncodedColumn[] encoded)
    {
        var read = new Column[_columns.Count];
        for (int column = 0; column < read.Length; column++)
        {
            read[column] = _strings[column]?.Read(_numbers[segment]) ?? SegmentValues.Of(encoded[_columns[column]]);
        }

        var batch = new Batch(read, segment.RowCount);
        return segment.DeadRows == 0 ? batch : batch.Gather(segment.LivePlaces());
    }
}
