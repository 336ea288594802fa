using System.Globalization;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>Makes a <see cref="LoadException"/> of whatever ended a table's load.</summary>
internal static class LoadFailures
{
    /// <summary>The failure with table and phase, and whether loading again may help.</summary>
    public static LoadException Wrap(TableTracker table, Exception error) => error as LoadException ?? new LoadException(
        table.Name, table.Phase, Describe(error), error is SourceException { IsTransient: true } or TimeoutException, error);

    /// <summary>The failure of a table that ran out of time, with how far it came.</summary>
    public static LoadException TimedOut(TableTracker table, TimeSpan limit)
    {
        TableProgress progress = table.ToProgress(table.StartedAt is { } started ? started + limit : limit);
        string partitions = string.Join(", ", progress.Partitions
            .Where(partition => partition.Lag > 0)
            .Take(3)
            .Select(partition => string.Create(
                CultureInfo.InvariantCulture, $"{partition.Name} at {partition.Position} of {partition.End}")));
        string message = string.Create(
            CultureInfo.InvariantCulture,
            $"timeout of {limit} reached after {progress.Records} records, {progress.Percent:0.#} %{(partitions.Length == 0 ? "" : $" ({partitions})")}");
        return new LoadException(table.Name, table.Phase, message, isTransient: true, new TimeoutException(message));
    }

    // Our own exceptions read well by themselves; the message of another may mean little without its type.
    private static string Describe(Exception error) =>
        error.GetType().Assembly == typeof(LoadFailures).Assembly ? error.Message : $"{error.GetType().Name}: {error.Message}";
}
