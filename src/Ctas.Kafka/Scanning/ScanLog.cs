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

    [LoggerMessage(EventId = 4104, Level = LogLevel.Debug, Message = "scanning {Partitions} partitions of {Topic}")]
    public static partial void Scanning(ILogger logger, string topic, int partitions);
}
