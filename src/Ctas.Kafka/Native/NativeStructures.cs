using System.Runtime.InteropServices;

using Confluent.Kafka;

namespace Ctas.Kafka.Native;

/// <summary>rd_kafka_message_t: a record, an error, or the end of a partition.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMessage
{
    public ErrorCode Error;
    public nint Topic;
    public int Partition;
    public byte* Value;
    public nuint ValueLength;
    public byte* Key;
    public nuint KeyLength;
    public long Offset;
    public nint Private;
}

/// <summary>rd_kafka_topic_partition_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeTopicPartition
{
    public nint Topic;
    public int Partition;
    public long Offset;
    public nint Metadata;
    public nuint MetadataSize;
    public nint Opaque;
    public ErrorCode Error;
    public nint Private;
}

/// <summary>rd_kafka_topic_partition_list_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTopicPartitionList
{
    public int Count;
    public int Size;
    public NativeTopicPartition* Items;
}

/// <summary>rd_kafka_metadata_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMetadata
{
    public int BrokerCount;
    public nint Brokers;
    public int TopicCount;
    public NativeTopicMetadata* Topics;
    public int OriginBrokerId;
    public nint OriginBrokerName;
}

/// <summary>rd_kafka_metadata_topic_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTopicMetadata
{
    public nint Topic;
    public int PartitionCount;
    public NativePartitionMetadata* Partitions;
    public ErrorCode Error;
}

/// <summary>rd_kafka_metadata_partition_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativePartitionMetadata
{
    public int Id;
    public ErrorCode Error;
    public int Leader;
    public int ReplicaCount;
    public nint Replicas;
    public int InSyncReplicaCount;
    public nint InSyncReplicas;
}
