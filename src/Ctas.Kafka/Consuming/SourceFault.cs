using Confluent.Kafka;

using Ctas.Kafka.Scanning;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Consuming;

/// <summary>What keeps a topic from being read at the moment. Safe for any number of threads.</summary>
/// <param name="topic">The topic, for the log.</param>
/// <param name="logger">Where each fault is told once for as long as it lasts.</param>
internal sealed class SourceFault(string topic, ILogger logger)
{
    private string? _reason;

    /// <summary>What is being waited out; null when all is well.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Keeps a fault until <see cref="Clear"/>.</summary>
    public void Note(KafkaFault fault)
    {
        // That no broker is there says less than why one is not.
        if (fault.Code == ErrorCode.Local_AllBrokersDown && Reason is not null) { return; }

        string reason = ClientReason.Of(fault.Reason);
        if (Interlocked.Exchange(ref _reason, reason) != reason) { ScanLog.Faulty(logger, topic, reason); }
    }

    /// <summary>The topic is being read.</summary>
    public void Clear() => Volatile.Write(ref _reason, null);
}
