using System.Collections.Concurrent;
using Ctas;
using Ctas.Data;
using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Maintenance;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Documentation;

/// <summary>The C# of docs/maintenance.md. Between the comments stands what it shows, behind them that it is true.</summary>
internal static class MaintenanceSnippets
{
    [ReadmeSnippet("changes")]
    public static async Task FollowAsync(string bootstrapServers)
    {
        await using CtasEngine engine = await LoadAsync(bootstrapServers);
        using var leaving = new CancellationTokenSource(HangGuard.Limit);
        CancellationToken stopping = leaving.Token;
        var cache = new ConcurrentDictionary<string, string?>();
        Task following = FollowAsync();
        await HangGuard.UntilAsync(() => cache.Count == 2);
        await engine.ExecuteAsync("DROP TABLE names");
        Func<Task> end = () => following.WaitAsync(HangGuard.Limit);
        await end.Should().ThrowAsync<MaintenanceException>();

        cache.Should().BeEquivalentTo(new Dictionary<string, string?> { ["u1"] = "Ada", ["u2"] = "Grace" });

        async Task FollowAsync()
        {
            // snippet: changes
            while (true)
            {
                try
                {
                    await foreach (TableChange change in engine.Tables["names"].ChangesAsync(cancellationToken: stopping))
                    {
                        // Snapshot and Insert have no old row, Delete has no new one; change.Version is the one that shows it.
                        if (change.NewRow is { } row) { cache[(string)row["id"]!] = (string?)row["name"]; }
                        else { cache.TryRemove((string)change.OldRow!.Value["id"]!, out _); }
                    }
                }
                catch (TableChangesLostException)
                {
                    cache.Clear(); // too slow: what was missed is no longer kept, so begin again with all rows
                }
            }
            // end snippet
        }
    }

    [ReadmeSnippet("observe")]
    public static async Task ObserveAsync(string bootstrapServers)
    {
        await using CtasEngine engine = await LoadAsync(bootstrapServers);
        var rows = new ConcurrentQueue<string>();
        var moments = new ConcurrentQueue<string>();
        IObserver<TableChange> rowObserver = new Observer<TableChange>(change => rows.Enqueue($"{change.Kind} {change.NewRow}"));
        IObserver<QueryChanges> momentObserver = new Observer<QueryChanges>(
            moment => moments.Enqueue(string.Join(' ', moment.Rows.Select(change => $"{change.Weight:+0;-0} {change.Row}"))));

        // snippet: observe
        IObservable<TableChange> changes = engine.Tables["names"].ObserveChanges();
        IObservable<QueryChanges> counts = engine.ObserveQueryChanges("SELECT COUNT(*) AS n FROM names");

        using IDisposable first = changes.Subscribe(rowObserver);   // with Rx: changes.Where(…).Subscribe(change => …)
        using IDisposable second = counts.Subscribe(momentObserver);
        // end snippet

        await HangGuard.UntilAsync(() => rows.Count == 2 && moments.Count == 1);
        rows.Should().BeEquivalentTo("Snapshot (u1, Ada)", "Snapshot (u2, Grace)");
        moments.Should().Equal("+1 (2)");
    }

    [ReadmeSnippet("freshness")]
    public static async Task ReadFreshAsync(string bootstrapServers)
    {
        await using CtasEngine engine = await LoadAsync(bootstrapServers);
        using var leaving = new CancellationTokenSource(HangGuard.Limit);
        CancellationToken stopping = leaving.Token;
        (string topic, int partition, long offset) = ("users", 0, 0);

        // Nobody knows how far behind a table is before its topic is followed.
        await HangGuard.UntilAsync(() => engine.Maintenance.FreshnessOf("names").LagRecords is not null);

        // snippet: freshness
        TableMaintenance maintenance = engine.Maintenance;

        // What one has written: where the producer's report says the record lies.
        ITable names = await maintenance.WaitForRecordAsync("names", new RecordPosition(topic, partition, offset), stopping);

        // What somebody else will have written.
        names = await maintenance.WaitForAsync("names", table => table.RowCount >= 2, stopping);

        // At most so far behind, or everything that is known by now; else a TableTooStaleException that tells the lag.
        names = await maintenance.ReadAsync("names", StalenessPolicy.MaxLag(TimeSpan.FromSeconds(1)).Within(TimeSpan.FromSeconds(5)), stopping);
        QueryResult count = await engine.QueryFreshAsync(
            "SELECT COUNT(*) AS n FROM names", StalenessPolicy.Wait(TimeSpan.FromSeconds(5)), stopping);

        TableFreshness fresh = maintenance.FreshnessOf("names");
        Console.WriteLine($"{fresh.State}: {fresh.LagRecords} records and {fresh.LagTime} behind, version {fresh.Version}");
        foreach (SourcePosition position in fresh.Positions) { Console.WriteLine($"{position.Partition} applied up to {position.Position}"); }

        await maintenance.PauseAsync(stopping); // tables stay as they are, sources wait
        maintenance.Resume();
        // end snippet

        names.RowCount.Should().Be(2);
        count.Rows.Single().Get<long>(0).Should().Be(2);
        (fresh.State, fresh.LagRecords).Should().Be((TableState.Live, 0));
        fresh.Positions.Should().HaveCount(2);
    }

    private static async Task<CtasEngine> LoadAsync(string bootstrapServers)
    {
        CtasEngine engine = new CtasEngineBuilder().UseKafka(bootstrapServers).AddScript(
            """
            CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (kafka_topic = 'users', value_format = 'JSON');
            CREATE TABLE names AS SELECT id, name FROM users EMIT CHANGES;
            """).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private sealed class Observer<T>(Action<T> onNext) : IObserver<T>
    {
        public void OnNext(T value) => onNext(value);

        public void OnError(Exception error) => throw new InvalidOperationException("The snippets show nothing that fails.", error);

        public void OnCompleted() => throw new InvalidOperationException("What is kept fresh has no end.");
    }
}
