using System.Buffers.Binary;
using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Tables.Snapshots;

namespace Ctas.IntegrationTests.Maintenance;

/// <summary>Live tables after a restart: from stored changelogs and the records since then, never from anything else.</summary>
public sealed class LiveRestartTests(EmbeddedCluster cluster) : IClassFixture<EmbeddedCluster>, IDisposable
{
    private const string Graph =
        """
        CREATE TABLE orders_in (id VARCHAR PRIMARY KEY, customer VARCHAR, amount BIGINT) WITH (kafka_topic = '{orders}', value_format = 'JSON');
        CREATE TABLE customers_in (id VARCHAR PRIMARY KEY, city VARCHAR) WITH (kafka_topic = '{customers}', value_format = 'JSON');
        CREATE TABLE large AS SELECT id, customer, amount FROM orders_in WHERE amount >= 20 EMIT CHANGES;
        CREATE TABLE enriched WITH (table_model = 'compact') AS
            SELECT l.id, c.city, l.amount FROM large l LEFT JOIN customers_in c ON l.customer = c.id EMIT CHANGES;
        CREATE TABLE totals AS SELECT city, COUNT(*) AS n, SUM(amount) AS total, MAX(amount) AS most FROM enriched GROUP BY city EMIT CHANGES;
        """;

    private static readonly string[] Tables = ["large", "enriched", "totals"];

    private readonly SnapshotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Restart_KilledAtARandomMoment_ConvergesToAFullLoad(int seed)
    {
        var random = new Random(seed);
        string orders = cluster.CreateTopic(partitions: 1 + random.Next(3));
        string customers = cluster.CreateTopic(partitions: 1 + random.Next(2));
        string sql = Graph.Replace("{orders}", orders, StringComparison.Ordinal).Replace("{customers}", customers, StringComparison.Ordinal);
        int continued = 0;
        for (int start = 0; start < 5; start++)
        {
            await ProduceAsync(random, orders, customers);
            await using CtasEngine engine = Builder(sql).UseSnapshots(_folder.Path).Build();
            LoadResult result = await engine.LoadAsync().Guarded();
            result.ThrowIfFailed();
            continued += result["totals"].Kind == LoadKind.Full ? 0 : 1;

            // Stored while records arrive, and left without a word: what was stored last is some moment in between.
            Task producing = ProduceAsync(random, orders, customers);
            for (int save = random.Next(3); save > 0; save--) { await engine.SaveSnapshotAsync().Guarded(); }

            if (random.Next(2) == 0) { await producing; }

            await using CtasEngine full = await OracleAsync(sql, producing);
            await UntilEqualAsync(Tables, engine, full, $"seed {seed}, start {start}, {result["totals"].Kind}: {result["totals"].KindReason}");
        }

        continued.Should().Be(4, "only the first start reads everything");
    }

    [Fact]
    [Trait("Category", "Chaos")]
    public Task Restart_ProcessIsKilled_ConvergesToAFullLoad() => KillAndRestartAsync(seed: 1, kills: 2);

    [Theory]
    [Trait("Category", "Large")]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task Restart_ProcessIsKilledManyTimes_ConvergesToAFullLoad(int seed) => KillAndRestartAsync(seed, kills: 12);

