using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Suite 6: a stored snapshot continued, instead of a full read.</summary>
public sealed partial class UnifiedLoadingTests(EmbeddedCluster cluster) : IClassFixture<EmbeddedCluster>, IDisposable
{
    private readonly SnapshotFolder _folder = new();

    private EmbeddedKafka Kafka => cluster.Kafka;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NoSnapshot_LoadsInFull()
    {
        string topic = cluster.CreateTopic(partitions: 2);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(50));

        (TableLoadResult result, string[] rows) = await LoadAsync(Changelog(topic));

        (result.Kind, result.KindReason, result.Records).Should().Be((LoadKind.Full, "no snapshot is stored", 50L));
        rows.Should().Equal(NumberTopics.Rows(50));
        result.Warnings.Should().BeEmpty();
        _folder.Files.Should().Equal("t.ctas");
        result.SnapshotBytes.Should().Be(new FileInfo(_folder.FileOf("t")).Length);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task Snapshot_ContinuesFromItsOffsets(string model)
    {
        string topic = cluster.CreateTopic(partitions: 3);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(300));
        string sql = Changelog(topic, $"table_model = '{model}'");
        await LoadAsync(sql);

        // New keys, new versions of old ones, the end of some, and one that leaves by the filter.
        await Kafka.ProduceAsync(topic,
        [
            .. NumberTopics.Records(20, from: 300),
            EmbeddedRecord.Of("k7", """{"n":7000}"""),
            EmbeddedRecord.Tombstone("k8"),
            EmbeddedRecord.Tombstone("k305"),
            EmbeddedRecord.Of("k9", """{"n":-1}"""),
            EmbeddedRecord.Tombstone("never there"),
        ]);
        (TableLoadResult result, string[] rows) = await LoadAsync(sql);

        (result.Kind, result.Records).Should().Be((LoadKind.Continued, 25L));
        rows.Should().Equal(TableContents.Sorted(
            NumberTopics.Rows(320).Except(["k7|7", "k8|8", "k9|9", "k305|305"]).Append("k7|7000")));
        rows.Should().Equal(await LoadInFullAsync(sql));
        result.Partitions.Sum(partition => partition.Position).Should().Be(325);
        result.Partitions.Should().OnlyContain(partition => partition.Lag == 0);

