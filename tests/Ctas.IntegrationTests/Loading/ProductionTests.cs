using System.Diagnostics;

using Confluent.Kafka;

using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Tables;
using Ctas.Tests.Tables.Snapshots;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Suite 4: what breaks in production, injected.</summary>
[Trait("Category", "Chaos")]
public sealed partial class ProductionTests(EmbeddedCluster cluster) : IClassFixture<EmbeddedCluster>, IDisposable
{
    private const string Numbers =
        """
        CREATE TABLE src (id VARCHAR PRIMARY KEY, n BIGINT) WITH (kafka_topic = '{topic}', value_format = 'JSON');
        CREATE TABLE t WITH (table_model = 'compact') AS SELECT id, n FROM src;
        """;

    private readonly SnapshotFolder _folder = new();

    private EmbeddedKafka Kafka => cluster.Kafka;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NetworkPartition_ScriptedLog_IsReadOnFromTheExactOffset()
    {
        var topic = new ScriptedTopic(new InstantTime());
        ScriptedPartition partition = topic.AddPartition().Records(12);
        topic.BeforeFetch(3, () => partition.Errors.Enqueue(ErrorCode.Local_Transport));

        (TableLoadResult result, IReadOnlyList<TimeSpan> waits) = await LoadScriptedAsync(topic, new KafkaSourceOptions());

        (result.State, result.Records, result.Rows, result.Retries).Should().Be((TableState.Ready, 12L, 12L, 1));
        waits.Should().HaveCount(1);
        topic.Assignments.Should().HaveCount(2);
        topic.Assignments[1].Single().Offset.Should().Be(8, "two batches of four were read before");
        topic.Delivered.Should().Be(12, "no record is fetched twice");
    }

