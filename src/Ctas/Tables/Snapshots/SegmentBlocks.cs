using System.Buffers;
using Ctas.Data;

namespace Ctas.Tables.Snapshots;

/// <summary>How many rows the segments of a stored compact table have, and which of them are deleted.</summary>
/// <remarks>Layout: number of segments (8) · of each: its rows (8) · words of its deletion bitmap, none without one.</remarks>
internal static class SegmentBlocks
{
    /// <summary>Larger columns do not fit a block; such a table is stored row by row.</summary>
    public const long MaxColumnBytes = 1 << 30;

    /// <summary>True when a table can be stored as it lies in memory.</summary>
    public static bool CanHold(CompactTable table) => Array.TrueForAll(
        table.Segments,
        segment => segment.Columns.Index().All(column => column.Item.SizeInBytes < MaxColumnBytes
            && (column.Item.Pool is null || ReferenceEquals(column.Item.Pool, table.Pools[column.Index]))));

    /// <summary>Appends the rows of segments.</summary>
    public static void Write(ReadOnlySpan<CompactSegment> segments, IBufferWriter<byte> block)
    {
        var writer = new BlockWriter(block);
        writer.Write(segments.Length);
        foreach (CompactSegment segment in segments)
        {
            writer.Write(segment.RowCount);
            writer.Write<ulong>(segment.Deleted is { } deleted ? deleted.Words : default);
        }
    }

    /// <summary>The rows of segments; all but the last are full.</summary>
    /// <exception cref="InvalidDataException">The block says something else.</exception>
    public static SegmentRows[] Read(ReadOnlyMemory<byte> block)
    {
        var reader = new BlockReader(block);
        long count = reader.ReadInt64();
        if (count < 0 || count > block.Length / sizeof(long)) { throw new InvalidDataException($"There are {count} segments."); }

        var segments = new SegmentRows[count];
        for (int segment = 0; segment < segments.Length; segment++)
        {
            long rows = reader.ReadInt64();
            bool isRight = rows is > 0 and <= CompactSegment.MaxRows && (rows == CompactSegment.MaxRows || segment == count - 1);
            if (!isRight) { throw new InvalidDataException($"Segment {segment} has {rows} rows."); }

            segments[segment] = new SegmentRows((int)rows, ReadDeleted(reader));
        }

        return segments;
    }

    private static Bitmap? ReadDeleted(BlockReader reader)
    {
        ulong[] words = reader.ReadArray<ulong>();
        if (words.Length == 0) { return null; }

        var deleted = new Bitmap(CompactSegment.MaxRows);
        if (words.Length != deleted.Words.Length) { throw new InvalidDataException("Deletions of another number of rows."); }

        words.CopyTo(deleted.Words);
        return deleted;
    }
}

/// <summary>The rows of a stored segment.</summary>
/// <param name="Count">Rows, deleted ones included.</param>
/// <param name="Deleted">Which are deleted; null when none is.</param>
internal readonly record struct SegmentRows(int Count, Bitmap? Deleted);
