using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ctas.Tests.Sinks;

/// <summary>Keeps every line that is logged at Warning, or another level, or above. Safe for any number of threads.</summary>
internal sealed class CollectedLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>The least that is kept.</summary>
    public LogLevel Level { get; init; } = LogLevel.Warning;

    /// <summary>Called with each line that is kept, by the thread that logs it.</summary>
    public Action<string>? Logged { get; set; }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Level;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) { return; }

        string line = formatter(state, exception);
        _lines.Enqueue(line);
        Logged?.Invoke(line);
    }

    public void Dispose()
    {
    }
}
