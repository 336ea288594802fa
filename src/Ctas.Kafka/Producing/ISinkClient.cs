using Confluent.Kafka;

using Ctas.Sinks;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Producing;

/// <summary>Makes the client of a sink; it connects when it is first used.</summary>
/// <param name="settings">Its properties.</param>
/// <param name="onError">Told of every error of the connection as it happens, by any thread.</param>
/// <param name="logger">Where to log.</param>
internal delegate ISinkClient SinkConnect(KafkaSinkSettings settings, Action<Error> onError, ILogger logger);

/// <summary>What a sink asks of the brokers. Used by one thread at a time; calls block, and throw what the client throws.</summary>
/// <remarks>
/// Three kinds of <see cref="KafkaException"/> are told apart: a retriable one means the same call again, one
/// that requires an abort means that the transaction is lost, any other means that the client is.
/// </remarks>
internal interface ISinkClient : IDisposable
{
    /// <summary>Takes the transactional name over: ends what its last owner left open, and shuts that one out.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the name is taken over no later than that.</exception>
    void TakeOver(CancellationToken cancellationToken);

    /// <summary>Begins a transaction.</summary>
    void Begin();

    /// <summary>Hands a record over; waits while the client's queue is full.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    void Produce(string topic, in SinkRecord record, CancellationToken cancellationToken);

    /// <summary>Waits until the brokers have every record that was handed over.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; what the brokers have not got goes with the client.</exception>
    void Flush(CancellationToken cancellationToken);

    /// <summary>Makes positions part of the open transaction.</summary>
    void SendPositions(IReadOnlyList<SinkPosition> positions);

    /// <summary>Commits the open transaction, with all records that were handed over.</summary>
    void Commit();

    /// <summary>Ends the open transaction without effect.</summary>
    void Abort();

    /// <summary>Keeps positions for a group, without a transaction.</summary>
    void KeepPositions(string group, IReadOnlyList<SinkPosition> positions);

    /// <summary>The positions that a group has for these topics.</summary>
    IReadOnlyList<SinkPosition> GetPositions(string group, IReadOnlyCollection<string> topics);
}
