using Ctas.Data;
using Ctas.Kafka;
using Ctas.Tables;

namespace Ctas.Benchmarks.Live;

/// <summary>The graph as tables that are kept fresh.</summary>
internal sealed class EngineContender : ILiveContender
{
    private readonly CtasEngine _engine;
    private readonly CancellationTokenSource _done = new();
    private Task _watching = Task.CompletedTask;
    private long _loaded;

    public EngineContender(string bootstrapServers, string model) => _engine = new CtasEngineBuilder()
        .UseKafka(bootstrapServers, new Dictionary<string, string> { ["fetch.wait.max.ms"] = "10" })
        .AddScript(
            $"""
            CREATE TABLE orders_in (id VARCHAR PRIMARY KEY, customer VARCHAR, status VARCHAR, amount BIGINT)
                WITH (kafka_topic = '{LiveTopics.Orders}', value_format = 'JSON');
            CREATE TABLE customers_in (id VARCHAR PRIMARY KEY, name VARCHAR, region VARCHAR)
                WITH (kafka_topic = '{LiveTopics.Customers}', value_format = 'JSON');
            CREATE TABLE orders WITH (table_model = '{model}') AS SELECT * FROM orders_in EMIT CHANGES;
            CREATE TABLE large WITH (table_model = '{model}') AS
                SELECT id, customer, amount FROM orders WHERE amount >= {LiveTopics.LargeAmount} EMIT CHANGES;
            CREATE TABLE enriched WITH (table_model = '{model}') AS
                SELECT l.id, c.name, c.region, l.amount FROM large l JOIN customers_in c ON l.customer = c.id EMIT CHANGES;
            CREATE TABLE totals WITH (table_model = '{model}') AS
                SELECT region, COUNT(*) AS orders, SUM(amount) AS amount FROM enriched GROUP BY region EMIT CHANGES;
            """)
        .Build();

    public async Task LoadAsync()
    {
        await _engine.Maintenance.PauseAsync();
        (await _engine.LoadAsync()).ThrowIfFailed();
        _loaded = Applied();
    }

    public void Continue() => _engine.Maintenance.Resume();

    public Task WaitForUpdatesAsync(long updates) => _engine.Maintenance.WaitForAsync("totals", _ => Applied() - _loaded >= updates);

    public void Watch(LatencyProbes probes) => _watching = Task.Run(async () =>
    {
        int seen = 0;
        while (!_done.IsCancellationRequested)
        {
            Task changed = _engine.Tables.Changed;
            ITable enriched = _engine.Tables.Snapshot()["enriched"];
            while (seen < probes.Sent && enriched.TryGet(LatencyProbes.KeyOf(seen), out _)) { probes.See(seen++); }

            await changed.WaitAsync(_done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });

    public IEnumerable<(string Region, long Orders, long Amount)> Totals() => _engine.Tables["totals"].Rows
        .Select(row => (Region: row.GetString(0)!, Orders: row.Get<long>(1), Amount: Convert.ToInt64(row[2], System.Globalization.CultureInfo.InvariantCulture)))
        .OrderBy(total => total.Region, StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _watching;
        await _engine.DisposeAsync();
        _done.Dispose();
    }

    private long Applied() => _engine.Maintenance.FreshnessOf("orders").Positions.Sum(position => position.Position);
}
