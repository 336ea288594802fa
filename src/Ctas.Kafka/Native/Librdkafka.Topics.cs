using System.Runtime.InteropServices;

using Confluent.Kafka;

namespace Ctas.Kafka.Native;

/// <content>Asking a broker to describe a topic and its configuration.</content>
internal static unsafe partial class Librdkafka
{
    [LibraryImport(Library, EntryPoint = "rd_kafka_controllerid")]
    internal static partial int ControllerId(nint client, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_new")]
    internal static partial nint QueueNew(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_poll")]
    internal static partial nint QueuePoll(nint queue, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error")]
    internal static partial ErrorCode EventError(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_destroy")]
    internal static partial void EventDestroy(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicCollection_of_topic_names")]
    internal static partial nint TopicNames(byte** names, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicCollection_destroy")]
    internal static partial void TopicNamesDestroy(nint names);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeTopics")]
    internal static partial void DescribeTopics(nint client, nint names, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_DescribeTopics_result")]
    internal static partial nint DescribeTopicsResult(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeTopics_result_topics")]
    internal static partial nint* DescribedTopics(nint result, out nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_error")]
    internal static partial nint DescriptionError(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_topic_id")]
    internal static partial nint DescriptionId(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_Uuid_base64str")]
    internal static partial byte* UuidText(nint id);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigResource_new")]
    internal static partial nint ConfigResource(int type, byte* name);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigResource_destroy")]
    internal static partial void ConfigResourceDestroy(nint resource);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeConfigs")]
    internal static partial void DescribeConfigs(nint client, nint* resources, nuint count, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_DescribeConfigs_result")]
    internal static partial nint DescribeConfigsResult(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeConfigs_result_resources")]
    internal static partial nint* DescribedConfigs(nint result, out nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigResource_error")]
    internal static partial ErrorCode ConfigResourceError(nint resource);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigResource_configs")]
    internal static partial nint* ConfigEntries(nint resource, out nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigEntry_name")]
    internal static partial byte* ConfigName(nint entry);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigEntry_value")]
    internal static partial byte* ConfigValue(nint entry);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_code")]
    internal static partial ErrorCode CodeOf(nint error);
}