    [Fact]
    public async Task Restart_ReadsOnlyWhatIsNew_AndSaysSo()
    {
        (string sql, string orders, _) = await FilledAsync();
        await using (CtasEngine first = Builder(sql).UseSnapshots(_folder.Path).Build())
        {
            LoadResult result = await first.LoadAsync().Guarded();
            result.Tables.Should().OnlyContain(table => table.Kind == LoadKind.Full);
            result["large"].KindReason.Should().Be("no snapshot is stored");
            result["totals"].KindReason.Should().Be("as table \"enriched\"");
        }

        _folder.Files.Should().HaveCount(2);
        await using (CtasEngine second = Builder(sql).UseSnapshots(_folder.Path).Build())
        {
            LoadResult result = await second.LoadAsync().Guarded();
            result.Tables.Should().OnlyContain(table => table.Kind == LoadKind.Restored && table.Records == 0);
            result["large"].KindReason.Should().StartWith("the snapshot of ");
            result["large"].SnapshotBytes.Should().Be(0, "what is stored is still right");
        }

        await cluster.Kafka.ProduceAsync(orders, [Order("o1", "c1", 99), EmbeddedRecord.Tombstone("o2")]);
        await using CtasEngine third = Builder(sql).UseSnapshots(_folder.Path).Build();
        LoadResult continued = await third.LoadAsync().Guarded();

        (continued["large"].Kind, continued["large"].Records).Should().Be((LoadKind.Continued, 2L));
        continued["totals"].Kind.Should().Be(LoadKind.Continued);
        third.Tables["large"].Contents().Should().Contain("o1|c1|99").And.NotContain(row => row.StartsWith("o2|", StringComparison.Ordinal));
        third.Tables.TryGetMetadata("large", out Ctas.Tables.TableMetadata? metadata).Should().BeTrue();
        metadata!.Positions.Should().OnlyContain(position => position.Start == 0, "its rows are from the first record on");
    }

    [Theory]
    [InlineData("damaged", "the stored snapshot cannot be used: *", true)]
    [InlineData("cut off", "the stored snapshot cannot be used: *", true)]
    [InlineData("version 1", "the stored snapshot cannot be used: it is of version 1", true)]
    [InlineData("other columns", "the stored snapshot is of another definition", false)]
    [InlineData("other filter", "the snapshot of *", false)]
    [InlineData("other topic", "the stored snapshot is of another definition", false)]
    public async Task Restart_SnapshotThatDoesNotFit_IsReadInFullAndReported(string what, string reason, bool isWarned)
    {
        (string sql, string orders, _) = await FilledAsync();
        await using (CtasEngine first = Builder(sql).UseSnapshots(_folder.Path).Build()) { (await first.LoadAsync().Guarded()).ThrowIfFailed(); }

        string file = _folder.Files.Select(name => System.IO.Path.Combine(_folder.Path, name)).Single(name => name.Contains("orders", StringComparison.Ordinal));
        switch (what)
        {
            case "damaged": Damage(file); break;
            case "cut off": using (FileStream stream = File.OpenWrite(file)) { stream.SetLength(stream.Length - 20); } break;
            case "version 1": MakeVersion1(file); break;
            case "other columns": sql = sql.Replace("customer VARCHAR, amount", "customer VARCHAR, note VARCHAR, amount", StringComparison.Ordinal); break;
            case "other filter": sql = sql.Replace("amount >= 20", "amount >= 30", StringComparison.Ordinal); break;
            default: sql = sql.Replace($"'{orders}'", $"'{cluster.CreateTopic(partitions: 1)}'", StringComparison.Ordinal); break;
        }

        await using CtasEngine second = Builder(sql).UseSnapshots(_folder.Path).Build();
        LoadResult result = await second.LoadAsync().Guarded();
        await using CtasEngine full = await OracleAsync(sql, Task.CompletedTask);

        result.ThrowIfFailed();
        result["large"].KindReason.Should().Match(reason);
        result["large"].Kind.Should().Be(what == "other filter" ? LoadKind.Restored : LoadKind.Full);
        result["large"].Warnings.Any(warning => warning.StartsWith("loaded in full", StringComparison.Ordinal)).Should().Be(isWarned);
        foreach (string table in Tables) { second.Tables[table].Contents().Should().Equal(full.Tables[table].Contents()); }

        // What could not be used has been replaced.
        await using CtasEngine third = Builder(sql).UseSnapshots(_folder.Path).Build();
        (await third.LoadAsync().Guarded())["large"].Kind.Should().Be(LoadKind.Restored);
    }

