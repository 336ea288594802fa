using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Scanning;

/// <summary>The log lines of Kafka scans.</summary>
internal static partial class ScanLog
{
    [LoggerMessage(
        EventId = 4101,
        Level = LogLevel.Warning,
        Message = "reading {Partition} from offset {Offset} again in {Delay}: {Reason}")]
    public static partial void Retrying(
        ILogger logger, string partition, long offset, TimeSpan delay, string reason);

    [LoggerMessage(
        EventId = 4102, Level = LogLevel.Warning, Message = "opening topic {Topic} again in {Delay}: {Reason}")]
    public static partial void RetryingToOpen(ILogger logger, string topic, TimeSpan delay, string reason);

    [LoggerMessage(EventId = 4103, Level = LogLevel.Information, Message = "waiting for topic {Topic} to be created")]
    public static partial void WaitingForTopic(ILogger logger, string topic);

    [LoggerMessage(EventId = 4104, Level = LogLevel.Debug, Message = "scanning {Partitions} partitions of {Topic} with {Readers} consumers")]
    public static partial void Scanning(ILogger logger, string topic, int partitions, int readers);

    [LoggerMessage(
        EventId = 4105, Level = LogLevel.Information, Message = "following {Partitions} partitions of {Topic}")]
    public static partial void Following(ILogger logger, string topic, int partitions);

    [LoggerMessage(
        EventId = 4106,
        Level = LogLevel.Warning,
        Message = "partitions were added to topic {Topic} and are read from their first record on: {Added}")]
    public static partial void PartitionsJoin(ILogger logger, string topic, string added);

    [LoggerMessage(
        EventId = 4107,
        Level = LogLevel.Warning,
        Message = "could not check whether partitions were added to topic {Topic}: {Reason}")]
    public static partial void PartitionsNotChecked(ILogger logger, string topic, string reason);

    [LoggerMessage(
        EventId = 4108,
        Level = LogLevel.Information,
        Message = "group {Group} has given this member the partitions {Partitions} of topic {Topic}")]
    public static partial void ShareGiven(ILogger logger, string group, string topic, string partitions);

    [LoggerMessage(EventId = 4109, Level = LogLevel.Debug, Message = "group member: {Facility}: {Line}")]
    public static partial void MemberClient(ILogger logger, string facility, string line);

    [LoggerMessage(EventId = 4110, Level = LogLevel.Warning, Message = "topic {Topic}: {Reason}")]
    public static partial void Faulty(ILogger logger, string topic, string reason);
}
