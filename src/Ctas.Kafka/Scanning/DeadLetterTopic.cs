using System.Globalization;
using System.Text;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;
using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>Sends malformed records to the dead-letter topic, with headers that say where they lay and why.</summary>
/// <remarks>Used on the scan's thread; acknowledgements come on another.</remarks>
internal sealed class DeadLetterTopic : IDeadLetterSink, IDisposable
{
    private readonly string _source;
    private readonly string _topic;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _ended;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private Error? _firstError;

    /// <param name="source">The source's name, for errors.</param>
    /// <param name="topic">The dead-letter topic.</param>
    /// <param name="settings">Properties of the client.</param>
    /// <param name="timeout">How long a flush may take.</param>
    /// <param name="ended">Cancelled when nobody waits for it any more.</param>
    public DeadLetterTopic(
        string source, string topic, IEnumerable<KeyValuePair<string, string>> settings, TimeSpan timeout, CancellationToken ended)
    {
        (_source, _topic, _timeout, _ended) = (source, topic, timeout, ended);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(settings)
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
    }

    public void Write(in SourceRecord record, RejectedRecord rejection)
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = record.HasKey ? record.Key.ToArray() : null,
            Value = record.IsTombstone ? null : record.Value.ToArray(),
            Headers = HeadersOf(record, rejection),
        };
        try { Produce(message); }
        catch (ProduceException<byte[]?, byte[]?> e) { throw Failure(e.Error, e); }
    }

    /// <summary>Returns when the broker has every record.</summary>
    /// <exception cref="SourceException">One was refused, or the time ran out.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public void Flush()
    {
        using var limit = new CancellationTokenSource(_timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ended);
        try { _producer.Flush(either.Token); }
        catch (OperationCanceledException) when (!_ended.IsCancellationRequested)
        {
            throw Failure(_firstError ?? new Error(ErrorCode.Local_TimedOut), null);
        }

        if (_firstError is { } error) { throw Failure(error, null); }
    }

    public void Dispose() => _producer.Dispose();

    private static Headers HeadersOf(in SourceRecord record, RejectedRecord rejection)
    {
        var headers = new Headers();
        for (int header = 0; header < (record.Headers?.Count ?? 0); header++)
        {
            string name = Encoding.UTF8.GetString(record.Headers!.GetKey(header));
            bool hasValue = record.Headers.TryGetValue(header, out ReadOnlySpan<byte> value);
            headers.Add(name, hasValue ? value.ToArray() : null);
        }

        headers.Add("ctas.partition", Encoding.UTF8.GetBytes(rejection.Partition));
        headers.Add("ctas.offset", Encoding.UTF8.GetBytes(rejection.Offset.ToString(CultureInfo.InvariantCulture)));
        headers.Add("ctas.reason", Encoding.UTF8.GetBytes(rejection.Reason));
        return headers;
    }

    private void Produce(Message<byte[]?, byte[]?> message)
    {
        try { _producer.Produce(_topic, message, OnDelivered); }
        catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            // The queue is as long as it may be: what is in it goes first.
            Flush();
            _producer.Produce(_topic, message, OnDelivered);
        }
    }

    private void OnDelivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError) { Interlocked.CompareExchange(ref _firstError, report.Error, null); }
    }

    private SourceException Failure(Error error, Exception? inner) => new(
        _source,
        $"could not write to dead-letter topic \"{_topic}\": {error.Reason}",
        new KafkaFault(error.Code, error.Reason).IsTransient,
        inner);
}
