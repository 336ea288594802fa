using Microsoft.Extensions.Logging;

namespace Ctas.Maintenance;

/// <summary>The log lines of deliveries.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(EventId = 5101, Level = LogLevel.Information, Message = "delivering table {Table} to sink {Sink}")]
    public static partial void Delivering(ILogger logger, string table, string sink);

    [LoggerMessage(EventId = 5102, Level = LogLevel.Warning, Message = "sink {Sink} is tried again in {Delay}: {Reason}")]
    public static partial void Retrying(ILogger logger, string sink, TimeSpan delay, string reason);

    [LoggerMessage(EventId = 5103, Level = LogLevel.Error, Message = "table {Table} is delivered to sink {Sink} no longer")]
    public static partial void Failed(ILogger logger, string table, string sink, Exception exception);

    [LoggerMessage(EventId = 5104, Level = LogLevel.Warning, Message = "sink {Sink} was closed before it had {Changes} changes of table {Table}")]
    public static partial void NotDelivered(ILogger logger, string sink, string table, long changes);

    [LoggerMessage(EventId = 5105, Level = LogLevel.Warning, Message = "sink {Sink} could not be closed")]
    public static partial void NotClosed(ILogger logger, string sink, Exception exception);

    [LoggerMessage(EventId = 5106, Level = LogLevel.Warning, Message = "sink {Sink} is too slow: the sources of table {Table} wait for it")]
    public static partial void Full(ILogger logger, string sink, string table);
}
