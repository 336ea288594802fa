using System.Collections.Concurrent;

using Confluent.Kafka;

namespace Ctas.Kafka.Testing;

/// <summary>The records of one call on their way to the brokers.</summary>
/// <remarks>One sender; acknowledgements come on another thread.</remarks>
internal sealed class ProducedRecords(IProducer<byte[]?, byte[]?> producer) : IDisposable
{
    private static readonly TimeSpan FullQueueWait = TimeSpan.FromMilliseconds(100);

    private readonly CountdownEvent _pending = new(1);
    private readonly ConcurrentDictionary<int, bool> _partitions = [];
    private Error? _firstError;

    /// <summary>Bytes of the keys and values sent.</summary>
    public long Bytes { get; private set; }

    /// <summary>The partitions that the acknowledged records went to.</summary>
    public IEnumerable<int> Partitions => _partitions.Keys;

    public void Send(string topic, EmbeddedRecord record, CancellationToken cancellationToken)
    {
        var target = new TopicPartition(topic, record.Partition is { } p ? new Partition(p) : Partition.Any);
        Message<byte[]?, byte[]?> message = ToMessage(record);
        Bytes += (record.Key?.Length ?? 0) + (record.Value?.Length ?? 0);
        _pending.AddCount();
        while (true)
        {
            try
            {
                producer.Produce(target, message, OnDelivered);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                // Back-pressure: the brokers are behind.
                cancellationToken.ThrowIfCancellationRequested();
                producer.Flush(FullQueueWait);
            }
            catch
            {
                _pending.Signal();
                throw;
            }
        }
    }

    public void WaitForAll(CancellationToken cancellationToken)
    {
        _pending.Signal();
        _pending.Wait(cancellationToken);
        if (_firstError is { } error) { throw new KafkaException(error); }
    }

    public void Dispose()
    {
        // After a failure acknowledgements may still come; they must not meet a disposed counter.
        if (_pending.IsSet) { _pending.Dispose(); }
    }

    private static Message<byte[]?, byte[]?> ToMessage(EmbeddedRecord record)
    {
        var message = new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value };
        if (record.Timestamp is { } time)
        {
            message.Timestamp = new Timestamp(time.ToUnixTimeMilliseconds(), TimestampType.CreateTime);
        }

        if (record.Headers.Count > 0)
        {
            message.Headers = [];
            foreach ((string name, byte[]? value) in record.Headers) { message.Headers.Add(name, value); }
        }

        return message;
    }

    private void OnDelivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError) { Interlocked.CompareExchange(ref _firstError, report.Error, null); }
        else { _partitions.TryAdd(report.Partition.Value, true); }

        _pending.Signal();
    }
}
