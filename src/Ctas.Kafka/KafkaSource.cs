using Ctas.Kafka.Consuming;
using Ctas.Kafka.Scanning;
using Ctas.Sources;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka;

/// <summary>
/// A topic. Each scan has its own consumer; it joins no group and commits nothing. Which partitions to read may come from a
/// group, whose member is another client.
/// </summary>
internal sealed class KafkaSource : ITailSource, IGroupSource
{
    // How often a topic that is waited for is looked for.
    private static readonly TimeSpan MissingTopicDelay = TimeSpan.FromMilliseconds(500);

    private readonly KafkaSourceSetup _setup;
    private readonly ILogger _logger;
    private readonly SourceFault _fault;

    public KafkaSource(SourceDefinition definition, KafkaSourceSetup setup)
    {
        Definition = definition;
        _setup = setup;
        _logger = setup.Services.LoggerFactory.CreateLogger("Ctas.Kafka");
        _fault = new SourceFault(Topic, _logger);
    }

    public SourceDefinition Definition { get; }

    public string? Fault => _fault.Reason;

    private string Topic => ((TopicLocation)Definition.Location).Topic;

    public async ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try { return await OpenOnceAsync(request, cancellationToken).ConfigureAwait(false); }
            catch (KafkaFaultException e) when (e.Fault.IsMissingTopic && Definition.WaitsForMissingTopic)
            {
                _fault.Note(e.Fault);
                ScanLog.WaitingForTopic(_logger, Topic);
                await Task.Delay(MissingTopicDelay, _setup.Services.TimeProvider, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (KafkaFaultException e)
            {
                _fault.Clear();
                string message = ScanMessages.NotOpened(e.Fault, Topic, _setup.Brokers, _setup.Options.MaxRetries);
                throw new SourceException(Definition.Name, message, e.Fault.IsTransient, e)
                {
                    Partition = e.Fault.Partition is { } partition ? $"{Topic}[{partition}]" : null,
                };
            }
        }
    }

    public ValueTask<ISourceTail> OpenTailAsync(TailRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Connecting waits for brokers as reading does: on the tail's own thread, however long it takes.
        return ValueTask.FromResult<ISourceTail>(new KafkaTail(_setup, request, _logger));
    }

    public IGroupMember Join() => _setup.Join?.Invoke()
        ?? throw new InvalidOperationException($"The source \"{Definition.Name}\" names no group.");

    // Waits for brokers block: they have a thread of their own.
    private async Task<KafkaScan> OpenOnceAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var ended = new CancellationTokenSource();
        using CancellationTokenRegistration whileOpening = cancellationToken.Register(ended.Cancel);
        try
        {
            return await Task.Factory.StartNew(
                () => Open(request, ended),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await whileOpening.DisposeAsync().ConfigureAwait(false);
            ended.Dispose();
            if (e is OperationCanceledException) { cancellationToken.ThrowIfCancellationRequested(); }

            throw;
        }
    }

    private KafkaScan Open(ScanRequest request, CancellationTokenSource ended)
    {
        int retries = 0;
        ITopicConsumer? consumer = null;
        CapturedTopic topic = null!;
        var session = new ConsumerSession(_fault.Note, ended.Token);
        var retry = new KafkaRetry(_setup.Options, _setup.Services.TimeProvider, (fault, delay) =>
        {
            retries++;
            _fault.Note(fault);
            ScanLog.RetryingToOpen(_logger, Topic, delay, fault.Reason);
        });
        retry.Execute(
            _ => (consumer, topic) = ConnectAndCapture(request, session), ended.Token);
        _fault.Clear();

        DeadLetterTopic? deadLetters = null;
        try
        {
            deadLetters = _setup.CreateDeadLetters(ended.Token);
            var setup = new TopicScanSetup(
                Definition, Topic, topic.Partitions, () => _setup.Connect(session with { HasConnectedBefore = true }),
                _setup.Options, _setup.Services.TimeProvider, _logger, deadLetters)
            {
                Identity = topic.Identity,
                TombstoneRetention = topic.TombstoneRetention,
                Fault = _fault,
            };
            ScanShare[] shares = ShareOut(setup, request, consumer!);
            for (int i = 0; i < retries; i++) { shares[0].Builder.CountRetry(); }

            ScanLog.Scanning(_logger, Topic, topic.Partitions.Count, shares.Length);
            return new KafkaScan(setup, shares, ended);
        }
        catch
        {
            deadLetters?.Dispose();
            consumer!.Dispose();
            throw;
        }
    }

    // The consumer that captured the ends reads the first share; the others connect on their own threads.
    private ScanShare[] ShareOut(TopicScanSetup setup, ScanRequest request, ITopicConsumer connected)
    {
        IReadOnlyList<IReadOnlyList<int>> shares = PartitionShares.Deal(
            setup.Partitions, PartitionShares.ReadersFor(Definition, request), _setup.MinOffsetsPerReader);
        return [.. shares.Select((share, number) =>
        {
            var builder = new RecordBatchBuilder(Definition, request, setup.Partitions, setup.DeadLetters);
            var reader = new TopicReader(setup, builder, share) { Connected = number == 0 ? connected : null };
            return new ScanShare(reader, builder, share);
        })];
    }

    // Only where a changelog has grown since its bookmark does it matter.
    private TimeSpan? TombstoneRetention(ITopicConsumer consumer, ScanRequest request, IReadOnlyList<SourcePartition> partitions)
    {
        bool hasGrown = partitions.Any(partition => partition.Range.Length > 0 || partition.LogEnd > partition.Range.End);
        return request.Bookmark is not null && hasGrown && Definition.Mode != ReadMode.Append ? consumer.GetTombstoneRetention() : null;
    }

    private (ITopicConsumer, CapturedTopic) ConnectAndCapture(ScanRequest request, ConsumerSession session)
    {
        ITopicConsumer consumer = _setup.Connect(session);
        try
        {
            string? identity = null;
            IReadOnlyList<SourcePartition> partitions = request.Bookmark is { } bookmark
                ? CapturedRanges.Continue(consumer, Definition, Topic, bookmark, out identity)
                : CapturedRanges.Capture(consumer, Definition, Topic);
            partitions = ScanBounds.Only(request.Partitions, Definition, ScanBounds.Apply(request.UpTo, Definition, partitions));
            return (consumer, new CapturedTopic(
                partitions, identity ?? CapturedRanges.Identity(consumer, Topic), TombstoneRetention(consumer, request, partitions)));
        }
        catch (KafkaFaultException e)
        {
            // What the client knows about the brokers says more than a request that timed out.
            KafkaFault? cause = e.Fault.IsTransient ? consumer.TakeClientFault() : null;
            consumer.Dispose();
            if (cause is not null) { throw new KafkaFaultException(cause, e); }

            throw;
        }
        catch
        {
            consumer.Dispose();
            throw;
        }
    }
}

/// <summary>A topic as it was when a scan began. Immutable.</summary>
/// <param name="Partitions">What belongs to the scan.</param>
/// <param name="Identity">The cluster and the topic; null where the cluster has no name.</param>
/// <param name="TombstoneRetention">For how long compaction leaves tombstones; null where that is not known, or nobody asks.</param>
internal sealed record CapturedTopic(IReadOnlyList<SourcePartition> Partitions, string? Identity, TimeSpan? TombstoneRetention);
