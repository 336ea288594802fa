using Ctas.Data;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <content>What readers see while tables are published and replaced.</content>
public sealed partial class ConsistencyTests
{
    private const int Generations = 15;
    private const int RowsPerGeneration = 400;

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task Readers_SeeWholeTablesOrNone(string model)
    {
        string topic = await kafka.CreateTopicAsync("generations", partitions: 2);
        await ProduceGenerationAsync(topic, 0);
        string create =
            $"TABLE watched WITH (table_model = '{model}') AS SELECT ROWKEY AS id, gen FROM kafka://{topic}";
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable($"CREATE {create}")
            .Build();
        using var readers = new Readers(threads: 3, () => ReadWatched(engine.Tables));

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        await readers.NextRoundAsync();
        for (int generation = 1; generation < Generations; generation++)
        {
            await ProduceGenerationAsync(topic, generation);
            await engine.ExecuteAsync($"CREATE OR REPLACE {create}").Guarded();
            await readers.NextRoundAsync();
        }

        IReadOnlyCollection<string> seen = await readers.StopAsync();

        // Before the first publication there was nothing; then each generation, whole.
        seen.Should().BeSubsetOf(
            ["nothing", .. Enumerable.Range(0, Generations).Select(g => $"{RowsPerGeneration} rows of {g}")]);
        seen.Should().Contain(Enumerable.Range(0, Generations).Select(g => $"{RowsPerGeneration} rows of {g}"));
    }

    [Fact]
    public async Task SnapshotAcrossTables_IsOneMoment()
    {
        string topic = await kafka.CreateTopicAsync("generations");
        await ProduceGenerationAsync(topic, 0);
        string select = $"SELECT ROWKEY AS id, gen FROM kafka://{topic}";
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable($"CREATE TABLE leading AS {select}")
            .AddTable("CREATE TABLE following AS SELECT id, gen FROM leading")
            .Build();
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        RegistrySnapshot first = engine.Tables.Snapshot();
        using var snapshots = new Readers(threads: 2, () => ReadBoth(engine.Tables.Snapshot()));
        using var queries = new Readers(threads: 1, () => QueryBoth(engine));

        // The leading table is replaced first, so at any one moment it is as new as the following one, or one newer.
        for (int generation = 1; generation < Generations; generation++)
        {
            await ProduceGenerationAsync(topic, generation);
            await engine.ExecuteAsync($"CREATE OR REPLACE TABLE leading AS {select}").Guarded();
            await Task.WhenAll(snapshots.NextRoundAsync(), queries.NextRoundAsync());
            await engine.ExecuteAsync("CREATE OR REPLACE TABLE following AS SELECT id, gen FROM leading").Guarded();
            await Task.WhenAll(snapshots.NextRoundAsync(), queries.NextRoundAsync());
        }

        string[] moments =
        [
            .. Enumerable.Range(0, Generations).Select(g => $"{g} and {g}"),
            .. Enumerable.Range(1, Generations - 1).Select(g => $"{g} and {g - 1}"),
        ];
        (await snapshots.StopAsync()).Should().BeEquivalentTo(moments);
        (await queries.StopAsync()).Should().BeEquivalentTo(moments);
        ReadBoth(first).Should().Be("0 and 0", "a snapshot stays the moment it was");
        ReadBoth(engine.Tables.Snapshot()).Should().Be($"{Generations - 1} and {Generations - 1}");
    }

    private static string ReadWatched(TableRegistry registry)
    {
        try
        {
            return registry.TryGet("watched", out ITable? table)
                ? $"{table.RowCount} rows of {GenerationsOf(table)}"
                : "nothing";
        }
        catch (TableNotReadyException) { return "nothing"; }
    }

    // The following table is read first: without a snapshot the leading one could be much newer by then.
    private static string ReadBoth(RegistrySnapshot snapshot)
    {
        string following = GenerationsOf(snapshot["following"]);
        Thread.Yield();
        return $"{GenerationsOf(snapshot["leading"])} and {following}";
    }

    private static string QueryBoth(CtasEngine engine)
    {
        QueryResult result = engine.QueryAsync(
            """
            SELECT DISTINCT l.gen AS leading_gen, f.gen AS following_gen
            FROM leading l JOIN following f ON l.id = f.id
            """).GetAwaiter().GetResult();
        return string.Join(
            ", ", result.Contents().Select(line => line.Replace("|", " and ", StringComparison.Ordinal)));
    }

    private static string GenerationsOf(ITable table)
    {
        int column = table.Schema.IndexOf("gen");
        int rows = 0;
        var generations = new SortedSet<int>();
        foreach (Row row in table.Rows)
        {
            rows++;
            generations.Add(Convert.ToInt32(row[column], null));
        }

        return rows == RowsPerGeneration ? string.Join('+', generations) : $"{rows} rows";
    }

    private Task ProduceGenerationAsync(string topic, int generation) => kafka.ProduceAsync(
        topic,
        Enumerable.Range(0, RowsPerGeneration)
            .Select(i => EmbeddedRecord.Of($"k{i}", $$"""{"gen":{{generation}}}""")));
}
