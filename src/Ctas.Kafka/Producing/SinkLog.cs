using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Producing;

/// <summary>The log lines of Kafka sinks.</summary>
internal static partial class SinkLog
{
    [LoggerMessage(EventId = 4201, Level = LogLevel.Debug, Message = "{Facility}: {Line}")]
    public static partial void Client(ILogger logger, string facility, string line);

    [LoggerMessage(EventId = 4202, Level = LogLevel.Warning, Message = "sink {Sink}: {Reason}")]
    public static partial void ClientError(ILogger logger, string sink, string reason);
}
