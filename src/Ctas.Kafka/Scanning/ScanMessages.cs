using System.Globalization;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;

namespace Ctas.Kafka.Scanning;

/// <summary>The words for what can go wrong with a scan: what, where, and at which offset.</summary>
internal static class ScanMessages
{
    public static string Failed(KafkaFault fault, PartitionReading partition, int retries)
    {
        string place = $"{partition.Name} at offset {partition.Position}";
        return fault.Code switch
        {
            ErrorCode.OffsetOutOfRange or ErrorCode.Local_AutoOffsetReset =>
                $"cannot read {place}: the records there are gone, retention has overtaken the load ({fault.Reason})",
            ErrorCode.Local_LogTruncation when partition.IsEndless =>
                $"cannot read {place}: its log was cut, records that were read are gone ({fault.Reason}); load it again",
            ErrorCode.Local_LogTruncation =>
                $"cannot read {place} up to its end at {partition.End}: records were lost, {fault.Reason}",
            ErrorCode.UnknownTopicId => $"cannot read {place}: the topic was made anew, or its log was cut: {fault.Reason}; load it again",
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition =>
                $"cannot read {place}: the topic or partition is gone ({fault.Reason})",
            ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
                $"cannot read {place}: not authorized ({fault.Reason})",
            _ when fault.IsTransient => $"could not read {place} after {retries} retries: {fault.Reason}",
            _ => $"cannot read {place}: {fault.Reason}",
        };
    }

    /// <param name="fault">What happened.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="brokers">Where the brokers are said to be; null where that is not known.</param>
    /// <param name="retries">How often it was tried again.</param>
    public static string NotOpened(KafkaFault fault, string topic, string? brokers, int retries)
    {
        string place = brokers is null ? $"topic \"{topic}\"" : $"topic \"{topic}\" at {brokers}";
        string reason = $"{ClientReason.Of(fault.Reason)} ({fault.Code})";
        return fault.Code switch
        {
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => $"topic \"{topic}\" not found",
            ErrorCode.UnknownTopicId => $"topic \"{topic}\" was made anew: {fault.Reason}; load it again",
            ErrorCode.TopicAuthorizationFailed => $"not authorized to read topic \"{topic}\"",
            _ when fault.IsRefusedLogin =>
                $"cannot open {place}: the login was refused: {reason}; check kafka.security.protocol and kafka.sasl.*",
            ErrorCode.Local_Ssl when fault.IsFinal =>
                $"cannot open {place}: the TLS handshake failed: {reason}; check kafka.security.protocol and kafka.ssl.*",
            _ when fault.IsTransient => $"could not reach {place} after {retries} retries: {reason}{WayOut(fault)}",
            _ => $"cannot open {place}: {reason}",
        };
    }

    /// <param name="topic">The topic.</param>
    /// <param name="unread">For how long what was read now had been unread, at most.</param>
    /// <param name="kept">For how long compaction leaves tombstones.</param>
    public static string TombstonesMayBeGone(string topic, TimeSpan unread, TimeSpan kept) => string.Create(
        CultureInfo.InvariantCulture,
        $"topic \"{topic}\" was not read for {unread:g}, longer than its delete.retention.ms of {kept:g}: compaction may have removed deletions that nobody has seen; load it again");

    private static string WayOut(KafkaFault fault) => fault.Code is
        ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve or ErrorCode.Local_TimedOut
        ? "; check that \"bootstrap.servers\" names brokers that run and can be reached from here"
        : "";

    public static string StartIsGone(string partition, long start, long earliest) =>
        $"cannot read {partition} at offset {start}: its first offset is {earliest} now";

    public static string StartIsBeyondEnd(string partition, long start, long end) =>
        $"cannot read {partition} at offset {start}: its end is {end}";

    public static string NoSuchPartition(string topic, int partition) =>
        $"topic \"{topic}\" has no partition {partition}";

    public static string PartitionsAdded(string topic, IEnumerable<int> partitions) =>
        $"partitions were added to topic \"{topic}\" during the load and not read: {string.Join(", ", partitions)}";

    public static string PartitionsNotChecked(string topic, string reason) =>
        $"could not check whether partitions were added to topic \"{topic}\" during the load: {reason}";
}
