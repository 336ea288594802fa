using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>How far one partition was read. Owned by the scan's thread.</summary>
/// <param name="ordinal">Ordinal among the partitions of the scan.</param>
/// <param name="partition">The partition with its captured range.</param>
internal sealed class PartitionReading(int ordinal, SourcePartition partition)
{
    public int Ordinal { get; } = ordinal;

    public int Id { get; } = partition.Id;

    public string Name { get; } = partition.Name;

    /// <summary>The captured end, exclusive.</summary>
    public long End { get; } = partition.Range.End;

    /// <summary>The next offset to read.</summary>
    public long Position { get; private set; } = partition.Range.Start;

    /// <summary>True when there is no captured end: the partition is read on as it grows.</summary>
    public bool IsEndless => End == long.MaxValue;

    /// <summary>True when the position has reached the captured end.</summary>
    public bool IsDone => Position >= End;

    /// <summary>Moves on; never back, and never past the captured end.</summary>
    public void MoveTo(long position) => Position = Math.Min(Math.Max(position, Position), End);
}
