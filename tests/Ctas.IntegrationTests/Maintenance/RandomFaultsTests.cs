using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Loading;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Maintenance;

/// <summary>
/// An engine that lives through whatever comes: brokers that go and come, elections, wrong and slow answers, while records are
/// written and tables are paused, replaced, dropped, stored and taken up again. When the faults end, its tables are what a
/// model says, and no table has been given up on the way.
/// </summary>
[Trait("Category", "Chaos")]
public sealed class RandomFaultsTests : IDisposable
{
    private const string Sources =
        """
        CREATE TABLE users (id VARCHAR PRIMARY KEY, city VARCHAR) WITH (kafka_topic = 'users', value_format = 'JSON', 'kafka.fetch.wait.max.ms' = '10');
        CREATE TABLE orders (id VARCHAR PRIMARY KEY, user_id VARCHAR, amount BIGINT)
            WITH (kafka_topic = 'orders', value_format = 'JSON', 'kafka.fetch.wait.max.ms' = '10');
        CREATE TABLE places AS SELECT id, city FROM users EMIT CHANGES;
        CREATE TABLE totals WITH (table_model = 'compact') AS
            SELECT u.city, COUNT(*) AS n, SUM(o.amount) AS total FROM orders o JOIN places u ON o.user_id = u.id GROUP BY u.city EMIT CHANGES;
        """;

    private static readonly KafkaSourceOptions Options = new()
    {
        MaxRetries = 200,
        RetryDelay = TimeSpan.FromMilliseconds(5),
        MaxRetryDelay = TimeSpan.FromMilliseconds(50),
        RequestTimeout = TimeSpan.FromSeconds(2),
        PartitionCheckInterval = TimeSpan.FromMilliseconds(100),
    };

    private readonly SnapshotFolder _folder = new();
    private readonly List<string> _steps = [];

    private CtasEngine? _engine;
    private int _least = 50;
    private bool _isPaused;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Engine_RandomFaultsAndStatements_TablesEqualTheModelWhenTheFaultsEnd() => RunAsync(seed: 2, steps: 25);

    [Theory]
    [Trait("Category", "Large")]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(20)]
    public Task Engine_ManyRandomFaultsAndStatements_TablesEqualTheModelWhenTheFaultsEnd(int seed) => RunAsync(seed, steps: 250);

    private async Task RunAsync(int seed, int steps)
    {
        var random = new Random(seed);
        await using var shop = new FaultyShop(random);
        try
        {
            await StartAsync(shop);
            for (int step = 0; step < steps; step++)
            {
                await StepAsync(shop, random.Next(20));
                if (step % 15 == 14) { await SettleAsync(shop); }
            }

            await SettleAsync(shop);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"Seed {seed} failed after {string.Join(", ", _steps)}: {e.Message}", e);
        }
        finally
        {
            if (_engine is not null) { await _engine.DisposeAsync(); }
        }
    }

    private async Task StepAsync(FaultyShop shop, int choice)
    {
        switch (choice)
        {
            case < 8:
                Note("write");
                await shop.ProduceAsync();
                break;
            case < 14:
                Note("fail");
                shop.Fail();
                break;
            case 14:
                Note(_isPaused ? "resume" : "pause");
                if (_isPaused) { _engine!.Maintenance.Resume(); }
                else { await _engine!.Maintenance.PauseAsync().Guarded(); }

                _isPaused = !_isPaused;
                break;
            case 15:
                _least = 20 + (_least + 7) % 60;
                Note("replace");
                await _engine!.ExecuteAsync($"CREATE OR REPLACE TABLE large AS {Large}").Guarded();
                break;
            case 16:
                Note("drop");
                await _engine!.ExecuteAsync("DROP TABLE large").Guarded();
                await _engine.ExecuteAsync($"CREATE TABLE large AS {Large}").Guarded();
                break;
            case 17:
                Note("store");
                await _engine!.SaveSnapshotAsync().Guarded();
                break;
            case 18:
                Note("restart");
                await StartAsync(shop);
                break;
            default:
                Note("outage");
                shop.TakeAllDown();
                await HangGuard.UntilAsync(() => _engine!.Maintenance.FreshnessOf("totals").Fault is not null);
                shop.Heal();
                break;
        }
    }

    private string Large => $"SELECT id, amount FROM orders WHERE amount >= {_least} EMIT CHANGES";

    /// <summary>The next process of the host, which finds what the one before has stored.</summary>
    private async Task StartAsync(FaultyShop shop)
    {
        if (_engine is not null) { await _engine.DisposeAsync(); }

        _isPaused = false;
        _engine = new CtasEngineBuilder().UseKafka(shop.BootstrapServers, options: Options).UseSnapshots(_folder.Path)
            .AddScript($"{Sources} CREATE TABLE large AS {Large};").Build();
        LoadResult result = await _engine.LoadAsync().Guarded();
        result.ThrowIfFailed();
    }

    /// <summary>The faults end, and all that was written shows.</summary>
    private async Task SettleAsync(FaultyShop shop)
    {
        Note("settle");
        shop.Heal();
        if (_isPaused) { _engine!.Maintenance.Resume(); }

        _isPaused = false;
        string[] large = shop.Large(_least);
        string[] totals = shop.Totals();
        await HangGuard.UntilAsync(() =>
        {
            RegistrySnapshot moment = _engine!.Tables.Snapshot();
            foreach (TableMetadata table in moment.Tables.Where(table => table.State != TableState.Live))
            {
                throw new InvalidOperationException($"Table {table.Name} is {table.State}: {table.Failure?.Message}");
            }

            return moment["large"].Contents().SequenceEqual(large) && moment["totals"].Contents().SequenceEqual(totals);
        });
    }

    private void Note(string step) => _steps.Add(step);
}
