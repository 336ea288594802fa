using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Ctas.Benchmarks.Live;

/// <summary>The graph as one writes it by hand: a Consume() loop that keeps dictionaries for readers.</summary>
/// <remarks>
/// It promises less than tables do: readers see one dictionary changed and the next one not yet. Its fetch settings are those
/// of the engine: with the client's own it sleeps much of the time.
/// </remarks>
internal sealed class HandWrittenContender : ILiveContender
{
    private readonly ConcurrentDictionary<string, LiveOrder> _orders = new();
    private readonly ConcurrentDictionary<string, LiveOrder> _large = new();
    private readonly ConcurrentDictionary<string, LiveCustomer> _customers = new();
    private readonly ConcurrentDictionary<string, Enriched> _enriched = new();
    private readonly ConcurrentDictionary<string, Total> _totals = new();

    // Only the loop needs it: the large orders of each customer, for when the customer changes.
    private readonly Dictionary<string, HashSet<string>> _largeOf = [];

    private readonly IConsumer<string, byte[]> _consumer;
    private readonly IReadOnlyList<TopicPartition> _partitions;
    private readonly ManualResetEventSlim _go = new();
    private readonly CancellationTokenSource _done = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _loop;
    private LatencyProbes? _probes;
    private long _updates;
    private long _expected = long.MaxValue;

    public HandWrittenContender(string bootstrapServers, LiveTopics topics)
    {
        _partitions = topics.Partitions;
        _consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "by-hand",
            EnablePartitionEof = true,
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
            FetchQueueBackoffMs = 5,
        }).Build();
        _loop = new Thread(Run) { IsBackground = true };
    }

    public Task LoadAsync()
    {
        _loop.Start();
        return _loaded.Task;
    }

    public void Continue() => _go.Set();

    public Task WaitForUpdatesAsync(long updates)
    {
        Volatile.Write(ref _expected, updates);
        if (Volatile.Read(ref _updates) >= updates) { _reached.TrySetResult(); }

        return _reached.Task;
    }

    public void Watch(LatencyProbes probes) => _probes = probes;

    public IEnumerable<(string Region, long Orders, long Amount)> Totals() => _totals
        .Select(total => (total.Key, total.Value.Orders, total.Value.Amount))
        .OrderBy(total => total.Key, StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        _loop.Join();
        _consumer.Close();
        _consumer.Dispose();
        _done.Dispose();
        _go.Dispose();
    }

    private void Run()
    {
        try
        {
            _consumer.Assign(_partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
            var open = new HashSet<TopicPartition>(_partitions);
            while (open.Count > 0)
            {
                ConsumeResult<string, byte[]> result = _consumer.Consume(_done.Token);
                if (result.IsPartitionEOF) { open.Remove(result.TopicPartition); }
                else { Apply(result); }
            }

            _loaded.SetResult();
            _go.Wait(_done.Token);
            while (true)
            {
                ConsumeResult<string, byte[]> result = _consumer.Consume(_done.Token);
                if (result.IsPartitionEOF) { continue; }

                Apply(result);
                long updates = _updates + 1;
                Volatile.Write(ref _updates, updates);
                if (updates >= Volatile.Read(ref _expected)) { _reached.TrySetResult(); }
            }
        }
        catch (OperationCanceledException) when (_done.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private void Apply(ConsumeResult<string, byte[]> result)
    {
        (string key, byte[]? value) = (result.Message.Key, result.Message.Value);
        if (result.Topic == LiveTopics.Orders) { ApplyOrder(key, value is null ? null : JsonSerializer.Deserialize(value, LiveJson.Default.LiveOrder)); }
        else { ApplyCustomer(key, value is null ? null : JsonSerializer.Deserialize(value, LiveJson.Default.LiveCustomer)); }
    }

    private void ApplyOrder(string id, LiveOrder? order)
    {
        if (order is null) { _orders.TryRemove(id, out _); }
        else { _orders[id] = order; }

        if (_large.TryGetValue(id, out LiveOrder? before))
        {
            Unlink(id, before);
            _large.TryRemove(id, out _);
        }

        if (order is null || order.Amount < LiveTopics.LargeAmount) { return; }

        _large[id] = order;
        if (!_largeOf.TryGetValue(order.Customer, out HashSet<string>? ids)) { _largeOf[order.Customer] = ids = []; }

        ids.Add(id);
        if (_customers.TryGetValue(order.Customer, out LiveCustomer? customer)) { Enrich(id, order, customer); }

        if (_probes is not null && LatencyProbes.NumberOf(id) is >= 0 and var probe) { _probes.See(probe); }
    }

    private void ApplyCustomer(string id, LiveCustomer? customer)
    {
        HashSet<string> ids = _largeOf.GetValueOrDefault(id) ?? [];
        foreach (string order in ids) { Impoverish(order); }

        if (customer is null)
        {
            _customers.TryRemove(id, out _);
            return;
        }

        _customers[id] = customer;
        foreach (string order in ids) { Enrich(order, _large[order], customer); }
    }

    private void Unlink(string id, LiveOrder order)
    {
        Impoverish(id);
        HashSet<string> ids = _largeOf[order.Customer];
        ids.Remove(id);
        if (ids.Count == 0) { _largeOf.Remove(order.Customer); }
    }

    private void Enrich(string id, LiveOrder order, LiveCustomer customer)
    {
        _enriched[id] = new Enriched(customer.Name, customer.Region, order.Amount);
        Total total = _totals.GetValueOrDefault(customer.Region) ?? new Total(0, 0);
        _totals[customer.Region] = new Total(total.Orders + 1, total.Amount + order.Amount);
    }

    private void Impoverish(string id)
    {
        if (!_enriched.TryRemove(id, out Enriched? gone)) { return; }

        Total total = _totals[gone.Region];
        if (total.Orders == 1) { _totals.TryRemove(gone.Region, out _); }
        else { _totals[gone.Region] = new Total(total.Orders - 1, total.Amount - gone.Amount); }
    }

    private sealed record Enriched(string Name, string Region, long Amount);

    private sealed record Total(long Orders, long Amount);
}
