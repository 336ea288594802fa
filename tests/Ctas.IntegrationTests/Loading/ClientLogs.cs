using System.Collections.Concurrent;

using Microsoft.Extensions.Logging;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Keeps what is logged at any level.</summary>
internal sealed class ClientLogs : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>True for a line that the log has no room for; it is kept, and then the log fails.</summary>
    public Predicate<string> Fails { get; init; } = _ => false;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        string line = formatter(state, exception);
        Lines.Enqueue(line);
        if (Fails(line)) { throw new IOException("the log is full"); }
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