        // Nothing came since: nothing is read, and nothing is stored anew.
        (TableLoadResult again, string[] sameRows) = await LoadAsync(sql);
        (again.Kind, again.Records, again.SnapshotBytes).Should().Be((LoadKind.Restored, 0L, 0L));
        sameRows.Should().Equal(rows);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task Snapshot_OfAStream_IsAppendedTo(string model)
    {
        string topic = cluster.CreateTopic(partitions: 2);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(100));
        string sql =
            $"""
            CREATE STREAM src (n BIGINT) WITH (kafka_topic = '{topic}', value_format = 'JSON');
            CREATE TABLE t WITH (table_model = '{model}') AS SELECT n, n % 10 AS digit FROM src WHERE n % 3 = 0;
            """;
        await LoadAsync(sql);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(40, from: 60));

        (TableLoadResult result, string[] rows) = await LoadAsync(sql);

        (result.Kind, result.Records).Should().Be((LoadKind.Continued, 40L));
        rows.Should().Equal(await LoadInFullAsync(sql)).And.HaveCount(34 + 14);
    }

    [Fact]
    public async Task Snapshot_OfDerivedTables_IsUsedWhileNothingChanged()
    {
        string topic = cluster.CreateTopic(partitions: 2);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(60));
        string sql = Changelog(topic) + "CREATE TABLE sums AS SELECT n % 3 AS third, SUM(n) AS total FROM t GROUP BY n % 3;";
        await LoadAsync(sql, "sums");

        (TableLoadResult unchanged, string[] before) = await LoadAsync(sql, "sums");
        await Kafka.ProduceAsync(topic, NumberTopics.Records(1, from: 99));
        (TableLoadResult changed, string[] after) = await LoadAsync(sql, "sums");

        unchanged.Kind.Should().Be(LoadKind.Restored);
        before.Should().Equal("0|570", "1|590", "2|610");
        (changed.Kind, changed.KindReason).Should().Be((LoadKind.Full, "table \"t\" has changed"));
        after.Should().Equal("0|669", "1|590", "2|610");
    }

    [Fact]
    public async Task Snapshot_OfAnAggregateOverATopic_IsComputedAgainWithNewRecords()
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(10));
        string sql = $"CREATE TABLE t AS SELECT COUNT(*) AS c, SUM(n) AS total FROM kafka://{topic};";
        await LoadAsync(sql);

        (TableLoadResult unchanged, string[] before) = await LoadAsync(sql);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(1, from: 10));
        (TableLoadResult changed, string[] after) = await LoadAsync(sql);

        (unchanged.Kind, unchanged.Records).Should().Be((LoadKind.Restored, 0L));
        before.Should().Equal("10|45");
        (changed.Kind, changed.Records).Should().Be((LoadKind.Full, 11L));
        changed.KindReason.Should().StartWith("there are new records, and its rows depend on one another: aggregate");
        after.Should().Equal("11|55");
    }

    [Fact]
    public async Task Snapshot_TooOld_OffsetsGone_FallsBackToFull()
    {
        string topic = cluster.CreateTopic(partitions: 2);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(100).Select((r, at) => r with { Partition = at % 2 }));
        await LoadAsync(Changelog(topic));
        await Kafka.ProduceAsync(topic, NumberTopics.Records(20, from: 100).Select(r => r with { Partition = 1 }));

        // Records between the stored offset and the log's new start were never seen.
        await Kafka.ProduceAsync(topic, NumberTopics.Records(20, from: 120).Select(r => r with { Partition = 1 }));
        Kafka.DeleteRecords(topic, 1, beforeOffset: 70);
        (TableLoadResult result, string[] rows) = await LoadAsync(Changelog(topic));

        (result.Kind, result.Records).Should().Be((LoadKind.Full, 70L));
        result.KindReason.Should().Be($"{topic}[1] starts at offset 70 now, past the stored offset 50");
        rows.Should().Equal(await LoadInFullAsync(Changelog(topic))).And.HaveCount(70);

        // The next start continues from what this one stored.
        (await LoadAsync(Changelog(topic))).Result.Kind.Should().Be(LoadKind.Restored);
    }

    [Fact]
    public async Task Snapshot_RecordsBeforeItsOffsetsGone_Continues()
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(100));
        await LoadAsync(Changelog(topic));
        await Kafka.ProduceAsync(topic, NumberTopics.Records(10, from: 100));
        Kafka.DeleteRecords(topic, 0, beforeOffset: 100);

        (TableLoadResult result, string[] rows) = await LoadAsync(Changelog(topic));

        // What retention has removed of the log the table has seen: it stays.
        (result.Kind, result.Records).Should().Be((LoadKind.Continued, 10L));
        rows.Should().Equal(NumberTopics.Rows(110));
    }

    [Theory]
    [InlineData("")]
    [InlineData("EMIT CHANGES")]
    public async Task Snapshot_ContinuedTwice_TellsWhereItsRecordsBegin(string emit)
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(10));
        Kafka.DeleteRecords(topic, 0, beforeOffset: 4);
        List<(LoadKind, SourcePosition)> told = [];

        for (int start = 0; start < 3; start++)
        {
            if (start > 0) { await Kafka.ProduceAsync(topic, NumberTopics.Records(1, from: 9 + start)); }

            await using CtasEngine engine = Builder(Changelog(topic, emit: emit)).UseSnapshots(_folder.Path).Build();
            LoadResult result = await engine.LoadAsync().Guarded();
            result.ThrowIfFailed();
            engine.Tables.TryGetMetadata("t", out TableMetadata? table).Should().BeTrue();
            told.Add((result["t"].Kind, table!.Positions.Single()));
        }

        told.Select(load => load.Item1).Should().Equal(LoadKind.Full, LoadKind.Continued, LoadKind.Continued);
        told.Select(load => (load.Item2.Start, load.Item2.Position)).Should().Equal((4, 10), (4, 11), (4, 12));
    }

    [Fact]
    public async Task Snapshot_TopicMadeAnew_FallsBackToFull()
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(100));
        await LoadAsync(Changelog(topic));
        Kafka.DeleteTopic(topic);
        Kafka.CreateTopic(topic);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(5, from: 500));

        (TableLoadResult result, string[] rows) = await LoadAsync(Changelog(topic));

        (result.Kind, result.KindReason).Should().Be(
            (LoadKind.Full, $"topic \"{topic}\" was made anew: it has another id"));
        rows.Should().Equal(NumberTopics.Rows(5, from: 500));
    }

    [Fact]
    public async Task Snapshot_OfAnotherCluster_FallsBackToFull()
    {
        await using var other = EmbeddedKafka.Start();
        string topic = cluster.CreateTopic();
        other.CreateTopic(topic);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(10));
        await other.ProduceAsync(topic, NumberTopics.Records(12, from: 700));
        await LoadAsync(Changelog(topic));

        (TableLoadResult result, string[] rows) = await LoadAsync(Changelog(topic), bootstrap: other.BootstrapServers);

        result.Kind.Should().Be(LoadKind.Full);
        result.KindReason.Should().StartWith("the source is \"kafka://");
        rows.Should().Equal(NumberTopics.Rows(12, from: 700));
    }

    [Fact]
    public async Task Snapshot_PartitionsAdded_AreReadFromTheirStart()
    {
        // A test broker cannot add partitions.
        var topic = new ScriptedTopic(new InstantTime());
        topic.AddPartition().Records(5);
        await LoadScriptedAsync();
        topic.AddPartition(start: 30).Records(3, from: 5).Marker();

        (TableLoadResult result, string[] rows) = await LoadScriptedAsync();

        (result.Kind, result.Records).Should().Be((LoadKind.Continued, 3L));
        rows.Should().Equal(NumberTopics.Rows(8));
        result.Partitions.Should().Equal(new PartitionProgress("t[0]", 5, 5), new PartitionProgress("t[1]", 34, 34));

        // The added partition is continued like any other from then on.
        (await LoadScriptedAsync()).Result.Kind.Should().Be(LoadKind.Restored);

        async Task<(TableLoadResult Result, string[] Rows)> LoadScriptedAsync()
        {
            await using CtasEngine engine = new CtasEngineBuilder()
                .UseSource("t", ScriptedSource.Over(topic))
                .AddTable("CREATE TABLE loaded AS SELECT id, n FROM t")
                .UseSnapshots(_folder.Path)
                .Build();
            LoadResult loaded = await engine.LoadAsync().Guarded();
            loaded.ThrowIfFailed();
            return (loaded["loaded"], engine.Tables["loaded"].Contents());
        }
    }

    /// <summary>Loads with snapshots.</summary>
    private async Task<(TableLoadResult Result, string[] Rows)> LoadAsync(
        string script, string table = "t", string? bootstrap = null)
    {
        await using CtasEngine engine = Builder(script, bootstrap).UseSnapshots(_folder.Path).Build();
        LoadResult result = await engine.LoadAsync().Guarded();
        result.ThrowIfFailed();
        return (result[table], engine.Tables[table].Contents());
    }

    /// <summary>The rows of a load that knows of no snapshot.</summary>
    private async Task<string[]> LoadInFullAsync(string script, string table = "t")
    {
        await using CtasEngine engine = Builder(script).Build();
        LoadResult result = await engine.LoadAsync().Guarded();
        result.ThrowIfFailed();
        return engine.Tables[table].Contents();
    }

    private CtasEngineBuilder Builder(string script, string? bootstrap = null) =>
        new CtasEngineBuilder().UseKafka(bootstrap ?? Kafka.BootstrapServers).AddScript(script);

    /// <summary>A table over a changelog of numbers, negative ones left out.</summary>
    private static string Changelog(string topic, string properties = "table_model = 'compact'", string emit = "") =>
        $"""
        CREATE TABLE src (id VARCHAR PRIMARY KEY, n BIGINT) WITH (kafka_topic = '{topic}', value_format = 'JSON');
        CREATE TABLE t WITH ({properties}) AS SELECT id, n FROM src WHERE n >= 0 {emit};

        """;
}
