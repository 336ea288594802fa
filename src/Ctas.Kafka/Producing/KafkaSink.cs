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
/// exactly-once, a batch and the positions it was made from are one transaction: the positions are committed as offsets
/// of a group of the sink's own, so that a later process knows what its readers have seen.
/// </remarks>
internal sealed class KafkaSink : ISink
{
    private readonly SinkDefinition _definition;
    private readonly KafkaSinkSettings _settings;
    private readonly ILogger _logger;
    private readonly SinkRecords _records;
    private IProducer<byte[]?, byte[]?>? _producer;
    private IConsumer<byte[], byte[]>? _group;
    private Error? _refused;

    /// <param name="definition">The sink.</param>
    /// <param name="settings">Properties of the client, and how patient to be.</param>
    /// <param name="logger">Where the client logs.</param>
    public KafkaSink(SinkDefinition definition, KafkaSinkSettings settings, ILogger logger)
    {
        _definition = definition;
        _settings = settings;
        _logger = logger;
        _records = new SinkRecords(definition);
    }

    private string Topic => ((TopicLocation)_definition.Location).Topic;

    private bool IsTransactional => _definition.Delivery == SinkDelivery.ExactlyOnce;

    // The client's calls block: they have a thread of their own, and cancellation waits for the one that is under way.
    public async ValueTask WriteAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Factory.StartNew(
            () => Write(batch), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<SinkPosition>?> GetPositionsAsync(
        IReadOnlyList<SinkPosition> partitions, CancellationToken cancellationToken)
    {
        if (!IsTransactional) { return null; }

        return await Task.Factory.StartNew(
            () => ReadPositions(partitions), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        Reset();
        _group?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write(SinkBatch batch)
    {
        try
        {
            IProducer<byte[]?, byte[]?> producer = _producer ??= Connect();
            _refused = null;
            if (IsTransactional) { producer.BeginTransaction(); }

            _records.Write(batch, Produce);
            if (IsTransactional) { Commit(producer, batch.Positions); }
            else { Flush(producer); }
        }
        catch (KafkaException e)
        {
            // What a new producer does not know cannot confuse it: an open transaction ends with its producer.
            Reset();
            throw Failure(e.Error, e);
        }
        catch
        {
            Reset();
            throw;
        }
    }

    private void Produce(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, SinkRecordForm form)
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = form.HasFlag(SinkRecordForm.HasKey) ? key.ToArray() : null,
            Value = form.HasFlag(SinkRecordForm.HasValue) ? value.ToArray() : null,
        };
        while (true)
        {
            try
            {
                _producer!.Produce(Topic, message, OnDelivered);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                // The queue is as long as it may be: what is in it goes first.
                _producer!.Poll(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private void Flush(IProducer<byte[]?, byte[]?> producer)
    {
        int missing = producer.Flush(_settings.Timeout);
        if (_refused is { } error) { throw new KafkaException(error); }

        if (missing > 0) { throw new KafkaException(ErrorCode.Local_TimedOut); }
    }

    private void Commit(IProducer<byte[]?, byte[]?> producer, IReadOnlyList<SinkPosition> positions)
    {
        try
        {
            producer.SendOffsetsToTransaction(
                positions.Select(position => new TopicPartitionOffset(
                    position.Source, new Partition(position.Partition), new Offset(position.Offset))),
                (_group ??= CreateGroup()).ConsumerGroupMetadata,
                _settings.Timeout);
            producer.CommitTransaction(_settings.Timeout);
        }
        catch (KafkaTxnRequiresAbortException)
        {
            producer.AbortTransaction(_settings.Timeout);
            throw;
        }
    }

    private IReadOnlyList<SinkPosition> ReadPositions(IReadOnlyList<SinkPosition> partitions)
    {
        try
        {
            // An earlier process may have left a transaction open: taking over its name ends it.
            _producer ??= Connect();
            return
            [
                .. (_group ??= CreateGroup()).Committed(
                    partitions.Select(position => new TopicPartition(position.Source, new Partition(position.Partition))),
                    _settings.Timeout)
                .Where(committed => committed.Offset.Value >= 0)
                .Select(committed => new SinkPosition(committed.Topic, committed.Partition.Value, committed.Offset.Value)),
            ];
        }
        catch (KafkaException e)
        {
            Reset();
            throw Failure(e.Error, e);
        }
    }

    private IProducer<byte[]?, byte[]?> Connect()
    {
        IProducer<byte[]?, byte[]?> producer = new ProducerBuilder<byte[]?, byte[]?>(_settings.ForProducer(IsTransactional))
            .SetLogHandler((_, line) => SinkLog.Client(_logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => SinkLog.ClientError(_logger, _definition.Name, error.Reason))
            .Build();
        try
        {
            if (IsTransactional) { producer.InitTransactions(_settings.Timeout); }

            return producer;
        }
        catch
        {
            producer.Dispose();
            throw;
        }
    }

    private IConsumer<byte[], byte[]> CreateGroup() =>
        new ConsumerBuilder<byte[], byte[]>(_settings.ForGroup())
            .SetLogHandler((_, line) => SinkLog.Client(_logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => SinkLog.ClientError(_logger, _definition.Name, error.Reason))
            .Build();

    private void Reset()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private void OnDelivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError) { Interlocked.CompareExchange(ref _refused, report.Error, null); }
    }

    private SinkException Failure(Error error, Exception inner)
    {
        // A producer that another one of the same name has displaced must not go on: both would write.
        bool isFenced = error.Code is ErrorCode.Local_Fenced or ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced;
        bool isTransient = !isFenced && (error.IsLocalError || new Consuming.KafkaFault(error.Code, error.Reason).IsTransient);
        string reason = isFenced ? "another process writes to it under the same name" : error.Reason;
        return new SinkException(
            _definition.Name, $"sink \"{_definition.Name}\" could not write to topic \"{Topic}\": {reason}", isTransient, inner);
    }
}
