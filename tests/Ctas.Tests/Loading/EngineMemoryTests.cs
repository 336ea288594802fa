using System.Globalization;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Loading;

/// <summary>The memory budget of an engine: loads in flight count, and give back what they held however they end.</summary>
public sealed class EngineMemoryTests
{
    private const int Rows = 30_000;
    private const string Staged = "SELECT n % 10 AS k, COUNT(*) AS c FROM {0} GROUP BY n % 10";
    private static readonly string Columns = new('x', 30);

    [Fact]
    public async Task Load_TwoLoadsTogetherExceedTheBudget_OneFailsAndTheOtherContinues()
    {
        long staged = await StagedBytesAsync();
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int atTheEnd = 0;

        // Who arrives at its last record waits until the other has given up: both together do not fit.
        async ValueTask WaitAtTheEnd(long offset, CancellationToken token)
        {
            if (offset != Rows - 1) { return; }

            Interlocked.Increment(ref atTheEnd);
            await failed.Task.WaitAsync(token);
        }

        await using CtasEngine engine = Engine(staged * 3 / 2, ("a_in", WaitAtTheEnd), ("b_in", WaitAtTheEnd), ("small_in", null))
            .AddTable($"CREATE TABLE a AS {Of(Staged, "a_in")}")
            .AddTable($"CREATE TABLE b AS {Of(Staged, "b_in")}")
            .AddTable("CREATE TABLE on_a AS SELECT k FROM a")
            .AddTable("CREATE TABLE small AS SELECT n FROM small_in WHERE n < 5")
            .Build();
        var progress = new FirstFailure(failed);
        LoadResult result = await engine.LoadAsync(progress).WaitAsync(TimeSpan.FromMinutes(1));

        atTheEnd.Should().Be(1, "the budget holds one of them");
        TableLoadResult[] pair = [result["a"], result["b"]];
        TableLoadResult refused = pair.Should().ContainSingle(table => table.State == TableState.Failed, "{0} // {1}", pair[0].Error, pair[1].Error).Which;
        pair.Should().ContainSingle(table => table.State == TableState.Ready).Which.Rows.Should().Be(10);
        refused.Error!.Message.Should().MatchRegex("[0-9,]+ bytes more are wanted while tables and loads hold [0-9,]+, the budget is [0-9,]+");
        refused.Error.IsTransient.Should().BeFalse();
        engine.Tables.ReservedBytes.Should().Be(0);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task Load_GrowingTable_FailsWhileItGrows(string model)
    {
        await using CtasEngine engine = Engine(300_000, ("s", null))
            .AddTable($"CREATE TABLE t (id VARCHAR PRIMARY KEY, n BIGINT) WITH (table_model = '{model}') AS SELECT id, n FROM s")
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["t"].Error!.Phase.Should().Be(LoadPhase.Executing, "it must not be finished first");
        result["t"].Error!.Message.Should().Contain("the budget is 300,000");
        engine.Tables.ReservedBytes.Should().Be(0);
    }

    [Fact]
    public async Task Load_OperatorState_Counts()
    {
        await using CtasEngine engine = Engine(300_000, ("s", null))
            .AddTable("CREATE TABLE t AS SELECT COUNT(*) AS n FROM (SELECT id, COUNT(*) AS c FROM s GROUP BY id) AS g WHERE c > 0")
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["t"].Error!.Message.Should().Contain("memory of the engine exceeded by aggregate by id").And.Contain("the budget is 300,000");
        engine.Tables.ReservedBytes.Should().Be(0);
    }

    [Fact]
    public async Task Load_BesideLoadedTables_HasWhatTheyLeave()
    {
        const string first = "CREATE TABLE first WITH (table_model = 'standard') AS SELECT id, n FROM s";
        await using CtasEngine measured = Engine(long.MaxValue / 2, ("s", null)).AddTable(first).Build();
        (await measured.LoadAsync()).ThrowIfFailed();
        long budget = (2 * measured.Tables["first"].Memory.Total) - 1_000;
        await using CtasEngine engine = Engine(budget, ("s", null)).AddTable(first).Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        Func<Task> second = () => engine.ExecuteAsync("CREATE TABLE second WITH (table_model = 'standard') AS SELECT id, n + 0 AS n FROM s");

        string message = (await second.Should().ThrowAsync<Exception>()).Which.ToString();
        message.Should().Contain(string.Create(CultureInfo.InvariantCulture, $"the budget is {budget:N0}"));
        engine.Tables.ReservedBytes.Should().Be(0);
        await engine.ExecuteAsync("CREATE TABLE third AS SELECT n FROM s WHERE n < 100");
        engine.Tables["third"].RowCount.Should().Be(100);
    }

    public static TheoryData<string, bool> Ends() => new()
    {
        { "success", true }, { "success", false }, { "failure", true }, { "failure", false }, { "cancel", true },
        { "cancel", false }, { "timeout", true }, { "timeout", false },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Load_HoweverItEnds_GivesBackWhatItHeld(string end, bool isStaged)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new FakeTimeProvider();
        using var cancellation = new CancellationTokenSource();
        async ValueTask StopAtTheEnd(long offset, CancellationToken token)
        {
            if (offset != Rows - 1) { return; }

            reached.TrySetResult();
            await goOn.Task.WaitAsync(token);
        }

        // What is streamed after the other has been read shows that the other is held.
        string gated = isStaged ? "found_in" : "s2";
        string divisor = end == "failure" ? $"(n - {Rows - 1})" : "7";
        await using CtasEngine engine = Engine(long.MaxValue / 2, ("s", null), (gated, StopAtTheEnd))
            .UseTimeProvider(time)
            .AddTable($"CREATE TABLE t AS SELECT id, 0 AS x FROM s UNION ALL SELECT id, 10 / {divisor} AS x FROM {gated}")
            .Build();
        Task<LoadResult> load = engine.LoadAsync(cancellationToken: cancellation.Token);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await Task.Run(async () => { while (engine.Tables.ReservedBytes == 0) { await Task.Yield(); } }).WaitAsync(TimeSpan.FromMinutes(1));
        if (end == "cancel") { await cancellation.CancelAsync(); }
        else if (end == "timeout") { time.Advance(TimeSpan.FromHours(2)); }
        else { goOn.SetResult(); }

        TableState state = end == "cancel"
            ? await load.Awaiting(l => l).Should().ThrowAsync<OperationCanceledException>().ContinueWith(_ => TableState.Cancelled, TaskScheduler.Default)
            : (await load)["t"].State;

        state.Should().Be(end switch { "success" => TableState.Ready, "cancel" => TableState.Cancelled, _ => TableState.Failed });
        engine.Tables.ReservedBytes.Should().Be(0);
    }

    [Fact]
    public async Task Hold_ManyLoadsAtOnce_NeverExceedTheBudget()
    {
        var registry = new TableRegistry(new TableRegistryOptions { MemoryBudget = 1_000 });
        int refused = 0;
        using var start = new Barrier(4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(
            seed => Task.Factory.StartNew(() => HoldAtRandom(seed), TaskCreationOptions.LongRunning)));

        refused.Should().BePositive();
        registry.ReservedBytes.Should().Be(0);

        void HoldAtRandom(int seed)
        {
            var random = new Random(seed);
            using MemoryReservation held = registry.Reserve();
            start.SignalAndWait();
            for (int step = 0; step < 20_000; step++)
            {
                if (held.Hold(random.Next(900)) is not null)
                {
                    held.Bytes.Should().Be(0, "a load that is refused has failed");
                    Interlocked.Increment(ref refused);
                }

                registry.ReservedBytes.Should().BeInRange(0, 1_000);
            }
        }
    }

    private static string Of(string sql, string source) => sql.Replace("{0}", source, StringComparison.Ordinal);

    /// <summary>What one source holds when all of its records but the last are staged.</summary>
    private static async Task<long> StagedBytesAsync()
    {
        long bytes = 0;
        TableRegistry? registry = null;
        ValueTask Look(long offset, CancellationToken token)
        {
            if (offset == Rows - 1) { bytes = registry!.ReservedBytes; }

            return ValueTask.CompletedTask;
        }

        await using CtasEngine engine = Engine(long.MaxValue / 2, ("a_in", Look)).AddTable($"CREATE TABLE a AS {Of(Staged, "a_in")}").Build();
        registry = engine.Tables;
        (await engine.LoadAsync()).ThrowIfFailed();
        return bytes;
    }

    private static CtasEngineBuilder Engine(long budget, params (string Name, Func<long, CancellationToken, ValueTask>? Before)[] sources)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().WithOptions(new CtasEngineOptions
        {
            MemoryBytes = budget,
            Load = new LoadOptions { MaxParallelism = 3, MaxDegreeOfParallelism = 2, TableTimeout = TimeSpan.FromHours(1) },
        });
        foreach ((string name, Func<long, CancellationToken, ValueTask>? before) in sources) { builder.UseSource(name, Source(name, before)); }

        return builder;
    }

    /// <summary>Columns of sources called "s…" are declared, so that their records are streamed; those of others are found.</summary>
    private static InMemorySource Source(string name, Func<long, CancellationToken, ValueTask>? before)
    {
        var source = new InMemorySource(new SourceDefinition(name, new InMemoryLocation(name))
        {
            Columns = name.StartsWith('s') ? [new SourceColumn("id", DataType.Varchar), new SourceColumn("n", DataType.BigInt)] : null,
            KeyFormat = RecordFormat.None,
            Mode = ReadMode.Append,
        })
        {
            BeforeRecord = before is null ? null : (_, offset, token) => before(offset, token),
        };
        for (int row = 0; row < Rows; row++)
        {
            source.Add(InMemoryRecord.FromText(key: null, string.Create(
                CultureInfo.InvariantCulture, $$"""{"id":"{{Columns}}-{{row * 7919L % 1_000_003:x}}-{{row}}","n":{{row}}}""")));
        }

        return source;
    }

    /// <summary>Tells when a table has failed.</summary>
    private sealed class FirstFailure(TaskCompletionSource failed) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value)
        {
            if (value.Tables.Any(table => table.State == TableState.Failed)) { failed.TrySetResult(); }
        }
    }
}
