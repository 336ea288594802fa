using Confluent.Kafka;

using Ctas.Sinks;
using Ctas.Sources;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Producing;

/// <summary>
/// Writes the changes of a table to a topic in upsert form: a record a key, a tombstone where the row is gone.
/// </summary>
/// <remarks>
/// The producer is idempotent: within one life of the process the brokers keep each record once and in order. For
/// exactly-once, what is written up to a commit and the positions it was made from are one transaction: the positions are
/// committed as offsets of a group of the sink's own, so that a later process knows what its readers have seen. Such a
/// sink takes its transactional name once; when it loses it, it is over, and never takes it back from its successor.
/// </remarks>
internal sealed class KafkaSink(
    SinkDefinition definition,
    KafkaSinkSettings settings,
    Func<KafkaSinkSettings, ILogger, ISinkClient> connect,
    ILogger logger) : ISink
{
    // A commit whose answer is missing may have happened: it is asked for again, by the producer that began it.
    private const int MaxAttempts = 5;

    private readonly SinkRecords _records = new(definition);
    private ISinkClient? _client;
    private bool _isOver;
    private bool _isOpen;
    private volatile string? _warning;

    public string? Warning => _warning;

    private string Topic => ((TopicLocation)definition.Location).Topic;

    public async ValueTask<SinkProgress> GetProgressAsync(
        IReadOnlyCollection<string> sources, CancellationToken cancellationToken)
    {
        SinkProgress progress = SinkProgress.None;
        await RunAsync(client => progress = Progress(client, sources), cancellationToken).ConfigureAwait(false);
        return progress;
    }

    public async ValueTask BeginAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken)
    {
        if (settings.IsTransactional || positions.Count == 0) { return; }

        await RunAsync(client => Keep(client, settings.BegunGroup, positions), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<SinkWritten> WriteAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        var written = default(SinkWritten);
        Action<ISinkClient> write = client => written = Write(client, batch);
        cancellationToken.ThrowIfCancellationRequested();

        // Handing records to a client that is there takes no longer than encoding them.
        if (_client is not null) { Run(write); }
        else { await RunAsync(write, cancellationToken).ConfigureAwait(false); }

        return written;
    }

    public async ValueTask CommitAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken) =>
        await RunAsync(
            client =>
            {
                if (settings.IsTransactional) { CommitTransaction(client, positions, cancellationToken); }
                else { CommitRecords(client, positions); }
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (_isOpen)
        {
            // Readers of committed records wait for what is open.
            try { await RunAsync(client => client.Abort(), CancellationToken.None).ConfigureAwait(false); }
            catch (SinkException e) { SinkLog.ClientError(logger, definition.Name, e.Message); }
        }

        _isOver = true;
        Disconnect();
    }

    private SinkProgress Progress(ISinkClient client, IReadOnlyCollection<string> sources)
    {
        IReadOnlyList<SinkPosition> committed = client.GetPositions(settings.Group, sources);
        if (committed.Count > 0 || settings.IsTransactional) { return new SinkProgress(committed, HasRows: committed.Count > 0); }

        return new SinkProgress(client.GetPositions(settings.BegunGroup, sources), HasRows: false);
    }

    private SinkWritten Write(ISinkClient client, SinkBatch batch)
    {
        Begin(client);
        return _records.Write(batch, (in SinkRecord record) => client.Produce(Topic, in record));
    }

    private void Begin(ISinkClient client)
    {
        if (!settings.IsTransactional || _isOpen) { return; }

        client.Begin();
        _isOpen = true;
    }

    private void CommitTransaction(
        ISinkClient client, IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken)
    {
        Begin(client);
        if (positions.Count > 0) { Insist(() => client.SendPositions(positions), cancellationToken); }

        Insist(client.Commit, cancellationToken);
        _isOpen = false;
    }

    private void CommitRecords(ISinkClient client, IReadOnlyList<SinkPosition> positions)
    {
        client.Flush();
        if (positions.Count > 0) { Keep(client, settings.Group, positions); }
    }

    private void Keep(ISinkClient client, string group, IReadOnlyList<SinkPosition> positions)
    {
        try
        {
            client.KeepPositions(group, positions);
            _warning = null;
        }
        catch (KafkaException e)
        {
            // The records are there; a later process begins at older positions and writes some of them again.
            _warning = $"its positions were not kept, so that a restart begins at older ones: {e.Error.Reason}";
            SinkLog.PositionsNotKept(logger, definition.Name, e.Error.Reason);
        }
    }

    /// <summary>Repeats a call a few times where the client says that it may be.</summary>
    private static void Insist(Action call, CancellationToken cancellationToken = default)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                call();
                return;
            }
            catch (KafkaRetriableException) when (attempt < MaxAttempts && !cancellationToken.IsCancellationRequested)
            {
                // The call has waited for the brokers as long as the client does.
            }
        }
    }

    // The client's calls block: they have a thread of their own, and cancellation waits for the one that is under way.
    private async Task RunAsync(Action<ISinkClient> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Factory.StartNew(
            () => Run(work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);
    }

    private void Run(Action<ISinkClient> work)
    {
        try { work(_client ?? Connect()); }
        catch (KafkaException e)
        {
            throw settings.IsTransactional ? EndTransaction(e) : Lose(e);
        }
        catch (SinkException)
        {
            // A row without a form: nothing of its transaction is to be seen.
            Disconnect();
            _isOver |= settings.IsTransactional;
            throw;
        }
    }

    private ISinkClient Connect()
    {
        if (_isOver)
        {
            throw new SinkException(
                definition.Name, $"sink \"{definition.Name}\" has failed before and writes no more", isTransient: false);
        }

        ISinkClient client = connect(settings, logger);
        try
        {
            if (settings.IsTransactional) { Insist(client.TakeOver); }
        }
        catch
        {
            client.Dispose();
            throw;
        }

        return _client = client;
    }

    private SinkException Lose(KafkaException e)
    {
        // What a new producer does not know cannot confuse it.
        Disconnect();
        return Failure(e.Error, e, isTransient: true);
    }

    private SinkException EndTransaction(KafkaException e)
    {
        // Nothing was taken over yet: trying again takes nothing from anybody.
        if (_client is not { } client) { return Failure(e.Error, e, isTransient: true); }

        bool isAborted = TryAbort(client, e);
        if (!isAborted)
        {
            _isOver = true;
            Disconnect();
        }

        return Failure(e.Error, e, isAborted);
    }

    /// <summary>True when nothing of the open transaction will ever be seen, and the next one can begin.</summary>
    private bool TryAbort(ISinkClient client, KafkaException e)
    {
        if (e is not KafkaTxnRequiresAbortException && (e is KafkaRetriableException || e.Error.IsFatal || IsFencing(e.Error))) { return false; }

        if (!_isOpen) { return true; }

        try
        {
            Insist(client.Abort);
            _isOpen = false;
            return true;
        }
        catch (KafkaException abort)
        {
            // The first error says more: it is the one that is thrown.
            SinkLog.NotAborted(logger, definition.Name, abort.Error.Reason);
            return false;
        }
    }

    private void Disconnect()
    {
        _client?.Dispose();
        _client = null;
        _isOpen = false;
    }

    // Another producer has taken the name: both must not write.
    private static bool IsFencing(Error error) =>
        error.Code is ErrorCode.Local_Fenced or ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced;

    private SinkException Failure(Error error, Exception inner, bool isTransient)
    {
        bool isFenced = IsFencing(error);
        bool mayPass = error.IsLocalError || new Consuming.KafkaFault(error.Code, error.Reason).IsTransient;
        string reason = isFenced ? "another process writes to it under the same name" : error.Reason;
        return new SinkException(
            definition.Name,
            $"sink \"{definition.Name}\" could not write to topic \"{Topic}\": {reason}",
            isTransient && mayPass && !isFenced,
            inner);
    }
}