    [Fact]
    public async Task Save_OfALiveTable_StoresWhatItFollows()
    {
        (string sql, _, _) = await FilledAsync();
        await using CtasEngine engine = Builder(sql).UseSnapshots(new SnapshotOptions(_folder.Path) { SavesAfterLoad = false }).Build();
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        _folder.Files.Should().BeEmpty();

        (await engine.SaveSnapshotAsync("large").Guarded()).Select(saved => saved.Table).Should().Equal("orders_in");
        (await engine.SaveSnapshotAsync("totals").Guarded()).Select(saved => saved.Table).Should().BeEquivalentTo("orders_in", "customers_in");
        _folder.Files.Should().HaveCount(2);
    }

    /// <summary>Kills processes that follow and store while records arrive; what is left on disk is continued here.</summary>
    private async Task KillAndRestartAsync(int seed, int kills)
    {
        var random = new Random(seed);
        (string sql, string orders, string customers) = await FilledAsync();
        await KilledFollower.KillManyAsync(
            new Killing(cluster.Kafka.BootstrapServers, _folder.Path, sql, kills), random, () => ProduceAsync(random, orders, customers));

        await using CtasEngine engine = Builder(sql).UseSnapshots(_folder.Path).Build();
        LoadResult result = await engine.LoadAsync().Guarded();
        result.ThrowIfFailed();
        result["totals"].Kind.Should().NotBe(LoadKind.Full);
        await using CtasEngine full = await OracleAsync(sql, Task.CompletedTask);
        await UntilEqualAsync(Tables, engine, full, $"seed {seed}, {result["totals"].Kind}: {result["totals"].KindReason}");

        await ProduceAsync(random, orders, customers);
        await using CtasEngine later = await OracleAsync(sql, Task.CompletedTask);
        await UntilEqualAsync(Tables, engine, later, $"seed {seed}, after what came last");
    }

    [Fact]
    public async Task Restart_TableWithRetention_ComesFromStoredChangelogsAsItIsAtThatMoment()
    {
        string orders = cluster.CreateTopic(partitions: 1);
        string sql = $"""
            CREATE TABLE orders_in (id VARCHAR PRIMARY KEY, customer VARCHAR, amount BIGINT) WITH (kafka_topic = '{orders}', value_format = 'JSON');
            CREATE TABLE recent WITH (retention = '1 hour') AS SELECT id, amount FROM orders_in EMIT CHANGES
            """;
        DateTimeOffset old = DateTimeOffset.UtcNow.AddHours(-2);
        await cluster.Kafka.ProduceAsync(orders, [Order("old", "c1", 1) with { Timestamp = old }, Order("o1", "c1", 2)]);
        await using (CtasEngine first = Builder(sql).UseSnapshots(_folder.Path).Build())
        {
            (await first.LoadAsync().Guarded()).ThrowIfFailed();
            first.Tables["recent"].Contents().Should().Equal("o1|2");
        }

        _folder.Files.Should().ContainSingle("the changelog is stored, and not the table");
        await cluster.Kafka.ProduceAsync(orders, [Order("o2", "c1", 3), Order("older", "c1", 4) with { Timestamp = old }]);
        await using CtasEngine second = Builder(sql).UseSnapshots(_folder.Path).Build();
        LoadResult result = await second.LoadAsync().Guarded();

        (result["recent"].Kind, result["recent"].Records).Should().Be((LoadKind.Continued, 2L));
        second.Tables["recent"].Contents().Should().BeEquivalentTo("o1|2", "o2|3");
    }

