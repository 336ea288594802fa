using System.Runtime.InteropServices;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;
using Ctas.Sources;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Native;

/// <summary>A consumer of one topic on librdkafka's batch call. It joins no group and commits nothing.</summary>
internal sealed unsafe class NativeConsumer : ITopicConsumer
{
    private const int MaxFetch = 1024;

    private readonly string _topic;
    private readonly int _requestTimeoutMilliseconds;
    private readonly NativeClient _client;
    private readonly BlockingRequests _requests;
    private readonly ConsumedMessage[] _messages = new ConsumedMessage[MaxFetch];
    private readonly nint[] _handles = new nint[MaxFetch];
    private readonly NativeHeaders _headers = new();
    private readonly nint _described;
    private nint _queue;
    private int _held;

    /// <exception cref="KafkaFaultException">The client refused its configuration.</exception>
    public NativeConsumer(
        string topic, ClientConfiguration configuration, TimeSpan requestTimeout, ConsumerSession session, ILogger logger)
    {
        _topic = topic;
        _requestTimeoutMilliseconds = (int)requestTimeout.TotalMilliseconds;
        _client = new NativeClient(configuration, session, logger);

        // Before the client is connected: it then asks the first broker for the leaders at once, and need not wait to connect
        // to another one to be asked.
        _described = Librdkafka.TopicNew(_client.Handle, topic, 0);
        _requests = new BlockingRequests(_client.Refused, session.Ended);
        _queue = Librdkafka.QueueGetConsumer(_client.Handle);
    }

    public IReadOnlyList<int> GetPartitions() => _requests.Make(RequestPartitions);

    public string? GetClusterId() => _requests.Make(RequestClusterId);

    public string? GetTopicId() => _requests.Make(() => TopicDescription.GetId(_client.Handle, _topic, _requestTimeoutMilliseconds));

    public TimeSpan? GetTombstoneRetention() =>
        _requests.Make(() => TopicConfiguration.GetTombstoneRetention(_client.Handle, _topic, _requestTimeoutMilliseconds));

    public IReadOnlyList<long> QueryOffsets(IReadOnlyList<int> partitions, long place) =>
        _requests.Make(() => RequestOffsets(partitions, place, _requestTimeoutMilliseconds));

    public bool AreAnswering(IReadOnlyList<int> partitions, TimeSpan patience)
    {
        try
        {
            int timeout = Math.Min(_requestTimeoutMilliseconds, (int)patience.TotalMilliseconds);
            return _requests.Make(() => RequestOffsets(partitions, Offset.End.Value, timeout)).Length == partitions.Count;
        }
        catch (KafkaFaultException)
        {
            // What it is shows when the partitions are read.
            return false;
        }
    }

    public void Assign(IReadOnlyList<PartitionPosition> positions)
    {
        using var list = new PartitionList(_topic, positions);
        ThrowIfError(Librdkafka.Assign(_client.Handle, list.Handle));

        // The client checks where it is sent, not where it begins.
        PartitionPosition[] known = [.. positions.Where(position => position is { LeaderEpoch: not null, Offset: > 0 })];
        if (known.Length > 0) { _requests.Make(() => Seek(known)); }
    }

    public void Pause(int partition)
    {
        using var list = new PartitionList(_topic, [new(partition, 0)]);
        ThrowIfError(Librdkafka.Pause(_client.Handle, list.Handle), partition);
    }

    public PartitionPosition GetPosition(int partition)
    {
        using var list = new PartitionList(_topic, [new(partition, 0)]);
        ThrowIfError(Librdkafka.Position(_client.Handle, list.Handle), partition);
        return list.PositionAt(0);
    }

    public int? GetLeaderEpoch(in ConsumedMessage message) =>
        Librdkafka.MessageLeaderEpoch((NativeMessage*)message.Origin) is var epoch and >= 0 ? epoch : null;

    public long GetEnd(int partition) =>
        Librdkafka.GetWatermarkOffsets(_client.Handle, _topic, partition, out _, out long high) == ErrorCode.NoError && high >= 0
            ? high
            : -1;

    public long GetFetched() => _client.Fetched;

    public ReadOnlySpan<ConsumedMessage> Fetch(int maxMessages, TimeSpan timeout)
    {
        ReleaseHeld();
        int max = Math.Min(maxMessages, MaxFetch);
        int count = Receive(max, timeoutMilliseconds: 0);

        // The call waits until the array is full, so a wait asks for one message only.
        if (count == 0) { count = Receive(1, (int)timeout.TotalMilliseconds); }

        _held = count;
        for (int i = 0; i < count; i++) { _messages[i] = Wrap((NativeMessage*)_handles[i]); }

        return _messages.AsSpan(0, count);
    }

    public long GetTimestamp(in ConsumedMessage message) =>
        Librdkafka.MessageTimestamp((NativeMessage*)message.Origin, out _);

