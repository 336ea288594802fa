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
            Librdkafka.PartitionListAdd(Handle, topic, position.Partition)->Offset = position.Offset;
        }
    }

    public NativeTopicPartitionList* Handle { get; private set; }

    public ReadOnlySpan<NativeTopicPartition> Items => new(Handle->Items, Handle->Count);

    public void Dispose()
    {
        if (Handle is null) { return; }

        Librdkafka.PartitionListDestroy(Handle);
        Handle = null;
    }
}
