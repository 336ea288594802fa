using Ctas.Kafka.Testing;
using Ctas.Loading;

namespace Ctas.IntegrationTests.Loading;

/// <content>Any history, loaded with restarts between, is the table that one full load makes of it.</content>
public sealed partial class UnifiedLoadingTests
{
    // A table of each kind: continued by key, under another name of the key, appended to, computed again.
    private const string HistoryTables =
        """
        CREATE TABLE src (id VARCHAR PRIMARY KEY, n BIGINT, note VARCHAR) WITH (kafka_topic = '{topic}', value_format = 'JSON');
        CREATE STREAM log (n BIGINT, note VARCHAR) WITH (kafka_topic = '{topic}', value_format = 'JSON');
        CREATE TABLE standard_rows AS SELECT id, n, note FROM src WHERE n % 5 <> 0;
        CREATE TABLE compact_rows WITH (table_model = 'compact') AS SELECT note, id AS name, n * 2 AS twice FROM src;
        CREATE TABLE appended WITH (table_model = 'compact') AS SELECT n, note FROM log WHERE note IS NOT NULL;
        CREATE TABLE inferred AS SELECT * FROM kafka://{topic};
        CREATE TABLE sums AS SELECT note, COUNT(*) AS c, SUM(n) AS total FROM standard_rows GROUP BY note;
        """;

    private static readonly string[] HistoryTableNames = ["standard_rows", "compact_rows", "appended", "inferred", "sums"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Unified_EqualsFull_OnRandomHistories(int seed)
    {
        var random = new Random(seed);
        string topic = cluster.CreateTopic(partitions: 1 + random.Next(3));
        string sql = HistoryTables.Replace("{topic}", topic, StringComparison.Ordinal);
        int continued = 0;
        for (int start = 0; start < 4; start++)
        {
            // Sometimes nothing happens between two starts.
            int count = random.Next(4) == 0 ? 0 : random.Next(1, 200);
            await Kafka.ProduceAsync(topic, Enumerable.Range(0, count).Select(_ => RandomRecord(random)));

            await using CtasEngine unified = Builder(sql).UseSnapshots(_folder.Path).Build();
            LoadResult result = await unified.LoadAsync().Guarded();
            result.ThrowIfFailed();
            await using CtasEngine full = Builder(sql).Build();
            (await full.LoadAsync().Guarded()).ThrowIfFailed();
            foreach (string table in HistoryTableNames)
            {
                string because = $"table {table} of seed {seed} at start {start} was {result[table].Kind}: {result[table].KindReason}";
                unified.Tables[table].Contents().Should().Equal(full.Tables[table].Contents(), because);
                unified.Tables[table].Schema.Should().Be(full.Tables[table].Schema, because);
                continued += result[table].Kind == LoadKind.Full ? 0 : 1;
            }
        }

        continued.Should().BeGreaterThan(6, "the histories are to be continued, not read anew");
    }

    private static EmbeddedRecord RandomRecord(Random random)
    {
        string key = $"k{random.Next(60)}";
        return random.Next(6) switch
        {
            0 => EmbeddedRecord.Tombstone(key),
            1 => EmbeddedRecord.Of(key, $$"""{"n":{{random.Next(100)}},"note":null}"""),
            _ => EmbeddedRecord.Of(key, $$"""{"n":{{random.Next(100)}},"note":"{{(char)('a' + random.Next(5))}}"}"""),
        };
    }
}
