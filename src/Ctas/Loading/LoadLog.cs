using Microsoft.Extensions.Logging;

namespace Ctas.Loading;

/// <summary>What a load logs. Every failure logged here is also in the load's result.</summary>
internal static partial class LoadLog
{
    [LoggerMessage(1, LogLevel.Information, "Loading {TableCount} tables in {WaveCount} waves, {MaxParallelism} at a time")]
    public static partial void LoadStarted(ILogger logger, int tableCount, int waveCount, int maxParallelism);

    [LoggerMessage(2, LogLevel.Information, "Loaded {Successful} of {Total} tables in {Duration}: {Failed} failed, {Skipped} skipped, {Cancelled} cancelled")]
    public static partial void LoadEnded(ILogger logger, int successful, int total, TimeSpan duration, int failed, int skipped, int cancelled);

    [LoggerMessage(3, LogLevel.Debug, "Table {Table} of wave {Wave} starts after {QueueTime} in the queue")]
    public static partial void TableStarted(ILogger logger, string table, int wave, TimeSpan queueTime);

    [LoggerMessage(4, LogLevel.Information, "Table {Table} is ready: {Rows} rows from {Records} records in {RunTime}")]
    public static partial void TableReady(ILogger logger, string table, long rows, long records, TimeSpan runTime);

    [LoggerMessage(5, LogLevel.Error, "Table {Table} failed while {Phase}")]
    public static partial void TableFailed(ILogger logger, string table, LoadPhase phase, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "Table {Table} is skipped because of {Cause}")]
    public static partial void TableSkipped(ILogger logger, string table, string cause);

    [LoggerMessage(7, LogLevel.Warning, "Table {Table} is cancelled: {Reason}")]
    public static partial void TableCancelled(ILogger logger, string table, string reason);

    [LoggerMessage(8, LogLevel.Warning, "Table {Table}: {Warning}")]
    public static partial void TableWarning(ILogger logger, string table, string warning);

    [LoggerMessage(9, LogLevel.Information, "Table {Table} is stored: {Rows} rows in {Bytes} bytes after {Duration}")]
    public static partial void TableStored(ILogger logger, string table, long rows, long bytes, TimeSpan duration);

    [LoggerMessage(10, LogLevel.Warning, "{Count} unfinished snapshots of an earlier process are removed")]
    public static partial void UnfinishedRemoved(ILogger logger, int count);

    [LoggerMessage(11, LogLevel.Information, "Table {Table} is loaded in full: {Reason}")]
    public static partial void NotContinued(ILogger logger, string table, string reason);

    [LoggerMessage(13, LogLevel.Information, "Table {Table} is not stored and will be loaded in full by the next start: {Reason}")]
    public static partial void LiveNotStored(ILogger logger, string table, string reason);

    [LoggerMessage(
        12,
        LogLevel.Warning,
        "Table {Table} is to be loaded again: group {Group} has given this member other partitions of {Source}")]
    public static partial void ShareEnded(ILogger logger, string table, string group, string source);
}