    [Fact]
    public async Task CoordinatorFailure_DoesNotTouchAssignLoads()
    {
        await using var brokers = EmbeddedKafka.Start(brokers: 3);
        brokers.CreateTopic("numbers", partitions: 2);
        await brokers.ProduceAsync("numbers", NumberTopics.Records(100));
        brokers.FailNext(KafkaApiKey.FindCoordinator, [.. Enumerable.Repeat(ErrorCode.GroupCoordinatorNotAvailable, 50)]);
        brokers.FailNext(KafkaApiKey.JoinGroup, [.. Enumerable.Repeat(ErrorCode.NotCoordinatorForGroup, 50)]);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(brokers.BootstrapServers)
            .AddTable("CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        (result["t"].Records, result["t"].Retries).Should().Be((100L, 0));
        engine.Tables["t"].Contents().Should().Equal(NumberTopics.Rows(100));
        brokers.Requests.Select(request => request.ApiKey).Should().Contain(KafkaApiKey.Fetch)
            .And.NotIntersectWith([KafkaApiKey.JoinGroup, KafkaApiKey.SyncGroup, KafkaApiKey.Heartbeat, KafkaApiKey.OffsetFetch, KafkaApiKey.OffsetCommit]);
    }

    [Fact]
    public async Task Resources_AreReleasedAfterEveryFailure()
    {
        ErrorCode[] failures =
            [ErrorCode.TopicAuthorizationFailed, ErrorCode.InvalidMsg, ErrorCode.NetworkException, ErrorCode.Local_AutoOffsetReset];
        foreach (ErrorCode failure in failures)
        {
            var topic = new ScriptedTopic(new InstantTime());
            ScriptedPartition partition = topic.AddPartition().Records(8);
            for (int fetch = 2; fetch < 6; fetch++) { topic.BeforeFetch(fetch, () => partition.Errors.Enqueue(failure)); }

            (TableLoadResult result, _) = await LoadScriptedAsync(topic, new KafkaSourceOptions { MaxRetries = 2 });

            result.State.Should().Be(TableState.Failed, failure.ToString());
            topic.OpenConsumers.Should().Be(0, failure.ToString());
        }

        // A snapshot that does not fit, or is damaged, is not held either: the file can be had by one alone.
        string sql = await CreateNumbersAsync(50);
        await LoadAsync(sql, new SnapshotOptions(_folder.Path));
        byte[] whole = await File.ReadAllBytesAsync(_folder.FileOf("t"));
        foreach (int length in new[] { 10, whole.Length / 2, whole.Length })
        {
            await File.WriteAllBytesAsync(_folder.FileOf("t"), whole[..length]);
            await LoadAsync(sql, new SnapshotOptions(_folder.Path) { SavesAfterLoad = false });
            using var alone = new FileStream(_folder.FileOf("t"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            alone.Length.Should().Be(length);
        }
    }

    [Fact]
    public async Task BrokerDown_OneOfThree_LeadersMove_LoadCompletes()
    {
        await using var brokers = EmbeddedKafka.Start(brokers: 3);
        brokers.CreateTopic("numbers", partitions: 3, replicationFactor: 3);
        await brokers.ProduceAsync("numbers", NumberTopics.Records(600));
        int down = brokers.BrokerIds[0];
        var source = new ObservedSource(TopicSource.Of(brokers.BootstrapServers, "numbers"))
        {
            AfterOpen = (_, _) =>
            {
                brokers.SetBrokerDown(down);
                for (int partition = 0; partition < 3; partition++)
                {
                    brokers.MoveLeader("numbers", partition, brokers.BrokerIds[1 + (partition % 2)]);
                }

                return Task.CompletedTask;
            },
        };
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("numbers", source)
            .AddTable("CREATE TABLE t AS SELECT ROWKEY AS id, n FROM numbers")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        engine.Tables["t"].Contents().Should().Equal(NumberTopics.Rows(600));
        result["t"].Records.Should().Be(600, "no record is lost or read twice");
    }

    [Fact]
    public async Task AllBrokersDown_ScriptedLog_FailsAfterExactlyItsRetries()
    {
        var topic = new ScriptedTopic(new InstantTime());
        ScriptedPartition partition = topic.AddPartition().Records(8);

        // The first fetch brings a batch of four; nobody answers after it.
        for (int fetch = 2; fetch < 10; fetch++)
        {
            topic.BeforeFetch(fetch, () => partition.Errors.Enqueue(ErrorCode.Local_AllBrokersDown));
        }

        (TableLoadResult result, IReadOnlyList<TimeSpan> waits) =
            await LoadScriptedAsync(topic, new KafkaSourceOptions { MaxRetries = 3 });

        result.State.Should().Be(TableState.Failed);
        (result.Error!.Partition, result.Error.IsTransient).Should().Be(("t[0]", true));
        result.Error.Offset.Should().Be(4, "that much was read before");
        waits.Should().HaveCount(3);
    }

    [Fact]
    public async Task RetryBackoff_IsExponentialCappedJittered()
    {
        var topic = new ScriptedTopic(new InstantTime());
        topic.AddPartition().Records(1);
        var options = new KafkaSourceOptions
        {
            MaxRetries = 12,
            RetryDelay = TimeSpan.FromSeconds(1),
            MaxRetryDelay = TimeSpan.FromSeconds(20),
        };
        topic.FailMetadata([.. Enumerable.Repeat(ErrorCode.Local_Transport, 12)]);

        (TableLoadResult result, IReadOnlyList<TimeSpan> waits) = await LoadScriptedAsync(topic, options);

        (result.State, result.Retries).Should().Be((TableState.Ready, 12));
        waits.Should().HaveCount(12).And.OnlyContain(wait => wait > TimeSpan.Zero && wait <= options.MaxRetryDelay);

        // Whatever the dice say of each, the first four together are below 2⁴ times the first, and of the last four one is at the cap.
        waits[0].Should().BeLessThan(TimeSpan.FromSeconds(2));
        waits.Take(4).Sum(wait => wait.TotalSeconds).Should().BeLessThan(16);
        waits.Skip(8).Max().Should().Be(options.MaxRetryDelay, "the wait has doubled by then");
        waits.Take(5).Should().NotEqual(
            Enumerable.Range(0, 5).Select(retry => options.RetryDelay * Math.Pow(2, retry)), "there is jitter");
    }

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.UnknownTopicOrPart)]
    public async Task FatalErrors_AreNotRetried(ErrorCode error)
    {
        var topic = new ScriptedTopic(new InstantTime());
        topic.AddPartition().Records(1);
        topic.FailMetadata(error);

        (TableLoadResult result, IReadOnlyList<TimeSpan> waits) = await LoadScriptedAsync(topic, new KafkaSourceOptions());

        result.State.Should().Be(TableState.Failed);
        (result.Error!.IsTransient, result.Retries).Should().Be((false, 0));
        waits.Should().BeEmpty();
        topic.OpenConsumers.Should().Be(0);
    }

    [Fact]
    public async Task DiskFull_DuringSnapshotWrite_TableStaysUsable_NoCorruptFile()
    {
        string sql = await CreateNumbersAsync(300);
        (await LoadAsync(sql, new SnapshotOptions(_folder.Path))).Result.SnapshotBytes.Should().BePositive();
        byte[] before = await File.ReadAllBytesAsync(_folder.FileOf("t"));
        await Kafka.ProduceAsync(TopicOf(sql), NumberTopics.Records(10, from: 300));

        foreach (long room in new long[] { 0, 10, 400, 1500 })
        {
            var full = new SnapshotOptions(_folder.Path) { Files = new FailingFiles { Room = room } };
            await using CtasEngine engine = Builder(sql).UseSnapshots(full).Build();
            LoadResult result = await engine.LoadAsync().Guarded();

            result.ThrowIfFailed();
            result["t"].Warnings.Should().Equal("could not store table \"t\": No space left on device");
            result["t"].SnapshotBytes.Should().Be(0);
            engine.Tables["t"].Contents().Should().Equal(NumberTopics.Rows(310));
            Func<Task> save = () => engine.SaveSnapshotAsync("t");
            (await save.Should().ThrowAsync<SnapshotException>()).Which.IsTransient.Should().BeTrue();
            _folder.Files.Should().Equal("t.ctas");
            (await File.ReadAllBytesAsync(_folder.FileOf("t"))).Should().Equal(before);
        }

        // There is room again: the old snapshot is whole and is continued.
        (TableLoadResult next, string[] rows) = await LoadAsync(sql, new SnapshotOptions(_folder.Path));
        (next.Kind, next.Records).Should().Be((LoadKind.Continued, 10L));
        rows.Should().Equal(NumberTopics.Rows(310));
    }

    [Fact]
    public async Task MemoryBudget_Exceeded_FailsCleanly_OthersContinue()
    {
        string large = cluster.CreateTopic();
        string small = cluster.CreateTopic();
        await Kafka.ProduceAsync(large, Enumerable.Range(0, 4_000).Select(n => EmbeddedRecord.Of($"k{n}", $$"""{"n":"{{new string('x', 200)}}{{n}}"}""")));
        await Kafka.ProduceAsync(small, NumberTopics.Records(20));
        string script =
            $"""
            CREATE TABLE big AS SELECT ROWKEY AS id, n FROM kafka://{large};
            CREATE TABLE on_big AS SELECT id FROM big;
            CREATE TABLE little AS SELECT ROWKEY AS id, n FROM kafka://{small};
            """;

        // The budget of a table, then that of the engine.
        foreach (CtasEngineOptions options in new CtasEngineOptions[]
        {
            new() { Load = new LoadOptions { TableMemoryBytes = 500_000 } },
            new() { MemoryBytes = 500_000 },
        })
        {
            await using CtasEngine engine = Builder(script).WithOptions(options).Build();
            LoadResult result = await engine.LoadAsync().Guarded();

            (result["big"].State, result["on_big"].State, result["little"].State).Should().Be(
                (TableState.Failed, TableState.Skipped, TableState.Ready));
            result["big"].Error!.IsTransient.Should().BeFalse();
            result["big"].Error!.Message.Should().Contain("budget").And.Contain("500");
            engine.Tables["little"].Contents().Should().Equal(NumberTopics.Rows(20));
            engine.Tables.Invoking(tables => tables["big"]).Should().Throw<TableNotReadyException>();
        }
    }

    [Fact]
    public async Task ProcessKilled_MidSnapshotWrite_NextStartIsClean()
    {
        string sql = await CreateNumbersAsync(300);
        await LoadAsync(sql, new SnapshotOptions(_folder.Path));
        await Kafka.ProduceAsync(TopicOf(sql), NumberTopics.Records(10, from: 300));

        using (Process writer = await KilledWriter.StartAsync(Kafka.BootstrapServers, _folder.Path, sql))
        {
            writer.Kill();
            await writer.WaitForExitAsync().Guarded();
        }

        _folder.Files.Should().HaveCount(2, "the killed process left half a file behind");
        (TableLoadResult next, string[] rows) = await LoadAsync(sql, new SnapshotOptions(_folder.Path));

        (next.Kind, next.Records).Should().Be((LoadKind.Continued, 10L));
        next.Warnings.Should().BeEmpty();
        rows.Should().Equal(NumberTopics.Rows(310));
        _folder.Files.Should().Equal("t.ctas");
    }

    private static async Task<(TableLoadResult Result, IReadOnlyList<TimeSpan> Waits)> LoadScriptedAsync(
        ScriptedTopic topic, KafkaSourceOptions options)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("t", ScriptedSource.Over(topic, options: options))
            .AddTable("CREATE TABLE loaded AS SELECT id, n FROM t")
            .Build();
        LoadResult result = await engine.LoadAsync().Guarded();
        return (result["loaded"], topic.Time.Waits);
    }

    private async Task<string> CreateNumbersAsync(int count)
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(count));
        return Numbers.Replace("{topic}", topic, StringComparison.Ordinal);
    }

    private static string TopicOf(string sql) => sql.Split('\'')[1];

    private async Task<(TableLoadResult Result, string[] Rows)> LoadAsync(string sql, SnapshotOptions snapshots)
    {
        await using CtasEngine engine = Builder(sql).UseSnapshots(snapshots).Build();
        LoadResult result = await engine.LoadAsync().Guarded();
        result.ThrowIfFailed();
        return (result["t"], engine.Tables["t"].Contents());
    }

    private CtasEngineBuilder Builder(string sql) => new CtasEngineBuilder().UseKafka(Kafka.BootstrapServers).AddScript(sql);
}
