using Confluent.Kafka;

using Ctas.Kafka.Scanning;
using Ctas.Sources;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Consuming;

/// <summary>
/// A member of a consumer group that reads nothing: it takes the partitions that the group gives it, and tells which. Its
/// own thread answers the group at once, however long a load takes; it commits nothing.
/// </summary>
/// <remarks>
/// It takes part in the classic protocol with an assignor that gives each generation of the group all partitions at once
/// (range, roundrobin). An incremental one gives a member that joins nothing at first, which would look like its share.
/// </remarks>
internal sealed class GroupMember : IGroupMember
{
    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(100);

    private readonly GroupMemberSetup _setup;
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly TaskCompletionSource _threadEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _end;
    private GroupShare? _share;
    private bool _isSettled;
    private KafkaFault? _failure;
    private volatile string? _lastFault;
    private volatile bool _isLeaving;

    /// <summary>Starts to join the group.</summary>
    /// <exception cref="SourceException">The client refused its configuration.</exception>
    public GroupMember(GroupMemberSetup setup)
    {
        _setup = setup;
        ConsumerBuilder<Ignore, Ignore> client = new ConsumerBuilder<Ignore, Ignore>(setup.Configuration)
            .SetLogHandler((_, line) => ScanLog.MemberClient(_setup.Logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => Note(error))
            .SetPartitionsAssignedHandler((_, partitions) => Take([.. partitions.Select(partition => partition.Partition.Value)]))
            .SetPartitionsRevokedHandler((_, _) => Unsettle())
            .SetPartitionsLostHandler((_, _) => Unsettle());
        try { _consumer = client.Build(); }
        catch (InvalidOperationException e) { throw Failed(e.Message, isTransient: false); }

        new Thread(Run) { IsBackground = true, Name = $"ctas group {Group}" }.Start();
    }

    public bool IsOver
    {
        get
        {
            lock (_lock) { return _failure is not null; }
        }
    }

    public string? Fault => _lastFault;

    private string Group => _setup.Definition.Group!;

    public async ValueTask<GroupShare> GetShareAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_failure is { } failure) { throw Failed(failure.Reason, failure.IsTransient); }

                if (_isSettled) { return _share!; }

                changed = _changed.Task;
            }

            TimeSpan limit = _setup.Options.StallTimeout;
            try { await changed.WaitAsync(limit, _setup.TimeProvider, cancellationToken).ConfigureAwait(false); }
            catch (TimeoutException)
            {
                throw Failed(
                    $"it gave this member no share for {limit.TotalSeconds:0.###} s{(_lastFault is { } fault ? $" ({fault})" : "")}",
                    isTransient: true);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isLeaving = true;
        await _threadEnded.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        try
        {
            _consumer.Subscribe(_setup.Topic);
            while (!_isLeaving) { Poll(); }

            _consumer.Close();
        }
        catch (KafkaException e) { Fail(new KafkaFault(e.Error.Code, e.Error.Reason)); }
        finally
        {
            _consumer.Dispose();
            _threadEnded.SetResult();
        }
    }

    private void Poll()
    {
        try { _consumer.Consume(PollWait); }
        catch (ConsumeException e) { Note(e.Error); }
    }

    /// <summary>Nothing is fetched by this client: the partitions are read elsewhere.</summary>
    private IEnumerable<TopicPartitionOffset> Take(int[] partitions)
    {
        CancellationTokenSource? ended = null;
        lock (_lock)
        {
            Array.Sort(partitions);
            if (_share is null || !_share.Partitions.SequenceEqual(partitions))
            {
                ended = _end;
                _end = new CancellationTokenSource();
                _share = new GroupShare(partitions, _end.Token);
            }

            _isSettled = true;
            _lastFault = null;
            Signal();
        }

        string numbers = string.Join(", ", partitions);
        ScanLog.ShareGiven(_setup.Logger, Group, _setup.Topic, numbers);
        if (ended is not null) { _ = EndAsync(ended); }

        return [];
    }

    // The group takes all partitions back before it shares out anew; the member may well get the same ones.
    private void Unsettle()
    {
        lock (_lock) { _isSettled = false; }
    }

    /// <summary>Tells those who hold the share, on their own threads: the group waits for this one.</summary>
    private static async Task EndAsync(CancellationTokenSource share)
    {
        await share.CancelAsync().ConfigureAwait(false);
        share.Dispose();
    }

    private void Note(Error error)
    {
        bool isSettled, isFirst;
        lock (_lock) { (isSettled, isFirst) = (_isSettled, _share is null); }

        // That no broker is there says less than why one is not.
        bool isNews = error.Code != ErrorCode.Local_AllBrokersDown || _lastFault is null;
        if (isNews && !isSettled) { _lastFault = ClientReason.Of(error.Reason); }

        bool isMissing = error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic;
        bool isMisconfigured = error.Code == ErrorCode.Local_Ssl && isFirst;

        // Who was let in before may be let in again, as when a broker restarts or a token is renewed: the client tries on.
        bool mayPass = !isFirst && new KafkaFault(error.Code, "").IsRefusedLogin;
        if (error.IsFatal || isMisconfigured || (isMissing ? !_setup.Definition.WaitsForMissingTopic : IsRefusal(error.Code) && !mayPass))
        {
            string reason = isMissing ? $"topic \"{_setup.Topic}\" not found" : ClientReason.Of(error.Reason);
            Fail(new KafkaFault(error.Code, reason) { IsFinal = isMisconfigured });
        }
    }

    private static bool IsRefusal(ErrorCode code) => code is
        ErrorCode.GroupAuthorizationFailed or
        ErrorCode.TopicAuthorizationFailed or
        ErrorCode.ClusterAuthorizationFailed or
        ErrorCode.SaslAuthenticationFailed or
        ErrorCode.Local_Authentication or
        ErrorCode.InvalidGroupId or
        ErrorCode.InvalidSessionTimeout or
        ErrorCode.InconsistentGroupProtocol or
        ErrorCode.FencedInstanceId;

    // Who is not heard any more leaves: what the group gave it, nobody would read.
    private void Fail(KafkaFault failure)
    {
        _isLeaving = true;
        CancellationTokenSource? ended;
        lock (_lock)
        {
            (_failure, ended, _end) = (failure, _end, null);
            Signal();
        }

        if (ended is not null) { _ = EndAsync(ended); }
    }

    // Held: the lock.
    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private SourceException Failed(string reason, bool isTransient) => new(
        _setup.Definition.Name, $"group \"{Group}\" cannot share out topic \"{_setup.Topic}\": {reason}", isTransient);
}

/// <summary>What a <see cref="GroupMember"/> is made of. Immutable.</summary>
/// <param name="Definition">The source, whose group is not null.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Configuration">The client's properties. May hold secrets.</param>
/// <param name="Options">How patient to be.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Logger">Where to log.</param>
internal sealed record GroupMemberSetup(
    SourceDefinition Definition,
    string Topic,
    IEnumerable<KeyValuePair<string, string>> Configuration,
    KafkaSourceOptions Options,
    TimeProvider TimeProvider,
    ILogger Logger);
