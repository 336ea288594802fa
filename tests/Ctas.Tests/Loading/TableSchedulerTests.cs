using System.Collections.Concurrent;
using Ctas.Loading;

namespace Ctas.Tests.Loading;

public sealed class TableSchedulerTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task RunAsync_NoTables_EndsAtOnce()
    {
        var runner = new RecordingRunner();
        await TableScheduler.RunAsync([], runner, 2, failFast: false, CancellationToken.None).WaitAsync(HangGuard);
        runner.Events.Should().BeEmpty();
    }

    [Fact]
    public async Task RunAsync_Diamond_MiddleTablesOverlap()
    {
        // B and C each wait for the other to have started: only a scheduler that overlaps them can end.
        using var both = new Barrier(2);
        var runner = new RecordingRunner
        {
            OnRun = table =>
            {
                if (table is "b" or "c") { both.SignalAndWait(HangGuard).Should().BeTrue(); }

                return RunOutcome.Loaded;
            },
        };
        await TableScheduler.RunAsync(
            [Table("a", 1), Table("b", 2, "a"), Table("c", 2, "a"), Table("d", 3, "b", "c")],
            runner, 4, failFast: false, CancellationToken.None).WaitAsync(HangGuard);
        string[] events = [.. runner.Events];
        events[0].Should().Be("run a");
        events[^1].Should().Be("run d");
    }

    [Fact]
    public async Task RunAsync_ProducerFails_SkipsConsumersWithCauses()
    {
        var runner = new RecordingRunner { OnRun = table => table == "b" ? RunOutcome.Failed : RunOutcome.Loaded };
        await TableScheduler.RunAsync(
            [Table("a", 1), Table("b", 1), Table("c", 1), Table("d", 2, "b"), Table("e", 3, "d"), Table("f", 2, "a")],
            runner, 1, failFast: false, CancellationToken.None).WaitAsync(HangGuard);
        runner.Events.Should().BeEquivalentTo("run a", "run b", "skip d because of b", "skip e because of d", "run c", "run f");
    }

    [Fact]
    public async Task RunAsync_FailFast_StartsNothingMoreAndCancelsTheToken()
    {
        CancellationToken seen = default;
        var runner = new RecordingRunner { OnRun = table => table == "a" ? RunOutcome.Failed : RunOutcome.Loaded };
        runner.OnToken = token => seen = token;
        await TableScheduler.RunAsync(
            [Table("a", 1), Table("b", 1), Table("c", 2, "b")], runner, 1, failFast: true, CancellationToken.None).WaitAsync(HangGuard);
        runner.Events.Should().BeEquivalentTo("run a", "skip b because of a", "skip c because of a");
        seen.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public async Task RunAsync_OneSlot_HonoursWaveThenPriorityThenName()
    {
        var runner = new RecordingRunner();
        await TableScheduler.RunAsync(
            [Table("late", 2), Table("b", 1), Table("a", 1), Table("urgent", 1) with { Priority = 5 }],
            runner, 1, failFast: false, CancellationToken.None).WaitAsync(HangGuard);
        runner.Events.Should().Equal("run urgent", "run a", "run b", "run late");
    }

    [Fact]
    public async Task RunAsync_CancelledBeforeStart_CancelsEveryTable()
    {
        var runner = new RecordingRunner();
        await TableScheduler.RunAsync(
            [Table("a", 1), Table("b", 2, "a")], runner, 1, failFast: false, new CancellationToken(canceled: true)).WaitAsync(HangGuard);
        runner.Events.Should().BeEquivalentTo("cancel a", "cancel b");
    }

    [Fact]
    public async Task RunAsync_RunnerThrows_EndsTheRunAndThrowsIt()
    {
        var runner = new RecordingRunner { OnRun = table => table == "a" ? throw new FormatException("bug") : RunOutcome.Loaded };
        Func<Task> run = () => TableScheduler.RunAsync(
            [Table("a", 1), Table("b", 2, "a"), Table("c", 1)], runner, 2, failFast: false, CancellationToken.None).WaitAsync(HangGuard);
        (await run.Should().ThrowAsync<FormatException>()).WithMessage("bug");
        runner.Events.Should().BeEquivalentTo("run a", "run c", "skip b because of a");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RunAsync_RandomGraphs_EveryTableEndsOnceAndAfterItsProducers(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 50; round++)
        {
            ScheduledTable[] tables = RandomGraph(random);
            var failing = tables.Where(_ => random.Next(6) == 0).Select(table => table.Name).ToHashSet();
            var runner = new RecordingRunner { OnRun = table => failing.Contains(table) ? RunOutcome.Failed : RunOutcome.Loaded };
            await TableScheduler.RunAsync(tables, runner, 1 + random.Next(4), failFast: false, CancellationToken.None).WaitAsync(HangGuard);

            string[] events = [.. runner.Events];
            events.Should().HaveCount(tables.Length);
            foreach (ScheduledTable table in tables)
            {
                int own = Array.FindIndex(events, entry => entry.Split(' ')[1] == table.Name);
                own.Should().BeGreaterThanOrEqualTo(0);
                if (!events[own].StartsWith("run ", StringComparison.Ordinal)) { continue; }

                foreach (string producer in table.Producers)
                {
                    failing.Should().NotContain(producer);
                    Array.IndexOf(events, "run " + producer).Should().BeInRange(0, own - 1);
                }
            }
        }
    }

    private static ScheduledTable[] RandomGraph(Random random)
    {
        var tables = new ScheduledTable[random.Next(1, 25)];
        for (int table = 0; table < tables.Length; table++)
        {
            string[] producers = [.. Enumerable.Range(0, table).Where(_ => random.Next(5) == 0).Select(producer => $"t{producer}")];
            int wave = 1 + producers.Select(name => tables[int.Parse(name[1..])].Wave).DefaultIfEmpty(0).Max();
            tables[table] = Table($"t{table}", wave, producers);
        }

        return tables;
    }

    private static ScheduledTable Table(string name, int wave, params string[] producers) => new(name, wave, 0, producers);

    private sealed class RecordingRunner : ITableRunner
    {
        public ConcurrentQueue<string> Events { get; } = [];

        public Func<string, RunOutcome> OnRun { get; init; } = _ => RunOutcome.Loaded;

        public Action<CancellationToken> OnToken { get; set; } = _ => { };

        public Task<RunOutcome> RunAsync(string table, CancellationToken cancellationToken)
        {
            OnToken(cancellationToken);
            Events.Enqueue("run " + table);
            return Task.FromResult(OnRun(table));
        }

        public void Skip(string table, string cause) => Events.Enqueue($"skip {table} because of {cause}");

        public void Cancel(string table) => Events.Enqueue("cancel " + table);
    }
}
