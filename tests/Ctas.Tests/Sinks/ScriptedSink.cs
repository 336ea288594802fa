using System.Text;
using Ctas.Sinks;
using Ctas.Sources;

namespace Ctas.Tests.Sinks;

/// <summary>Sinks over topics that keep what they are given in memory, and fail or wait when a test says so.</summary>
internal sealed class ScriptedSinks : ISinkFactory
{
    private readonly Lock _lock = new();
    private readonly List<string> _records = [];

    /// <summary>Called before each write and commit: may throw, or wait.</summary>
    public Func<string, CancellationToken, ValueTask> Before { get; set; } = (_, _) => ValueTask.CompletedTask;

    /// <summary>What the sinks warn of; null for nothing.</summary>
    public string? Warning { get; set; }

    /// <summary>Sinks that are open.</summary>
    public int Open { get; private set; }

    /// <summary>What was committed, in order: <c>key=value</c>, <c>key=</c> for a tombstone.</summary>
    public string[] Records
    {
        get
        {
            lock (_lock) { return [.. _records]; }
        }
    }

    public bool CanCreate(SourceLocation location) => location is TopicLocation;

    public IReadOnlyList<string> Validate(SinkDefinition definition) => [];

    public ISink Create(SinkDefinition definition, SourceServices services)
    {
        lock (_lock) { Open++; }

        return new Sink(this, definition);
    }

    private sealed class Sink(ScriptedSinks owner, SinkDefinition definition) : ISink
    {
        private readonly SinkRecords _encoder = new(definition);
        private readonly List<string> _written = [];

        public string? Warning => owner.Warning;

        public ValueTask<SinkProgress> GetProgressAsync(IReadOnlyCollection<string> sources, CancellationToken cancellationToken) =>
            ValueTask.FromResult(SinkProgress.None);

        public ValueTask BeginAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken) =>
            ValueTask.CompletedTask;

        public async ValueTask<SinkWritten> WriteAsync(SinkBatch batch, CancellationToken cancellationToken)
        {
            await owner.Before("write", cancellationToken);
            return _encoder.Write(batch, (in SinkRecord record) => _written.Add(Text(in record)));
        }

        public async ValueTask CommitAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken)
        {
            try { await owner.Before("commit", cancellationToken); }
            catch
            {
                _written.Clear();
                throw;
            }

            lock (owner._lock) { owner._records.AddRange(_written); }

            _written.Clear();
        }

        public ValueTask DisposeAsync()
        {
            lock (owner._lock) { owner.Open--; }

            return ValueTask.CompletedTask;
        }

        private static string Text(in SinkRecord record) =>
            $"{(record.HasKey ? Encoding.UTF8.GetString(record.Key) + "=" : "")}{Encoding.UTF8.GetString(record.Value)}";
    }
}
