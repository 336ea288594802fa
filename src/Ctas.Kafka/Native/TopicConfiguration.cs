using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

using Confluent.Kafka;

namespace Ctas.Kafka.Native;

/// <summary>How brokers are configured to keep the records of a topic.</summary>
internal static unsafe class TopicConfiguration
{
    private const int TopicResource = 2;

    /// <summary>
    /// For how long compaction leaves tombstones: <c>delete.retention.ms</c>, or <see cref="TimeSpan.MaxValue"/> where the topic is
    /// not compacted. Null where brokers do not say: no permission, too old, no answer in time.
    /// </summary>
    public static TimeSpan? GetTombstoneRetention(nint client, string topic, int timeoutMilliseconds) =>
        ControllerRequest.Ask(client, timeoutMilliseconds, queue => Request(client, topic, queue), RetentionOf);

    /// <summary>What two properties of a topic say; null where one that is needed is missing or no number.</summary>
    internal static TimeSpan? RetentionOf(string? cleanupPolicy, string? deleteRetention)
    {
        if (cleanupPolicy is null) { return null; }

        if (!cleanupPolicy.Contains("compact", StringComparison.Ordinal)) { return TimeSpan.MaxValue; }

        if (!long.TryParse(deleteRetention, NumberStyles.Integer, CultureInfo.InvariantCulture, out long milliseconds)) { return null; }

        // Brokers take numbers that are longer than any time here.
        return milliseconds < TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.MaxValue;
    }

    private static void Request(nint client, string topic, nint queue)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(topic + '\0'))
        {
            nint resource = Librdkafka.ConfigResource(TopicResource, name);
            Librdkafka.DescribeConfigs(client, &resource, 1, options: 0, queue);
            Librdkafka.ConfigResourceDestroy(resource);
        }
    }

    private static TimeSpan? RetentionOf(nint answer)
    {
        if (Librdkafka.EventError(answer) != ErrorCode.NoError) { return null; }

        nint* topics = Librdkafka.DescribedConfigs(Librdkafka.DescribeConfigsResult(answer), out nuint count);
        if (count == 0 || Librdkafka.ConfigResourceError(topics[0]) != ErrorCode.NoError) { return null; }

        nint* entries = Librdkafka.ConfigEntries(topics[0], out count);
        return RetentionOf(ValueOf("cleanup.policy", entries, count), ValueOf("delete.retention.ms", entries, count));
    }

    private static string? ValueOf(string name, nint* entries, nuint count)
    {
        for (nuint i = 0; i < count; i++)
        {
            if (Marshal.PtrToStringUTF8((nint)Librdkafka.ConfigName(entries[i])) == name)
            {
                return Marshal.PtrToStringUTF8((nint)Librdkafka.ConfigValue(entries[i]));
            }
        }

        return null;
    }
}
