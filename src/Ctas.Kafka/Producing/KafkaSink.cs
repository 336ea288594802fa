using Confluent.Kafka;

using Ctas.Kafka.Consuming;
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
    SinkConnect connect,
    TimeProvider time,
    ILogger logger) : ISink
{
    // What brokers that answer need to end a transaction; those that do not end it by themselves.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromMilliseconds(500);

    // A commit whose answer is missing may have happened: it is asked for again, by the producer that began it.
    private const int MaxAttempts = 5;

    private readonly SinkRecords _records = new(definition);
    private readonly TaskCompletionSource<Error> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ISinkClient? _client;

    // The call under way, or the last one. One that nobody waits for any more still has the client to itself.
    private Task _call = Task.CompletedTask;
    private bool _hasConnected;
    private bool _isOver;
    private bool _isOpen;

    // The open transaction has a part of a batch, which will be written again.
    private bool _isTorn;
    private volatile string? _warning;
    private volatile string? _fault;

    public string? Warning => _warning;

    public string? Fault => _fault;

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
        Action<ISinkClient> write = client => written = Write(client, batch, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();

        // Handing records to a client that is there takes no longer than encoding them.
        if (_client is not null && _call.IsCompleted) { Run(write, cancellationToken); }
        else { await RunAsync(write, cancellationToken).ConfigureAwait(false); }

        return written;
    }

    public async ValueTask CommitAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken) =>
        await RunAsync(
            client =>
            {
                if (settings.IsTransactional) { CommitTransaction(client, positions, cancellationToken); }
                else { CommitRecords(client, positions, cancellationToken); }
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        Task closing = Task.Run(CloseAsync);
        try { await closing.WaitAsync(ClosePatience, time).ConfigureAwait(false); }
        catch (TimeoutException) { SinkLog.ClosingLater(logger, definition.Name); }
    }

    /// <summary>Ends what is open, as soon as the call that is under way has ended.</summary>
    private async Task CloseAsync()
    {
        await _call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_isOpen)
        {
            // Readers of committed records wait for what is open.
            try { _client?.Abort(); }
            catch (KafkaException e) { SinkLog.NotAborted(logger, definition.Name, e.Error.Reason); }
        }

        Disconnect();
    }

    private SinkProgress Progress(ISinkClient client, IReadOnlyCollection<string> sources)
    {
        IReadOnlyList<SinkPosition> committed = client.GetPositions(settings.Group, sources);
        NoteAnswer();
        if (committed.Count > 0 || settings.IsTransactional) { return new SinkProgress(committed, HasRows: committed.Count > 0); }

        return new SinkProgress(client.GetPositions(settings.BegunGroup, sources), HasRows: false);
    }

    private SinkWritten Write(ISinkClient client, SinkBatch batch, CancellationToken cancellationToken)
    {
        Begin(client);
        return _records.Write(batch, (in SinkRecord record) => client.Produce(Topic, in record, cancellationToken));
    }

    private void Begin(ISinkClient client)
    {
        if (!settings.IsTransactional) { return; }

        if (_isTorn)
        {
            Insist(client.Abort);
            (_isOpen, _isTorn) = (false, false);
        }

        if (_isOpen) { return; }

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
        NoteAnswer();
    }

    private void CommitRecords(
        ISinkClient client, IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken)
    {
        client.Flush(cancellationToken);
        NoteAnswer();
        if (positions.Count > 0) { Keep(client, settings.Group, positions); }
    }

    private void Keep(ISinkClient client, string group, IReadOnlyList<SinkPosition> positions)
    {
        try
        {
            client.KeepPositions(group, positions);
            _warning = null;
            NoteAnswer();
        }
        catch (KafkaException e)
        {
            // The records are there; a later process begins at older positions and writes some of them again.
            _warning = $"its positions were not kept, so that a restart begins at older ones: {e.Error.Reason}";
            _fault = null;
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

    // The client's calls block, and cannot be cancelled: they have a thread of their own, and whoever waits can go.
    private async Task RunAsync(Action<ISinkClient> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _call.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        _call = Task.Factory.StartNew(
            () => Run(work, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task first = await Task.WhenAny(_call, _refused.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (first == _refused.Task) { throw Failure(await _refused.Task.ConfigureAwait(false), inner: null, isTransient: false); }

        await _call.ConfigureAwait(false);
    }

    private void Run(Action<ISinkClient> work, CancellationToken cancellationToken)
    {
        try
        {
            work(_client ?? Connect(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // While records were handed over, perhaps: those before are part of what is open.
            _isTorn = _isOpen;
            throw;
        }
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

    private ISinkClient Connect(CancellationToken cancellationToken)
    {
        if (_isOver)
        {
            throw new SinkException(
                definition.Name, $"sink \"{definition.Name}\" has failed before and writes no more", isTransient: false);
        }

        ISinkClient client = connect(settings, Note, logger);
        try
        {
            if (settings.IsTransactional)
            {
                Insist(() => client.TakeOver(cancellationToken), cancellationToken);
                NoteAnswer();
            }
        }
        catch
        {
            client.Dispose();
            throw;
        }

        return _client = client;
    }

    /// <summary>The brokers have answered. Handing records over says nothing of them: those wait with the client.</summary>
    private void NoteAnswer() => (_hasConnected, _fault) = (true, null);

    /// <summary>Keeps what the connection suffers from, and ends the wait for brokers that refuse the client.</summary>
    private void Note(Error error)
    {
        // That no broker is there says less than why one is not.
        if (error.Code == ErrorCode.Local_AllBrokersDown && _fault is not null) { return; }

        string reason = ClientReason.Of(error.Reason);
        if (_fault != reason) { SinkLog.ClientError(logger, definition.Name, reason); }

        _fault = reason;
        bool isRefused = error.Code == ErrorCode.Local_Ssl || new KafkaFault(error.Code, reason).IsRefusedLogin;

        // Who was let in before may be let in again: the client tries on.
        if (isRefused && !_hasConnected) { _refused.TrySetResult(error); }
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
        if (e is not KafkaTxnRequiresAbortException && (e is KafkaRetriableException || e.Error.IsFatal || KafkaFault.IsFencing(e.Error.Code))) { return false; }

        if (!_isOpen) { return true; }

        try
        {
            Insist(client.Abort);
            (_isOpen, _isTorn) = (false, false);
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
        (_isOpen, _isTorn) = (false, false);
    }

    private SinkException Failure(Error error, Exception? inner, bool isTransient)
    {
        bool isMissing = error.Code is ErrorCode.Local_UnknownTopic;
        bool mayPass = (error.IsLocalError && !isMissing) || new KafkaFault(error.Code, error.Reason).IsTransient;
        string message = SinkMessages.NotWritten(definition.Name, Topic, error, _fault);
        _fault = null;
        return new SinkException(definition.Name, message, isTransient && mayPass && !KafkaFault.IsFencing(error.Code), inner);
    }
}
