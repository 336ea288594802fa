using Microsoft.Extensions.Logging;

namespace Ctas.Maintenance;

/// <summary>The log lines of maintenance.</summary>
internal static partial class MaintenanceLog
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "keeping {Tables} tables fresh over {Sources} sources")]
    public static partial void Following(ILogger logger, int tables, int sources);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "table {Table} is kept fresh no longer")]
    public static partial void TableFailed(ILogger logger, string table, Exception exception);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Warning, Message = "source {Source}: {Warning}")]
    public static partial void SourceWarning(ILogger logger, string source, string warning);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Debug, Message = "maintenance stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Critical, Message = "maintenance broke down")]
    public static partial void Broken(ILogger logger, Exception exception);
}
