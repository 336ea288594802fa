using Confluent.Kafka;

using Ctas.Sources;

namespace Ctas.Kafka.Consuming;

/// <summary>
/// The few calls of a Kafka consumer that a scan makes, bound to one topic. Single-threaded. Tests script it to show
/// what no test broker can: transaction markers, compacted holes, aborted records.
/// </summary>
/// <remarks>Every call but <see cref="Fetch"/>, <see cref="AreAnswering"/>, <see cref="GetEnd"/> and <see cref="GetFetched"/> throws <see cref="KafkaFaultException"/> when it fails.</remarks>
internal interface ITopicConsumer : IDisposable
{
    /// <summary>The numbers of the topic's partitions, ascending.</summary>
    IReadOnlyList<int> GetPartitions();

    /// <summary>The cluster's own name for itself; null for brokers too old to have one.</summary>
    string? GetClusterId();

    /// <summary>The id that the topic was given when it was made; null where brokers give none, or did not answer.</summary>
    string? GetTopicId();

    /// <summary>
    /// For how long compaction leaves the topic's tombstones; <see cref="TimeSpan.MaxValue"/> where it is not compacted, null where
    /// brokers do not say.
    /// </summary>
    TimeSpan? GetTombstoneRetention();

    /// <summary>Asks for one offset of each partition, under the consumer's isolation level.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="place">
    /// <see cref="Offset.Beginning"/> or <see cref="Offset.End"/> as a number, or a time in milliseconds since 1970:
    /// the first record at or after it.
    /// </param>
    /// <returns>The offsets in the order asked for; -1 where no record is as late as the time.</returns>
    IReadOnlyList<long> QueryOffsets(IReadOnlyList<int> partitions, long place);

    /// <summary>True when the leaders of the partitions answer within a time, as far as the client waits for anything.</summary>
    bool AreAnswering(IReadOnlyList<int> partitions, TimeSpan patience);

    /// <summary>Starts to read these partitions, and only these, from these offsets.</summary>
    /// <remarks>
    /// A log that was cut below an offset since the leadership under which it was reached is told as an error of the partition, by the
    /// next fetches; an offset without leadership is not checked.
    /// </remarks>
    void Assign(IReadOnlyList<PartitionPosition> positions);

    /// <summary>Stops reading a partition. Messages of it that were fetched before may still come.</summary>
    void Pause(int partition);

    /// <summary>Waits until something has arrived and hands over what there is.</summary>
    /// <param name="maxMessages">At most so many.</param>
    /// <param name="timeout">How long to wait for the first.</param>
    /// <returns>Messages, in offset order within a partition; valid until the next call.</returns>
    ReadOnlySpan<ConsumedMessage> Fetch(int maxMessages, TimeSpan timeout);

    /// <summary>The next offset to read: past the last record handed over and past markers behind it.</summary>
    /// <returns>The position; its offset is -1 when nothing was read yet.</returns>
    PartitionPosition GetPosition(int partition);

    /// <summary>The leadership under which a record of the last fetch was written; null where brokers do not tell.</summary>
    int? GetLeaderEpoch(in ConsumedMessage message);

    /// <summary>The end of a partition as the last fetch told it, exclusive; asks nobody.</summary>
    /// <returns>The end, or -1 when nothing was fetched yet.</returns>
    long GetEnd(int partition);

    /// <summary>
    /// How far the client itself has come, which passes offsets without records where no position does: the next offsets that it
    /// will ask for, added up. Told every few seconds; asks nobody.
    /// </summary>
    long GetFetched();

    /// <summary>The time of a record of the last fetch, in milliseconds since 1970; -1 for none.</summary>
    long GetTimestamp(in ConsumedMessage message);

    /// <summary>The headers of a record of the last fetch. One object serves all records.</summary>
    IRecordHeaders GetHeaders(in ConsumedMessage message);

    /// <summary>The fault of the whole client since the last call, if any: all brokers down, login refused.</summary>
    KafkaFault? TakeClientFault();
}

/// <summary>Where to read a partition from.</summary>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Offset">The next offset to read.</param>
internal readonly record struct PartitionPosition(int Partition, long Offset)
{
    /// <summary>The leadership under which the record before it was written; null, the default, where that is not known.</summary>
    public int? LeaderEpoch { get; init; }
}
