using Ctas.Kafka;
using Ctas.Loading;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <content>Random graphs of tables, some of which fail.</content>
public sealed partial class ConsistencyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Dependencies_AreSatisfied_NoOrphans(int seed)
    {
        string good = await kafka.CreateNumbersAsync("good", 3);
        string bad = await kafka.CreateMalformedAsync("bad");
        var random = new Random(seed);
        RandomTable[] graph = RandomGraph(random, tables: 14);
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .WithMaxParallelism(random.Next(1, 5));
        foreach (RandomTable table in graph.OrderBy(_ => random.Next()))
        {
            // Each adds the rows of its producers to those of the topic.
            string own = $"SELECT n FROM kafka://{(table.IsBroken ? bad : good)}";
            IEnumerable<string> selects = [own, .. table.Producers.Select(p => $"SELECT n FROM {graph[p].Name}")];
            builder.AddTable($"CREATE TABLE {table.Name} AS {string.Join(" UNION ALL ", selects)}");
        }

        await using CtasEngine engine = builder.Build();
        var progress = new ProgressLog();
        LoadResult result = await engine.LoadAsync(progress).Guarded();

        result.Tables.Should().HaveCount(graph.Length);
        foreach (RandomTable table in graph)
        {
            TableLoadResult loaded = result[table.Name];
            TableState expected = table.IsHealthy(graph) ? TableState.Ready
                : table.Producers.All(p => graph[p].IsHealthy(graph)) ? TableState.Failed : TableState.Skipped;
            loaded.State.Should().Be(expected, "of {0}", table.Name);
            loaded.Wave.Should().Be(table.Wave(graph));
            if (expected == TableState.Ready)
            {
                engine.Tables[table.Name].Contents().Should().Equal(TableContents.Sorted(
                    Enumerable.Repeat(new[] { "0", "1", "2" }, table.Copies(graph)).SelectMany(rows => rows)));
            }
            else if (expected == TableState.Skipped) { AssertChain(loaded.CauseChain, graph, result); }
        }

        AssertNoneRanBeforeItsProducers(graph, progress);
    }

    private static void AssertChain(IReadOnlyList<string> chain, RandomTable[] graph, LoadResult result)
    {
        for (int link = 0; link + 1 < chain.Count; link++)
        {
            RandomTable table = graph.Single(t => t.Name == chain[link]);
            table.Producers.Select(p => graph[p].Name).Should().Contain(chain[link + 1]);
            result[chain[link]].State.Should().Be(TableState.Skipped);
        }

        result[chain[^1]].State.Should().Be(TableState.Failed);
    }

    private static void AssertNoneRanBeforeItsProducers(RandomTable[] graph, ProgressLog progress)
    {
        foreach (LoadProgress report in progress.Reports)
        {
            Dictionary<string, TableState> states =
                report.Tables.ToDictionary(table => table.Name, table => table.State);
            foreach (RandomTable table in graph)
            {
                if (states[table.Name] is not (TableState.Loading or TableState.Ready)) { continue; }

                table.Producers.Select(p => states[graph[p].Name]).Should()
                    .AllBeEquivalentTo(TableState.Ready, "{0} is {1}", table.Name, states[table.Name]);
            }
        }
    }

    private static RandomTable[] RandomGraph(Random random, int tables) =>
    [
        .. Enumerable.Range(0, tables).Select(i =>
        {
            int[] earlier = [.. Enumerable.Range(0, i)];
            random.Shuffle(earlier);
            return new RandomTable($"t{i:00}", [.. earlier.Take(random.Next(0, 3)).Order()], random.Next(8) == 0);
        }),
    ];

    private sealed record RandomTable(string Name, int[] Producers, bool IsBroken)
    {
        public bool IsHealthy(RandomTable[] graph) => !IsBroken && Producers.All(p => graph[p].IsHealthy(graph));

        public int Wave(RandomTable[] graph) => 1 + Producers.Select(p => graph[p].Wave(graph)).DefaultIfEmpty(0).Max();

        public int Copies(RandomTable[] graph) => 1 + Producers.Sum(p => graph[p].Copies(graph));
    }
}
