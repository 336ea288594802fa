using Ctas.Benchmarks.Nexmark;
using Ctas.Benchmarks.Tpch;
using DuckDB.NET.Data;

namespace Ctas.SqlTests.Nexmark;

/// <summary>The queries of Nexmark, kept fresh while events come in, give DuckDB's answers over the same events.</summary>
public sealed class NexmarkTests
{
    private const int Events = 600;

    public static TheoryData<string> Names => new(NexmarkQueries.All.Select(query => query.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Query_WhileEventsComeIn_GivesWhatDuckDbGives(string name)
    {
        NexmarkQuery query = NexmarkQueries.All.Single(query => query.Name == name);
        var generator = new NexmarkGenerator(seed: 7);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        var duckdb = new NexmarkDuckDb(connection);
        await using var house = new NexmarkHouse(query, partitions: 3);
        Happen(generator.Next(Events));
        (await house.Engine.LoadAsync()).ThrowIfFailed();
        for (int part = 0; part < 4; part++)
        {
            await house.CaughtUpAsync();
            TpchAnswer.Difference(house.Answer, duckdb.Answer(query)).Should().BeNull("this is what {0} has after part {1}", name, part);
            Happen(generator.Next(Events * (part + 1)));
        }

        await house.CaughtUpAsync();
        List<object?[]> answer = house.Answer;
        answer.Should().NotBeEmpty("an empty answer tests nothing");
        TpchAnswer.Difference(answer, duckdb.Answer(query)).Should().BeNull("this is what {0} has at the end", name);

        void Happen(IReadOnlyList<NexmarkEvent> events)
        {
            foreach (NexmarkEvent happened in events) { house.Add(happened.Stream, house.Record(happened)); }

            duckdb.Add(events);
        }
    }

    [Fact]
    public void Next_SameSeed_GivesTheSameEvents()
    {
        byte[][] first = [.. new NexmarkGenerator(3).Next(500).Select(happened => happened.ToJson())];

        first.Should().BeEquivalentTo(new NexmarkGenerator(3).Next(500).Select(happened => happened.ToJson()), o => o.WithStrictOrdering());
    }
}
