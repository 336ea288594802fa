using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Maintenance;

/// <summary>
/// Two changelogs on three brokers that misbehave as a seed says, and a model of what is in them. Single-threaded.
/// </summary>
internal sealed class FaultyShop : IAsyncDisposable
{
    private const int Users = 12;
    private const int Orders = 60;

    // An error in the answer to a request for metadata would end the process, see EmbeddedKafka.FailNext.
    private static readonly KafkaApiKey[] Requests = [KafkaApiKey.Fetch, KafkaApiKey.ListOffsets];

    // What passes, in the words of brokers that restart, elect or are overloaded; the last cuts the connection.
    private static readonly ErrorCode[] Errors =
    [
        ErrorCode.NotLeaderForPartition, ErrorCode.LeaderNotAvailable, ErrorCode.KafkaStorageError, ErrorCode.RequestTimedOut,
        ErrorCode.OffsetNotAvailable, ErrorCode.UnknownTopicOrPart, ErrorCode.Local_Transport,
    ];

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 3);
    private readonly Random _random;
    private readonly Dictionary<string, string> _users = [];
    private readonly Dictionary<string, (string User, int Amount)> _orders = [];
    private readonly (string Topic, int Partition)[] _partitions =
        [("users", 0), ("users", 1), ("orders", 0), ("orders", 1), ("orders", 2)];

    private int? _down;

    public FaultyShop(Random random)
    {
        _random = random;
        _kafka.CreateTopic("users", partitions: 2, replicationFactor: 3);
        _kafka.CreateTopic("orders", partitions: 3, replicationFactor: 3);
    }

    public string BootstrapServers => _kafka.BootstrapServers;

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    /// <summary>Writes a few users and orders, or deletes them.</summary>
    public async Task ProduceAsync()
    {
        var users = new List<EmbeddedRecord>();
        for (int i = _random.Next(3); i > 0; i--) { users.Add(NextUser()); }

        var orders = new List<EmbeddedRecord>();
        for (int i = _random.Next(40); i > 0; i--) { orders.Add(NextOrder()); }

        await _kafka.ProduceAsync("users", users).Guarded();
        await _kafka.ProduceAsync("orders", orders).Guarded();
    }

    /// <summary>Wrong answers to the next requests, an election, a slow broker, or one that goes; the one before comes back.</summary>
    public void Fail()
    {
        switch (_random.Next(4))
        {
            case 0:
                for (int i = _random.Next(1, 6); i > 0; i--) { _kafka.FailNext(Pick(Requests), Pick(Errors)); }

                if (_random.Next(3) == 0) { _kafka.FailNext(KafkaApiKey.Metadata, ErrorCode.Local_Transport); }

                break;
            case 1:
                (string topic, int partition) = Pick(_partitions);
                _kafka.MoveLeader(topic, partition, Pick([.. _kafka.BrokerIds.Where(broker => broker != _down)]));
                break;
            case 2:
                _kafka.SetLatency(Pick([.. _kafka.BrokerIds]), TimeSpan.FromMilliseconds(_random.Next(30)));
                break;
            default:
                TakeDown(Pick([.. _kafka.BrokerIds]));
                break;
        }
    }

    /// <summary>All brokers go; they come back by <see cref="Heal"/>.</summary>
    public void TakeAllDown() => _kafka.SetBrokerDown(EmbeddedKafka.AllBrokers);

    /// <summary>Ends all faults.</summary>
    public void Heal()
    {
        _kafka.SetBrokerUp(EmbeddedKafka.AllBrokers);
        _kafka.SetLatency(EmbeddedKafka.AllBrokers, TimeSpan.Zero);
        foreach (KafkaApiKey request in Requests.Append(KafkaApiKey.Metadata)) { _kafka.ClearFaults(request); }

        _down = null;
    }

    /// <summary>The orders of at least so much.</summary>
    public string[] Large(int least) => TableContents.Sorted(
        from order in _orders where order.Value.Amount >= least select TableContents.Line(order.Key, order.Value.Amount));

    /// <summary>How many orders each city has, and of how much.</summary>
    public string[] Totals() => TableContents.Sorted(
        from order in _orders.Values
        where _users.ContainsKey(order.User)
        group order by _users[order.User] into city
        select TableContents.Line(city.Key, city.Count(), city.Sum(order => order.Amount)));

    private void TakeDown(int broker)
    {
        if (_down is { } before) { _kafka.SetBrokerUp(before); }

        // Its partitions have a leader all the while, so that records can be written.
        foreach ((string topic, int partition) in _partitions)
        {
            _kafka.MoveLeader(topic, partition, Pick([.. _kafka.BrokerIds.Where(other => other != broker)]));
        }

        _kafka.SetBrokerDown(broker);
        _down = broker;
    }

    private EmbeddedRecord NextUser()
    {
        string id = $"u{_random.Next(Users)}";
        if (_random.Next(5) == 0)
        {
            _users.Remove(id);
            return EmbeddedRecord.Tombstone(id);
        }

        _users[id] = $"city{_random.Next(4)}";
        return EmbeddedRecord.Of(id, $$"""{"city":"{{_users[id]}}"}""");
    }

    private EmbeddedRecord NextOrder()
    {
        string id = $"o{_random.Next(Orders)}";
        if (_random.Next(5) == 0)
        {
            _orders.Remove(id);
            return EmbeddedRecord.Tombstone(id);
        }

        _orders[id] = ($"u{_random.Next(Users)}", _random.Next(100));
        return EmbeddedRecord.Of(id, $$"""{"user_id":"{{_orders[id].User}}","amount":{{_orders[id].Amount}}}""");
    }

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];
}
