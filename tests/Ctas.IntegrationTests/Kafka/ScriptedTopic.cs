using System.Collections.Immutable;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>
/// A topic as a consumer sees it, with everything a test broker cannot show: offsets that hold no record because of
/// transaction markers, aborts and compaction, and faults at a chosen fetch.
/// </summary>
internal sealed class ScriptedTopic(InstantTime time)
{
    private readonly Dictionary<int, Action> _beforeFetch = [];
    private readonly Queue<KafkaFault> _metadataFaults = new();

    // One is added while consumers on other threads look.
    private ImmutableSortedDictionary<int, ScriptedPartition> _partitions = ImmutableSortedDictionary<int, ScriptedPartition>.Empty;

    internal int DeliveredCount;

    /// <summary>Held by consumers, which may be on several threads, while they touch the script.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The clock; an empty fetch takes its timeout.</summary>
    public InstantTime Time { get; } = time;

    /// <summary>The name of the cluster it lies on; null for an old one.</summary>
    public string? ClusterId { get; set; } = "scripted";

    /// <summary>What tells it from another topic of its name; null with old brokers.</summary>
    public string? TopicId { get; set; }

    /// <summary>For how long compaction leaves tombstones; null: the brokers do not say.</summary>
    public TimeSpan? TombstoneRetention { get; set; }

    /// <summary>False to prove that the position alone ends a scan.</summary>
    public bool TellsEnds { get; set; } = true;

    /// <summary>How many offsets before the one asked for a new assignment starts to deliver.</summary>
    public int Rewind { get; set; }

    /// <summary>How many offsets without records one fetch passes; all that there are by default.</summary>
    public int HolesPerFetch { get; set; } = int.MaxValue;

    /// <summary>Fetches up to this one bring nothing, as while the client connects.</summary>
    public int SilentUntil { get; set; }

    /// <summary>Fetches made so far, by all consumers.</summary>
    public int Fetches { get; private set; }

    /// <summary>Records handed over so far, by all consumers.</summary>
    public int Delivered => Volatile.Read(ref DeliveredCount);

    public int OpenConsumers { get; set; }

    /// <summary>Consumers made so far.</summary>
    public int Consumers { get; set; }

    /// <summary>So many of the first consumers have been refused since: they read on, and are answered no more.</summary>
    public int RefusedConsumers { get; set; }

    /// <summary>True while its brokers do not answer when they are asked whether they do.</summary>
    public bool IsAway { get; set; }

    /// <summary>The assignments made, in order.</summary>
    public List<IReadOnlyList<PartitionPosition>> Assignments { get; } = [];

    public List<int> Paused { get; } = [];

    /// <summary>Faults of the whole client, each told once.</summary>
    public Queue<KafkaFault> ClientFaults { get; } = new();

    public IReadOnlyDictionary<int, ScriptedPartition> Partitions => _partitions;

    public ScriptedPartition AddPartition(long start = 0)
    {
        var partition = new ScriptedPartition(_partitions.Count, start);
        _partitions = _partitions.Add(partition.Id, partition);
        return partition;
    }

    /// <summary>Does something right before the fetch of that number, counted from 1 over all consumers.</summary>
    public void BeforeFetch(int number, Action action) => _beforeFetch.Add(number, action);

    /// <summary>Makes the next requests for metadata fail.</summary>
    public void FailMetadata(params ReadOnlySpan<ErrorCode> codes)
    {
        foreach (ErrorCode code in codes) { _metadataFaults.Enqueue(new KafkaFault(code, code.ToString())); }
    }

    public ITopicConsumer Connect(ConsumerSession session) => new ScriptedConsumer(this, session);

    internal IReadOnlyList<int> GetPartitions() =>
        _metadataFaults.TryDequeue(out KafkaFault? fault)
            ? throw new KafkaFaultException(fault)
            : [.. _partitions.Keys];

    internal void CountFetch()
    {
        Fetches++;
        if (_beforeFetch.TryGetValue(Fetches, out Action? action)) { action(); }
    }
}
