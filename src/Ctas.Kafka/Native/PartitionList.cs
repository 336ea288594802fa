using Ctas.Kafka.Consuming;

namespace Ctas.Kafka.Native;

/// <summary>Owns a list of partitions and offsets as librdkafka takes and returns it.</summary>
internal sealed unsafe class PartitionList : IDisposable
{
    public PartitionList(string topic, IReadOnlyList<PartitionPosition> positions)
    {
        Handle = Librdkafka.PartitionListNew(positions.Count);
        foreach (PartitionPosition position in positions)
        {
            NativeTopicPartition* added = Librdkafka.PartitionListAdd(Handle, topic, position.Partition);
            added->Offset = position.Offset;
            if (position.LeaderEpoch is { } epoch) { Librdkafka.SetLeaderEpoch(added, epoch); }
        }
    }

    public NativeTopicPartitionList* Handle { get; private set; }

    public ReadOnlySpan<NativeTopicPartition> Items => new(Handle->Items, Handle->Count);

    /// <summary>An entry as a position; its offset is -1 where it has none.</summary>
    public PartitionPosition PositionAt(int entry)
    {
        NativeTopicPartition* partition = Handle->Items + entry;
        return new PartitionPosition(partition->Partition, Math.Max(-1, partition->Offset))
        {
            LeaderEpoch = Librdkafka.GetLeaderEpoch(partition) is var epoch and >= 0 ? epoch : null,
        };
    }

    public void Dispose()
    {
        if (Handle is null) { return; }

        Librdkafka.PartitionListDestroy(Handle);
        Handle = null;
    }
}
