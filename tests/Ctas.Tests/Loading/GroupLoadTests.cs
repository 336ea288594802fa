using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Maintenance;

namespace Ctas.Tests.Loading;

/// <summary>Loads of the share that a group gives to a member, while and after the group moves partitions.</summary>
public sealed class GroupLoadTests
{
    private const int Partitions = 6;

    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly ScriptedGroup _group = new();

    [Theory]
    [InlineData(ReadMode.Changelog, 1)]
    [InlineData(ReadMode.Changelog, 2)]
    [InlineData(ReadMode.Changelog, 3)]
    [InlineData(ReadMode.Append, 4)]
    [InlineData(ReadMode.Append, 5)]
    [InlineData(ReadMode.Auto, 6)]
    [InlineData(ReadMode.Auto, 7)]
    public async Task LoadAsync_PartitionsMoveWhileItReads_HoldsTheRowsOfTheLastShare(ReadMode mode, int seed)
    {
        var random = new Random(seed);
        int[] share = Share(random);
        int read = 0;
        Lock dealing = new();
        (InMemorySource records, List<InMemoryRecord> all) = Records(random, mode, (_, _, _) =>
        {
            // Partitions are read side by side. About every 150 records; now and then the same share is given again.
            lock (dealing)
            {
                if (++read < 3_000 && random.Next(150) == 0)
                {
                    share = random.Next(4) == 0 ? share : Share(random);
                    if (random.Next(2) == 0) { _group.Unsettle(); }

                    _group.Deal(share);
                }
            }

            return ValueTask.CompletedTask;
        });
        var source = new SharedSource(records, _group);
        await using CtasEngine engine = Engine(source);

        Task<LoadResult> loading = engine.LoadAsync();
        await _group.JoinedAsync(1);
        _group.Deal(share);
        LoadResult result = await loading;

        result.ThrowIfFailed();
        source.Opened.Should().HaveCountGreaterThan(share.Length, "partitions have moved");
        ITable table = engine.Tables["t"];
        table.Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal).Should().Equal(Model(all, mode, share));
        result["t"].Records.Should().Be(all.Count(record => share.Contains(record.Partition)), "rows that left are not counted");
        engine.Tables.TryGetMetadata("t", out TableMetadata? metadata);
        metadata!.Positions.Select(position => position.Partition).Should().Equal(share.Select(partition => $"numbers[{partition}]"));
    }

    [Fact]
    public async Task LoadAsync_TwoMembersOfAGroup_HoldEveryRowOnce()
    {
        var random = new Random(8);
        (InMemorySource records, List<InMemoryRecord> all) = Records(random, ReadMode.Changelog);
        await using CtasEngine first = Engine(new SharedSource(records, _group));
        await using CtasEngine second = Engine(new SharedSource(records, _group));

        Task<LoadResult>[] loading = [first.LoadAsync(), second.LoadAsync()];
        await _group.JoinedAsync(2);
        _group.Deal([1, 3, 4], [0, 2, 5]);
        foreach (LoadResult result in await Task.WhenAll(loading)) { result.ThrowIfFailed(); }

        new[] { first, second }.SelectMany(engine => engine.Tables["t"].Rows).Select(row => row.ToString())
            .Order(StringComparer.Ordinal).Should().Equal(Model(all, ReadMode.Changelog, [.. Enumerable.Range(0, Partitions)]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(16, 4)]
    public async Task LoadAsync_OfAShare_ReadsSoManyPartitionsSideBySide(int maxThreads, int expected)
    {
        int reading = 0, most = 0;
        Lock counting = new();
        var areMany = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (InMemorySource records, List<InMemoryRecord> all) = Records(new Random(15), ReadMode.Changelog, async (partition, offset, cancellationToken) =>
        {
            lock (counting)
            {
                if (offset == partition.Range.Start) { most = Math.Max(most, ++reading); }

                if (offset == partition.Range.End - 1) { reading--; }

                if (most == expected) { areMany.TrySetResult(); }
            }

            // The first ones do not end before the others have begun.
            await areMany.Task.WaitAsync(HangGuard, cancellationToken);
        });
        await using CtasEngine engine = new CtasEngineBuilder()
            .WithMaxDegreeOfParallelism(maxThreads)
            .UseSource("numbers", new SharedSource(records, _group))
            .AddTable("CREATE TABLE t AS SELECT * FROM numbers")
            .Build();
        int[] share = [.. Enumerable.Range(0, Partitions)];

        Task<LoadResult> loading = engine.LoadAsync();
        await _group.JoinedAsync(1);
        _group.Deal(share);
        (await loading).ThrowIfFailed();

        most.Should().Be(expected);
        engine.Tables["t"].Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal).Should().Equal(Model(all, ReadMode.Changelog, share));
    }

    [Fact]
    public async Task LoadAsync_OnePartitionCannotBeRead_FailsWithItsReasonAndLetsTheOthersGo()
    {
        var isAnotherRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (InMemorySource records, _) = Records(new Random(16), ReadMode.Changelog, async (partition, offset, cancellationToken) =>
        {
            if (partition.Id == 1)
            {
                isAnotherRead.TrySetResult();
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            await isAnotherRead.Task.WaitAsync(HangGuard, cancellationToken);
            if (offset > 100) { throw new SourceException("numbers", "the disk is gone", isTransient: false); }
        });
        await using CtasEngine engine = new CtasEngineBuilder()
            .WithMaxDegreeOfParallelism(2)
            .UseSource("numbers", new SharedSource(records, _group))
            .AddTable("CREATE TABLE t AS SELECT * FROM numbers")
            .Build();

        Task<LoadResult> loading = engine.LoadAsync();
        await _group.JoinedAsync(1);
        _group.Deal([0, 1]);

        (await loading)["t"].Error!.Message.Should().Contain("the disk is gone");
    }

    [Fact]
    public async Task LoadAsync_MoreMembersThanPartitions_IsEmptyAndReady()
    {
        (InMemorySource records, _) = Records(new Random(9), ReadMode.Changelog);
        await using CtasEngine engine = Engine(new SharedSource(records, _group));

        Task<LoadResult> loading = engine.LoadAsync();
        await _group.JoinedAsync(1);
        _group.Deal([[]]);

        (await loading).ThrowIfFailed();
        engine.Tables["t"].RowCount.Should().Be(0);
    }

    [Fact]
    public async Task Published_ShareIsAnotherOne_TableAndItsReadersSaySoAndAreLoadedAgain()
    {
        var random = new Random(10);
        (InMemorySource records, List<InMemoryRecord> all) = Records(random, ReadMode.Changelog);
        await using CtasEngine engine = Engine(new SharedSource(records, _group), "CREATE TABLE counted AS SELECT COUNT(*) AS n FROM t");
        Task<LoadResult> loading = engine.LoadAsync();
        await _group.JoinedAsync(1);
        _group.Deal([0, 1]);
        (await loading).ThrowIfFailed();

        _group.Deal([0, 1]);
        StateOf(engine.Tables.Snapshot(), "t").Should().Be(TableState.Ready, "the share is the same");
        _group.Deal([1, 2]);

        await engine.Tables.UntilAsync(moment => StateOf(moment, "counted") == TableState.Failed);
        StateOf(engine.Tables.Snapshot(), "t").Should().Be(TableState.Failed);
        engine.Tables.TryGetMetadata("t", out TableMetadata? metadata);
        metadata!.Failure!.Message.Should().Contain("group \"shop\" has given this member other partitions of \"numbers\"");
        engine.Tables["t"].RowCount.Should().Be(Model(all, ReadMode.Changelog, [0, 1]).Length, "the last version stays readable");

        LoadResult again = await engine.LoadAsync();
        again.ThrowIfFailed();
        int rows = Model(all, ReadMode.Changelog, [1, 2]).Length;
        engine.Tables["t"].RowCount.Should().Be(rows);
        engine.Tables["counted"].Rows.Single().ToString().Should().Be($"({rows})");
        _group.Count.Should().Be(1, "the engine is the same member");
    }

    [Fact]
    public async Task Published_DroppedWhileItsShareStays_IsLetGoOf()
    {
        (InMemorySource records, _) = Records(new Random(14), ReadMode.Changelog);
        await using CtasEngine engine = Engine(new SharedSource(records, _group));
        Task<LoadResult> loading = engine.LoadAsync();
        await _group.JoinedAsync(1);
        _group.Deal([0]);
        (await loading).ThrowIfFailed();
        var table = new WatchedTable(engine, "t");

        await engine.ExecuteAsync("DROP TABLE t");

        (await table.IsGoneAsync()).Should().BeTrue("the share outlives many tables that are loaded from it");
    }

    [Fact]
    public async Task EmitChanges_OfAShare_FollowsItsPartitionsAloneAndNoLongerThanItHoldsThem()
    {
        (InMemorySource records, List<InMemoryRecord> all) = Records(new Random(11), ReadMode.Changelog);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("numbers", new SharedSource(records, _group))
            .AddTable("CREATE TABLE t AS SELECT SUM(n) AS total FROM numbers EMIT CHANGES")
            .Build();
        Task<LoadResult> loading = engine.LoadAsync();
        await _group.JoinedAsync(1);
        _group.Deal([0, 3]);
        (await loading).ThrowIfFailed();

        records.Add(InMemoryRecord.FromText("other", """{"n":1000000}""", partition: 1));
        records.Add(InMemoryRecord.FromText("mine", """{"n":5}""", partition: 3));
        await engine.Tables.UntilRowsAsync("t", $"({Total(all, 0, 3) + 5})");

        _group.Deal([1]);
        await engine.Tables.UntilAsync(moment => StateOf(moment, "t") == TableState.Failed);
        Func<Task> wait = () => engine.Maintenance.WaitForAsync("t", _ => false);
        await wait.Should().ThrowAsync<MaintenanceException>().WithMessage("*other partitions*");

        (await engine.LoadAsync()).ThrowIfFailed();
        await engine.Tables.UntilRowsAsync("t", $"({Total(all, 1) + 1000000})");
    }

    [Fact]
    public async Task Dispose_EndsTheMembership()
    {
        (InMemorySource records, _) = Records(new Random(12), ReadMode.Changelog);
        CtasEngine engine = Engine(new SharedSource(records, _group));
        Task<LoadResult> loading = engine.LoadAsync();
        await _group.JoinedAsync(1);
        _group.Deal([0]);
        await loading;

        await engine.DisposeAsync();

        _group.Count.Should().Be(0);
    }

    [Fact]
    public async Task LoadAsync_SourceWithoutGroups_FailsAndSaysSo()
    {
        (InMemorySource records, _) = Records(new Random(13), ReadMode.Changelog);
        await using CtasEngine engine = Engine(records);

        LoadResult result = await engine.LoadAsync();

        result["t"].Error!.Message.Should().Contain("source \"numbers\" knows no groups");
    }

    private static TableState StateOf(RegistrySnapshot moment, string table) =>
        moment.TryGetMetadata(table, out TableMetadata? metadata) ? metadata.State : TableState.Dropped;

    private static long Total(IEnumerable<InMemoryRecord> records, params int[] partitions) =>
        Last(records, partitions).Sum(entry => entry.Value.GetValueOrDefault());

    private static CtasEngine Engine(ISource source, params string[] more)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseSource("numbers", source).AddTable("CREATE TABLE t AS SELECT * FROM numbers");
        foreach (string sql in more) { builder.AddTable(sql); }

        return builder.Build();
    }

    private static int[] Share(Random random) =>
        [.. Enumerable.Range(0, Partitions).Where(_ => random.Next(2) == 0).DefaultIfEmpty(random.Next(Partitions))];

    private static (InMemorySource Source, List<InMemoryRecord> Records) Records(
        Random random, ReadMode mode, Func<SourcePartition, long, CancellationToken, ValueTask>? beforeRecord = null)
    {
        var source = new InMemorySource(
            new SourceDefinition("numbers", new InMemoryLocation("numbers"))
            {
                Columns = mode == ReadMode.Auto ? null : Columns(mode),
                Mode = mode,
                Group = "shop",
                BatchRows = 37,
            },
            Partitions)
        {
            BeforeRecord = beforeRecord,
        };
        var records = new List<InMemoryRecord>();
        for (int n = 0; n < 3_000; n++)
        {
            int key = random.Next(400);
            bool isTombstone = mode != ReadMode.Append && random.Next(8) == 0;
            records.Add(InMemoryRecord.FromText($"k{key}", isTombstone ? null : $$"""{"n":{{n}}}""", key % Partitions));
            source.Add(records[^1]);
        }

        return (source, records);
    }

    private static SourceColumn[] Columns(ReadMode mode) =>
    [
        new("id", DataType.Varchar, mode == ReadMode.Changelog ? SourceColumnRole.Key : SourceColumnRole.RowKey),
        new("n", DataType.BigInt),
    ];

    /// <summary>What one reader of these partitions, and no others, would come to.</summary>
    private static string[] Model(IEnumerable<InMemoryRecord> records, ReadMode mode, int[] share)
    {
        IEnumerable<(string Key, long? N)> rows = mode == ReadMode.Append
            ? records.Where(record => share.Contains(record.Partition)).Select(Parse)
            : Last(records, share).Where(entry => entry.Value is not null).Select(entry => (entry.Key, entry.Value));
        return [.. rows.Select(row => $"({row.Key}, {row.N})").Order(StringComparer.Ordinal)];
    }

    private static Dictionary<string, long?> Last(IEnumerable<InMemoryRecord> records, int[] share)
    {
        var last = new Dictionary<string, long?>();
        foreach (InMemoryRecord record in records.Where(record => share.Contains(record.Partition)))
        {
            (string key, long? n) = Parse(record);
            last[key] = n;
        }

        return last;
    }

    private static (string Key, long? N) Parse(InMemoryRecord record) => (
        System.Text.Encoding.UTF8.GetString(record.Key!),
        record.Value is null ? null : System.Text.Json.JsonDocument.Parse(record.Value).RootElement.GetProperty("n").GetInt64());
}