    public IRecordHeaders GetHeaders(in ConsumedMessage message)
    {
        _headers.PointTo((NativeMessage*)message.Origin);
        return _headers;
    }

    public KafkaFault? TakeClientFault() => _client.TakeFault();

    public void Dispose()
    {
        if (_queue == 0) { return; }

        ReleaseHeld();
        nint queue = _queue;
        _queue = 0;
        _requests.WhenIdle(() =>
        {
            Librdkafka.QueueDestroy(queue);
            if (_described != 0) { Librdkafka.TopicDestroy(_described); }

            _client.Dispose();
        });
    }

    private bool Seek(PartitionPosition[] positions)
    {
        using var list = new PartitionList(_topic, positions);
        nint error = Librdkafka.Seek(_client.Handle, list.Handle, _requestTimeoutMilliseconds);
        if (error != 0)
        {
            ErrorCode code = Librdkafka.CodeOf(error);
            Librdkafka.ErrorDestroy(error);
            ThrowIfError(code);
        }

        foreach (NativeTopicPartition answer in list.Items) { ThrowIfError(answer.Error, answer.Partition); }

        return true;
    }

    private List<int> RequestPartitions()
    {
        if (_described == 0) { throw new KafkaFaultException(new KafkaFault(ErrorCode.TopicException, "the client does not take its name")); }

        ErrorCode error = Librdkafka.Metadata(
            _client.Handle, 0, _described, out NativeMetadata* metadata, _requestTimeoutMilliseconds);
        ThrowIfError(error);
        _client.NoteAnswer();
        try { return PartitionsOf(metadata); }
        finally { Librdkafka.MetadataDestroy(metadata); }
    }

    private string? RequestClusterId()
    {
        byte* id = Librdkafka.ClusterId(_client.Handle, _requestTimeoutMilliseconds);
        if (id is null) { return null; }

        try { return Marshal.PtrToStringUTF8((nint)id); }
        finally { Librdkafka.MemoryFree(_client.Handle, id); }
    }

    private long[] RequestOffsets(IReadOnlyList<int> partitions, long place, int timeoutMilliseconds)
    {
        using var list = new PartitionList(_topic, [.. partitions.Select(p => new PartitionPosition(p, place))]);
        ThrowIfError(OfLeader(Librdkafka.OffsetsForTimes(_client.Handle, list.Handle, timeoutMilliseconds)));

        // The client sorts the list by leader, so each answer is looked up by its partition.
        var offsetOf = new Dictionary<int, long>();
        foreach (NativeTopicPartition answer in list.Items)
        {
            ThrowIfError(OfLeader(answer.Error), answer.Partition);
            offsetOf[answer.Partition] = answer.Offset;
        }

        return [.. partitions.Select(p => offsetOf[p])];
    }

    // The topic was described with this partition: its leader has not heard yet that it is one.
    private static ErrorCode OfLeader(ErrorCode error) =>
        error == ErrorCode.UnknownTopicOrPart ? ErrorCode.LeaderNotAvailable : error;

    private static ConsumedMessage Wrap(NativeMessage* message)
    {
        // For an error the value is its text, not a record's.
        bool isRecord = message->Error == ErrorCode.NoError;
        return new ConsumedMessage(
            message->Partition,
            message->Offset,
            isRecord ? message->Key : null,
            isRecord ? (int)message->KeyLength : 0,
            message->Value,
            message->Value is null ? 0 : (int)message->ValueLength,
            message->Error,
            (nint)message);
    }

    private int Receive(int max, int timeoutMilliseconds)
    {
        fixed (nint* handles = _handles)
        {
            nint count = Librdkafka.ConsumeBatch(_queue, timeoutMilliseconds, (NativeMessage**)handles, (nuint)max);
            return (int)Math.Max(count, 0);
        }
    }

    private void ReleaseHeld()
    {
        for (int i = 0; i < _held; i++) { Librdkafka.MessageDestroy((NativeMessage*)_handles[i]); }

        _held = 0;
    }

    private List<int> PartitionsOf(NativeMetadata* metadata)
    {
        if (metadata->TopicCount != 1)
        {
            throw new KafkaFaultException(
                new KafkaFault(ErrorCode.Local_Partial, "the broker did not describe the topic"));
        }

        NativeTopicMetadata* topic = metadata->Topics;
        ThrowIfError(topic->Error);
        var partitions = new List<int>(topic->PartitionCount);
        for (int i = 0; i < topic->PartitionCount; i++) { partitions.Add(topic->Partitions[i].Id); }

        partitions.Sort();
        return partitions;
    }

    private static void ThrowIfError(ErrorCode error, int? partition = null)
    {
        if (error != ErrorCode.NoError)
        {
            throw new KafkaFaultException(new KafkaFault(error, new Error(error).Reason, partition));
        }
    }
}