    [Fact]
    public async Task Restart_StreamsAndWindows_GoOnFromWhatIsStored_LateRowsStayLeftOut()
    {
        (string graph, string orders, _) = await FilledAsync();
        string clicks = cluster.CreateTopic(partitions: 1);
        string sql = $"""
            {graph}
            CREATE STREAM clicks (page VARCHAR, n BIGINT) WITH (kafka_topic = '{clicks}', value_format = 'JSON');
            CREATE TABLE pages AS SELECT page, SUM(n) AS n FROM clicks GROUP BY page EMIT CHANGES;
            CREATE TABLE minutes AS SELECT page, WINDOWSTART AS since, COUNT(*) AS n FROM clicks
                WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 0 SECONDS) GROUP BY page EMIT CHANGES;
            CREATE TABLE finals AS SELECT page, WINDOWSTART AS since, COUNT(*) AS n FROM clicks
                WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 0 SECONDS) GROUP BY page EMIT FINAL;
            """;
        await cluster.Kafka.ProduceAsync(clicks, [Click("a", 1, minute: 0), Click("a", 2, minute: 5)]);
        await using CtasEngine always = Builder(sql).Build();
        (await always.LoadAsync().Guarded()).ThrowIfFailed();
        await using (CtasEngine first = Builder(sql).UseSnapshots(_folder.Path).Build())
        {
            (await first.LoadAsync().Guarded()).ThrowIfFailed();

            // In the first tick all windows of the load close that have to; what comes for them later is late.
            await cluster.Kafka.ProduceAsync(clicks, [Click("b", 3, minute: 6)]);
            await first.Maintenance.WaitForRecordAsync("minutes", new(clicks, 0, 2)).Guarded();
            await always.Maintenance.WaitForRecordAsync("minutes", new(clicks, 0, 2)).Guarded();
            await cluster.Kafka.ProduceAsync(clicks, [Click("a", 4, minute: 0)]);
            await first.Maintenance.WaitForRecordAsync("minutes", new(clicks, 0, 3)).Guarded();
            first.Maintenance.FreshnessOf("minutes").LateRows.Should().Be(1);
            first.Tables["minutes"].RowCount.Should().Be(3);
            first.Tables["pages"].Contents().Should().BeEquivalentTo("a|7", "b|3");
            await first.SaveSnapshotAsync().Guarded();
        }

        _folder.Files.Should().HaveCount(3, "the changelogs are stored each by itself, and what is made of the stream beside them");
        await cluster.Kafka.ProduceAsync(clicks, [Click("a", 5, minute: 1)]);
        await cluster.Kafka.ProduceAsync(orders, [Order("o1", "c1", 99)]);
        await using CtasEngine second = Builder(sql).UseSnapshots(_folder.Path).Build();
        LoadResult result = await second.LoadAsync().Guarded();
        await always.Maintenance.WaitForRecordAsync("minutes", new(clicks, 0, 4)).Guarded();
        await UntilEqualAsync(Tables, always, second, "changelogs of the one that went on all the time");

        result.ThrowIfFailed();
        (result["totals"].Kind, result["pages"].Kind, result["minutes"].Kind).Should().Be((LoadKind.Continued, LoadKind.Continued, LoadKind.Continued));
        (result["pages"].Records, second.Maintenance.FreshnessOf("minutes").LateRows).Should().Be((0L, 2L));
        foreach (string table in (string[])["pages", "minutes", "finals"]) { second.Tables[table].Contents().Should().Equal(always.Tables[table].Contents()); }
    }

    [Fact]
    public async Task Restart_ChangelogSharedWithATableThatIsLoadedOnce_ComesFromDiskForBoth()
    {
        (string graph, string orders, _) = await FilledAsync();
        string sql = $"{graph} CREATE TABLE once AS SELECT customer, COUNT(*) AS n FROM orders_in GROUP BY customer;";
        await using (CtasEngine first = Builder(sql).UseSnapshots(_folder.Path).Build()) { (await first.LoadAsync().Guarded()).ThrowIfFailed(); }

        // Another statement, so that its own snapshot is of no use.
        sql = sql.Replace("COUNT(*) AS n FROM orders_in", "SUM(amount) AS n FROM orders_in", StringComparison.Ordinal);
        await cluster.Kafka.ProduceAsync(orders, [Order("o1", "c1", 99), EmbeddedRecord.Tombstone("o2")]);
        await using CtasEngine second = Builder(sql).UseSnapshots(_folder.Path).Build();
        LoadResult result = await second.LoadAsync().Guarded();
        await using CtasEngine full = await OracleAsync(sql, Task.CompletedTask);

        result.ThrowIfFailed();
        (result["large"].Kind, result["once"].Kind, result["once"].Records).Should().Be((LoadKind.Continued, LoadKind.Continued, 2L));
        foreach (string table in (string[])[.. Tables, "once"]) { second.Tables[table].Contents().Should().Equal(full.Tables[table].Contents()); }

        // What is stored of the table that is loaded once begins at the first record, as it was read before it was stored.
        await using CtasEngine third = Builder(sql).UseSnapshots(_folder.Path).Build();
        (await third.LoadAsync().Guarded())["once"].Kind.Should().Be(LoadKind.Restored);
        third.Tables.TryGetMetadata("once", out Ctas.Tables.TableMetadata? metadata).Should().BeTrue();
        metadata!.Positions.Should().OnlyContain(position => position.Start == 0);
    }

