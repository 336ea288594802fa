using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;
using Ctas.Sources;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>
/// Behaves towards a <see cref="ScriptedTopic"/> as librdkafka does towards a broker: records become messages; markers
/// move the position; holes move only the fetch, which then tells the end of the partition once.
/// </summary>
internal sealed class ScriptedConsumer : ITopicConsumer
{
    private readonly ScriptedTopic _topic;
    private readonly Dictionary<int, Reading> _assigned = [];
    private readonly List<ConsumedMessage> _messages = [];
    private readonly ConsumerSession _session;
    private readonly int _number;
    private bool _isDisposed;

    public ScriptedConsumer(ScriptedTopic topic, ConsumerSession session)
    {
        _topic = topic;
        _session = session;
        lock (topic.Gate) { (topic.OpenConsumers, _number) = (topic.OpenConsumers + 1, ++topic.Consumers); }
    }

    public IReadOnlyList<int> GetPartitions() => _number <= _topic.RefusedConsumers
        ? throw new KafkaFaultException(new KafkaFault(ErrorCode.Local_Authentication, "the login is refused") { MayPass = true })
        : _topic.GetPartitions();

    public string? GetClusterId() => _topic.ClusterId;

    public string? GetTopicId() => _topic.TopicId;

    public TimeSpan? GetTombstoneRetention() => _topic.TombstoneRetention;

    public IReadOnlyList<long> QueryOffsets(IReadOnlyList<int> partitions, long place) =>
        [.. partitions.Select(id => OffsetAt(_topic.Partitions[id], place))];

    public bool AreAnswering(IReadOnlyList<int> partitions, TimeSpan patience) => !_topic.IsAway;

    public void Assign(IReadOnlyList<PartitionPosition> positions)
    {
        lock (_topic.Gate) { _topic.Assignments.Add(positions); }

        foreach (PartitionPosition p in positions)
        {
            ScriptedPartition partition = _topic.Partitions[p.Partition];
            _assigned.Add(p.Partition, new Reading(partition, Math.Max(partition.Start, p.Offset - _topic.Rewind)));
            if (p.LeaderEpoch is { } epoch && partition.EndOf(epoch) < p.Offset) { partition.Errors.Enqueue(ErrorCode.Local_AutoOffsetReset); }
        }
    }

    public void Pause(int partition)
    {
        lock (_topic.Gate) { _topic.Paused.Add(partition); }

        _assigned[partition].IsPaused = true;
    }

    public ReadOnlySpan<ConsumedMessage> Fetch(int maxMessages, TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _messages.Clear();
        lock (_topic.Gate)
        {
            _topic.CountFetch();
            bool isSilent = _topic.Fetches <= _topic.SilentUntil;
            foreach (Reading reading in _assigned.Values.Where(r => !r.IsPaused && !isSilent)) { Read(reading, maxMessages); }
        }

        if (_messages.Count == 0) { _topic.Time.Advance(timeout); }

        return CollectionsMarshal.AsSpan(_messages);
    }

    public PartitionPosition GetPosition(int partition)
    {
        Reading reading = _assigned[partition];
        return new PartitionPosition(partition, reading.Position) { LeaderEpoch = reading.LeaderEpoch };
    }

    public int? GetLeaderEpoch(in ConsumedMessage message)
    {
        (int partition, long offset) = (message.Partition, message.Offset);
        return _topic.Partitions[partition].Entries.Single(e => e.Offset == offset).LeaderEpoch;
    }

    public long GetEnd(int partition) => _assigned.TryGetValue(partition, out Reading? reading) ? reading.KnownEnd : -1;

    public long GetFetched() => _assigned.Values.Sum(reading => reading.Fetched);

    public long GetTimestamp(in ConsumedMessage message)
    {
        (int partition, long offset) = (message.Partition, message.Offset);
        return _topic.Partitions[partition].Entries.Single(e => e.Offset == offset).Timestamp;
    }

    public IRecordHeaders GetHeaders(in ConsumedMessage message) =>
        throw new InvalidOperationException("The script has no headers.");

    public KafkaFault? TakeClientFault()
    {
        KafkaFault? fault;
        lock (_topic.Gate) { _topic.ClientFaults.TryDequeue(out fault); }

        if (fault is not null) { _session.OnFault(fault); }

        return fault;
    }

    public void Dispose()
    {
        if (_isDisposed) { return; }

        _isDisposed = true;
        lock (_topic.Gate) { _topic.OpenConsumers--; }
    }

    private static long OffsetAt(ScriptedPartition partition, long place)
    {
        if (place == Offset.End.Value) { return partition.End; }

        return place == Offset.Beginning.Value
            ? partition.Start
            : partition.Entries.FirstOrDefault(e => e.Kind == EntryKind.Record && e.Timestamp >= place)?.Offset ?? -1;
    }

    private static unsafe byte* Address(byte[]? bytes) =>
        bytes is null ? null : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(bytes));

    private unsafe void Read(Reading reading, int maxMessages)
    {
        ScriptedPartition partition = reading.Partition;
        if (partition.Errors.TryDequeue(out ErrorCode error))
        {
            _messages.Add(new ConsumedMessage(partition.Id, reading.Fetched, null, 0, null, 0, error, 0));
            return;
        }

        reading.KnownEnd = partition.End;
        int holes = 0;
        while (_messages.Count < maxMessages && reading.Fetched < partition.End && holes < _topic.HolesPerFetch)
        {
            ScriptedEntry entry = partition.Entries.First(e => e.Offset >= reading.Fetched);
            reading.Fetched = entry.Offset + 1;
            if (entry.Kind == EntryKind.Hole)
            {
                holes++;
                continue;
            }

            (reading.Position, reading.LeaderEpoch) = (reading.Fetched, entry.LeaderEpoch);
            if (entry.Kind == EntryKind.Marker) { continue; }

            Interlocked.Increment(ref _topic.DeliveredCount);
            _messages.Add(new ConsumedMessage(
                partition.Id, entry.Offset,
                Address(entry.Key), (entry.Key?.Length ?? 1) - 1,
                Address(entry.Value), (entry.Value?.Length ?? 1) - 1,
                ErrorCode.NoError, 0));
        }

        if (_topic.TellsEnds && reading.Fetched >= partition.End && reading.ToldEnd != partition.End
            && _messages.Count < maxMessages)
        {
            reading.ToldEnd = partition.End;
            _messages.Add(new ConsumedMessage(
                partition.Id, partition.End, null, 0, null, 0, ErrorCode.Local_PartitionEOF, 0));
        }
    }

    private sealed class Reading(ScriptedPartition partition, long fetched)
    {
        public ScriptedPartition Partition { get; } = partition;

        public long Fetched { get; set; } = fetched;

        public long Position { get; set; } = -1;

        public int? LeaderEpoch { get; set; }

        public long KnownEnd { get; set; } = -1;

        public long ToldEnd { get; set; } = -1;

        public bool IsPaused { get; set; }
    }
}
