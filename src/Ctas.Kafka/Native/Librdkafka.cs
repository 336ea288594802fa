using System.Runtime.InteropServices;
using System.Text;

using Confluent.Kafka;

namespace Ctas.Kafka.Native;

/// <summary>The part of librdkafka's C interface that a scan needs (rdkafka.h, version 2.16).</summary>
/// <remarks>
/// Called directly because the batch call hands over records without a managed object for each: the managed client's
/// Consume() costs about 470 bytes and half a microsecond of its own per record.
/// </remarks>
internal static unsafe partial class Librdkafka
{
    internal const int ConsumerType = 1;
    internal const int WithoutClosing = 0x8;

    private const string Library = LibrdkafkaLibrary.Name;
    private const StringMarshalling Utf8 = StringMarshalling.Utf8;

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_destroy")]
    internal static partial void ConfDestroy(nint configuration);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = Utf8)]
    internal static partial ConfResult ConfSet(
        nint configuration, string name, string value, Span<byte> error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_dump")]
    internal static partial nint* ConfDump(nint configuration, out nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_dump_free")]
    internal static partial void ConfDumpFree(nint* entries, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_opaque")]
    internal static partial void ConfSetOpaque(nint configuration, nint opaque);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_error_cb")]
    internal static partial void ConfSetErrorCallback(
        nint configuration, delegate* unmanaged[Cdecl]<nint, ErrorCode, byte*, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_log_cb")]
    internal static partial void ConfSetLogCallback(
        nint configuration, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> callback);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_stats_cb")]
    internal static partial void ConfSetStatisticsCallback(
        nint configuration, delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint, int> callback);

    [LibraryImport(Library, EntryPoint = "rd_kafka_opaque")]
    internal static partial nint Opaque(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    internal static partial nint New(int type, nint configuration, Span<byte> error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy_flags")]
    internal static partial void Destroy(nint client, int flags);

    // Serves callbacks; a consumer's messages are on another queue.
    [LibraryImport(Library, EntryPoint = "rd_kafka_poll")]
    internal static partial int Poll(nint client, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_main")]
    internal static partial nint QueueGetMain(nint client);

    // Ends the wait of who polls the queue, also one that has not begun.
    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_yield")]
    internal static partial void QueueYield(nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_consumer")]
    internal static partial nint QueueGetConsumer(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_destroy")]
    internal static partial void QueueDestroy(nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_batch_queue")]
    internal static partial nint ConsumeBatch(
        nint queue, int timeoutMilliseconds, NativeMessage** messages, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_destroy")]
    internal static partial void MessageDestroy(NativeMessage* message);

    // Reads a field: quicker than the switch of modes around a call.
    [LibraryImport(Library, EntryPoint = "rd_kafka_message_timestamp")]
    [SuppressGCTransition]
    internal static partial long MessageTimestamp(NativeMessage* message, out int type);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_leader_epoch")]
    internal static partial int MessageLeaderEpoch(NativeMessage* message);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_get_leader_epoch")]
    internal static partial int GetLeaderEpoch(NativeTopicPartition* partition);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_set_leader_epoch")]
    internal static partial void SetLeaderEpoch(NativeTopicPartition* partition, int epoch);

    // With a leader epoch the client asks the leader whether the log still leads to the offset.
    [LibraryImport(Library, EntryPoint = "rd_kafka_seek_partitions")]
    internal static partial nint Seek(nint client, NativeTopicPartitionList* partitions, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_destroy")]
    internal static partial void ErrorDestroy(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_headers")]
    internal static partial ErrorCode MessageHeaders(NativeMessage* message, out nint headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_cnt")]
    internal static partial nuint HeaderCount(nint headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_get_all")]
    internal static partial ErrorCode HeaderGetAll(
        nint headers, nuint index, out byte* name, out byte* value, out nuint valueLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = Utf8)]
    internal static partial nint TopicNew(nint client, string topic, nint configuration);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    internal static partial void TopicDestroy(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_metadata")]
    internal static partial ErrorCode Metadata(
        nint client, int allTopics, nint topic, out NativeMetadata* metadata, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_metadata_destroy")]
    internal static partial void MetadataDestroy(NativeMetadata* metadata);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_new")]
    internal static partial NativeTopicPartitionList* PartitionListNew(int size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_add", StringMarshalling = Utf8)]
    internal static partial NativeTopicPartition* PartitionListAdd(
        NativeTopicPartitionList* list, string topic, int partition);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_destroy")]
    internal static partial void PartitionListDestroy(NativeTopicPartitionList* list);

    [LibraryImport(Library, EntryPoint = "rd_kafka_offsets_for_times")]
    internal static partial ErrorCode OffsetsForTimes(
        nint client, NativeTopicPartitionList* partitions, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_assign")]
    internal static partial ErrorCode Assign(nint client, NativeTopicPartitionList* partitions);

    [LibraryImport(Library, EntryPoint = "rd_kafka_pause_partitions")]
    internal static partial ErrorCode Pause(nint client, NativeTopicPartitionList* partitions);

    [LibraryImport(Library, EntryPoint = "rd_kafka_position")]
    internal static partial ErrorCode Position(nint client, NativeTopicPartitionList* partitions);

    // What the last fetch response said; no request is made.
    [LibraryImport(Library, EntryPoint = "rd_kafka_get_watermark_offsets", StringMarshalling = Utf8)]
    internal static partial ErrorCode GetWatermarkOffsets(
        nint client, string topic, int partition, out long low, out long high);

    [LibraryImport(Library, EntryPoint = "rd_kafka_clusterid")]
    internal static partial byte* ClusterId(nint client, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mem_free")]
    internal static partial void MemoryFree(nint client, void* memory);

    /// <summary>The zero-terminated UTF-8 text at the start of a buffer.</summary>
    internal static string Text(ReadOnlySpan<byte> buffer)
    {
        int end = buffer.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? buffer : buffer[..end]);
    }
}
