using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Producing;

/// <summary>The log lines of Kafka sinks.</summary>
internal static partial class SinkLog
{
    [LoggerMessage(EventId = 4201, Level = LogLevel.Debug, Message = "{Facility}: {Line}")]
    public static partial void Client(ILogger logger, string facility, string line);

    [LoggerMessage(EventId = 4202, Level = LogLevel.Warning, Message = "sink {Sink}: {Reason}")]
    public static partial void ClientError(ILogger logger, string sink, string reason);

    [LoggerMessage(
        EventId = 4203,
        Level = LogLevel.Warning,
        Message = "sink {Sink}: its positions were not kept, so that a restart begins at older ones: {Reason}")]
    public static partial void PositionsNotKept(ILogger logger, string sink, string reason);

    [LoggerMessage(
        EventId = 4204,
        Level = LogLevel.Warning,
        Message = "sink {Sink}: its transaction was not aborted, the broker ends it: {Reason}")]
    public static partial void NotAborted(ILogger logger, string sink, string reason);

    [LoggerMessage(
        EventId = 4205,
        Level = LogLevel.Warning,
        Message = "sink {Sink}: a call of its client is still under way, and it is closed when that ends")]
    public static partial void ClosingLater(ILogger logger, string sink);
}
