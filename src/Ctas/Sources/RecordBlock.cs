using System.Buffers;

namespace Ctas.Sources;

/// <summary>Whole records of one partition, one behind the other as they lie in a file. Single-threaded.</summary>
/// <remarks>The memory is rented; its bytes are followed by <see cref="JsonText.Padding"/> bytes of zero.</remarks>
internal sealed class RecordBlock(byte[] bytes)
{
    /// <summary>The memory; records lie from <see cref="Start"/> to <see cref="End"/>.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>Where the next record begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where the last record ends.</summary>
    public required int End { get; init; }

    /// <summary>Offset in the partition of the next record.</summary>
    public required long Offset { get; set; }

    /// <summary>The line on which the next record begins, 1-based.</summary>
    public required long LineNumber { get; set; }

    /// <summary>Ordinal of the partition.</summary>
    public required int PartitionOrdinal { get; init; }

    /// <summary>The time of all records, in milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long TimestampMilliseconds { get; init; }

    /// <summary>True when no record is left.</summary>
    public bool IsEmpty => Start == End;

    /// <summary>Gives the memory back; the block is used up.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(Bytes);

    /// <summary>Goes past the first records.</summary>
    public void Consume(int bytes, int lines)
    {
        Start += bytes;
        Offset += bytes;
        LineNumber += lines;
    }
}