    private static EmbeddedRecord Click(string page, int n, int minute) =>
        EmbeddedRecord.Of("k", $$"""{"page":"{{page}}","n":{{n}}}""") with { Timestamp = new DateTimeOffset(2026, 1, 1, 0, minute, 0, TimeSpan.Zero) };

    private static void Damage(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 0x40;
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>Makes a whole file say that it is of version 1; all its checksums hold.</summary>
    private static void MakeVersion1(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), SnapshotFormat.Checksum(bytes.AsSpan(0, 20)));
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>Waits until tables of an engine hold what those of another do.</summary>
    internal static async Task UntilEqualAsync(IEnumerable<string> tables, CtasEngine engine, CtasEngine full, string because)
    {
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        foreach (string table in tables)
        {
            string[] expected = full.Tables[table].Contents();
            try { await engine.Maintenance.WaitForAsync(table, rows => rows.Contents().SequenceEqual(expected), patience.Token); }
            catch (OperationCanceledException) { engine.Tables[table].Contents().Should().Equal(expected, because); }
        }
    }

    private CtasEngineBuilder Builder(string sql) => new CtasEngineBuilder().UseKafka(cluster.Kafka.BootstrapServers).AddScript(sql);

    /// <summary>The same tables, read in full when everything has been produced.</summary>
    private async Task<CtasEngine> OracleAsync(string sql, Task producing)
    {
        await producing;
        CtasEngine engine = Builder(sql).Build();
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        return engine;
    }

    private async Task<(string Sql, string Orders, string Customers)> FilledAsync()
    {
        string orders = cluster.CreateTopic(partitions: 2);
        string customers = cluster.CreateTopic(partitions: 1);
        await cluster.Kafka.ProduceAsync(orders, Enumerable.Range(0, 200).Select(number => Order($"o{number}", $"c{number % 10}", number)));
        await cluster.Kafka.ProduceAsync(customers, Enumerable.Range(0, 8).Select(number => Customer($"c{number}", $"city{number % 3}")));
        return (Graph.Replace("{orders}", orders, StringComparison.Ordinal).Replace("{customers}", customers, StringComparison.Ordinal), orders, customers);
    }

    private Task ProduceAsync(Random random, string orders, string customers)
    {
        EmbeddedRecord[] ordered = [.. Enumerable.Range(0, random.Next(150)).Select(_ => RandomOrder(random))];
        EmbeddedRecord[] moved = [.. Enumerable.Range(0, random.Next(10)).Select(_ => RandomCustomer(random))];
        return Task.WhenAll(cluster.Kafka.ProduceAsync(orders, ordered), cluster.Kafka.ProduceAsync(customers, moved));
    }

    private static EmbeddedRecord RandomOrder(Random random)
    {
        string id = $"o{random.Next(80)}";
        return random.Next(6) == 0 ? EmbeddedRecord.Tombstone(id) : Order(id, $"c{random.Next(8)}", random.Next(100));
    }

    private static EmbeddedRecord RandomCustomer(Random random)
    {
        string id = $"c{random.Next(8)}";
        return random.Next(5) == 0 ? EmbeddedRecord.Tombstone(id) : Customer(id, $"city{random.Next(4)}");
    }

    private static EmbeddedRecord Order(string id, string customer, int amount) =>
        EmbeddedRecord.Of(id, $$"""{"customer":"{{customer}}","amount":{{amount}}}""");

    private static EmbeddedRecord Customer(string id, string city) => EmbeddedRecord.Of(id, $$"""{"city":"{{city}}"}""");
}
