using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <content>Records whose form changes, that are malformed, that lack a key or a value.</content>
public sealed partial class EdgeCaseTests
{
    [Fact]
    public async Task SchemaEvolution_NewFieldMidLoad()
    {
        string topic = await kafka.CreateTopicAsync("evolving");
        await kafka.ProduceAsync(topic,
        [
            .. Enumerable.Range(0, 50).Select(i => EmbeddedRecord.Of($"k{i}", $$"""{"name":"n{{i}}"}""")),
            .. Enumerable.Range(50, 50).Select(i => EmbeddedRecord.Of($"k{i}", $$"""{"name":"n{{i}}","age":{{i}}}""")),
            EmbeddedRecord.Of("k3", """{"age":3}"""),
        ]);
        await using CtasEngine engine = Builder()
            .UseSource("evolving", Source(topic, d => d with { BatchRows = 10 }))
            .AddTable("CREATE TABLE everything AS SELECT * FROM evolving")
            .AddTable("CREATE TABLE ages AS SELECT ROWKEY AS id, age FROM evolving WHERE age IS NOT NULL")
            .AddTable("CREATE TABLE compacted WITH (table_model = 'compact') AS SELECT * FROM everything")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        string[] expected = TableContents.Sorted(Enumerable.Range(0, 100).Select(i =>
            TableContents.Line($"k{i}", i == 3 ? null : $"n{i}", i >= 50 || i == 3 ? i : null)));
        engine.Tables["everything"].ColumnNames().Should().Equal("ROWKEY", "name", "age");
        engine.Tables["everything"].Contents().Should().Equal(expected);
        engine.Tables["compacted"].Contents().Should().Equal(expected);
        engine.Tables["ages"].Contents().Should().Equal(TableContents.Sorted(
            Enumerable.Range(50, 50).Append(3).Select(i => TableContents.Line($"k{i}", i))));
    }

    [Theory]
    [InlineData("1 2147483648", "BIGINT", "1 2147483648")]
    [InlineData("1 -9223372036854775808", "BIGINT", "1 -9223372036854775808")]
    [InlineData("1 2.5", "DOUBLE", "1 2.5")]
    [InlineData("3000000000 0.5 7", "DOUBLE", "3000000000 0.5 7")]
    [InlineData("1 3000000000 2.5 \"text\"", "VARCHAR", "1 3000000000 2.5 text")]
    [InlineData("true \"yes\"", "VARCHAR", "true yes")]
    [InlineData("null 1 3000000000", "BIGINT", "NULL 1 3000000000")]
    public async Task SchemaEvolution_TypeWidening(string values, string type, string expected)
    {
        string topic = await kafka.CreateTopicAsync("widening");
        string[] literals = values.Split(' ');

        // Each form fills more than one batch before the next one comes.
        EmbeddedRecord[] records =
        [
            .. literals.SelectMany((literal, form) => Enumerable.Range(0, 15).Select(
                i => EmbeddedRecord.Of($"k{form}_{i}", $$"""{"v":{{literal}}}"""))),
        ];
        await kafka.ProduceAsync(topic, records);
        await using CtasEngine engine = Builder()
            .UseSource("widening", Source(topic, d => d with { BatchRows = 10 }))
            .AddTable("CREATE TABLE wide AS SELECT ROWKEY AS id, v FROM widening")
            .AddTable("CREATE TABLE compacted WITH (table_model = 'compact') AS SELECT id, v FROM wide")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        string[] rows = TableContents.Sorted(expected.Split(' ').SelectMany((value, form) =>
            Enumerable.Range(0, 15).Select(i => TableContents.Line($"k{form}_{i}", value))));
        foreach (string table in new[] { "wide", "compacted" })
        {
            engine.Tables[table].Schema.Fields[1].Type.ToString().Should().Be(type);
            engine.Tables[table].Contents().Should().Equal(rows);
        }

        string[] widenings = literals[0] == "null" ? ["BIGINT"] : [type];
        engine.Tables.TryGetMetadata("wide", out TableMetadata? metadata).Should().BeTrue();
        metadata!.Warnings.Should().Contain(warning => warning.Contains('v') && warning.Contains(widenings[0]));
        result["wide"].Warnings.Should().Equal(metadata.Warnings);
    }

    [Fact]
    public async Task MalformedRecords_FailSkipOrDeadLetter()
    {
        string topic = await kafka.CreateTopicAsync("malformed");
        string deadLetters = await kafka.CreateTopicAsync("dead");
        await kafka.ProduceAsync(topic,
        [
            EmbeddedRecord.Of("a", """{"n":1}"""),
            EmbeddedRecord.Of("b", """{"n":"""),
            EmbeddedRecord.Of("c", """{"n":3}"""),
            EmbeddedRecord.Of("a", """{"n":"many"}"""),
            EmbeddedRecord.Of("d", """{"n":99999999999999999999}"""),
        ]);
        string declared = $"(id VARCHAR PRIMARY KEY, n BIGINT) WITH (kafka_topic = '{topic}', value_format = 'JSON'";
        await using CtasEngine engine = Builder()
            .AddScript(
                $"""
                CREATE TABLE strict {declared});
                CREATE TABLE lenient {declared}, on_error = 'skip');
                CREATE TABLE careful {declared}, on_error = 'dead_letter', dead_letter_topic = '{deadLetters}');
                CREATE TABLE failing AS SELECT * FROM strict;
                CREATE TABLE skipping AS SELECT * FROM lenient;
                CREATE TABLE diverting AS SELECT * FROM careful;
                """)
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        LoadException failure = result["failing"].Error!;
        (failure.Phase, failure.Partition, failure.Offset).Should().Be((LoadPhase.Reading, $"{topic}[0]", 1L));
        failure.IsTransient.Should().BeFalse();
        engine.Tables.Invoking(t => t["failing"]).Should().Throw<TableNotReadyException>();
        foreach (string table in new[] { "skipping", "diverting" })
        {
            engine.Tables[table].Contents().Should().Equal("a|1", "c|3");
            (result[table].Records, result[table].Rejected, result[table].Rows).Should().Be((5L, 3L, 2L));
            result[table].RejectedSamples.Select(sample => (sample.Partition, sample.Offset)).Should()
                .Equal(($"{topic}[0]", 1L), ($"{topic}[0]", 3L), ($"{topic}[0]", 4L));
            result[table].RejectedSamples.Should().OnlyContain(sample => sample.Reason.Length > 0);
        }

        await using CtasEngine reader = Builder()
            .AddScript(
                $"""
                CREATE STREAM dead (id VARCHAR KEY, content VARCHAR)
                    WITH (kafka_topic = '{deadLetters}', value_format = 'KAFKA', key_format = 'KAFKA');
                CREATE TABLE letters AS SELECT id, content FROM dead;
                """)
            .Build();
        (await reader.LoadAsync().Guarded()).ThrowIfFailed();
        reader.Tables["letters"].Contents().Should().Equal(
            """a|{"n":"many"}""", """b|{"n":""", """d|{"n":99999999999999999999}""");
    }

    [Fact]
    public async Task KeylessRecords_FollowPolicy()
    {
        string topic = await kafka.CreateTopicAsync("keyless");
        await kafka.ProduceAsync(topic,
        [
            EmbeddedRecord.Of("a", """{"n":1}"""),
            EmbeddedRecord.Of(null, """{"n":2}"""),
            EmbeddedRecord.Of("a", """{"n":3}"""),
            EmbeddedRecord.Of(null, """{"n":4}"""),
            EmbeddedRecord.Of(null, null),
        ]);
        await using CtasEngine engine = Builder()
            .AddTable($"CREATE TABLE refusing WITH (mode = 'changelog') AS SELECT ROWKEY AS id, n FROM kafka://{topic}")
            .AddTable(
                $"""
                CREATE TABLE skipping WITH (mode = 'changelog', null_key = 'skip') AS
                SELECT ROWKEY AS id, n FROM kafka://{topic}
                """)
            .AddTable(
                $"""
                CREATE TABLE appending WITH (mode = 'changelog', null_key = 'append') AS
                SELECT ROWKEY AS id, n FROM kafka://{topic}
                """)
            .AddScript(
                $"""
                CREATE TABLE src (id VARCHAR PRIMARY KEY, n BIGINT) WITH (kafka_topic = '{topic}', value_format = 'JSON', null_key = 'append');
                CREATE TABLE declared AS SELECT id, n FROM src;
                CREATE TABLE declared_compact WITH (table_model = 'compact') AS SELECT n, id FROM src;
                """)
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        LoadException failure = result["refusing"].Error!;
        (failure.Partition, failure.Offset, failure.IsTransient).Should().Be(($"{topic}[0]", 1L, false));
        failure.Message.Should().Contain("null_key");
        engine.Tables["skipping"].Contents().Should().Equal("a|3");
        result["skipping"].Rejected.Should().Be(3);
        result["skipping"].RejectedSamples.Select(sample => sample.Offset).Should().Equal(1, 3, 4);
        engine.Tables["appending"].Contents().Should().Equal("NULL|2", "NULL|4", "a|3");
        engine.Tables["declared"].Contents().Should().Equal("NULL|2", "NULL|4", "a|3");
        engine.Tables["declared_compact"].Contents().Should().Equal("2|NULL", "3|a", "4|NULL");
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task Tombstones_Delete(string model)
    {
        string topic = await kafka.CreateTopicAsync("deleting", partitions: 2);
        await kafka.ProduceAsync(topic,
        [
            .. NumberTopics.Records(20),
            .. Enumerable.Range(0, 10).Select(i => EmbeddedRecord.Tombstone($"k{i * 2}")),
            EmbeddedRecord.Tombstone("never_was"),
            EmbeddedRecord.Of("k4", """{"n":400}"""),
            EmbeddedRecord.Of("k6", """{"n":600}"""),
            EmbeddedRecord.Tombstone("k6"),
            EmbeddedRecord.Tombstone("k6"),
        ]);
        await using CtasEngine engine = Builder()
            .UseSource("deleting", Source(topic, d => d with { BatchRows = 4 }))
            .AddTable($"CREATE TABLE left_over WITH (table_model = '{model}') AS SELECT ROWKEY AS id, n FROM deleting")
            .AddTable("CREATE TABLE counted AS SELECT COUNT(*) AS c, SUM(n) AS total FROM deleting")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        string[] expected = TableContents.Sorted(
            [.. Enumerable.Range(0, 10).Select(i => TableContents.Line($"k{(i * 2) + 1}", (i * 2) + 1)), "k4|400"]);
        engine.Tables["left_over"].Contents().Should().Equal(expected);
        engine.Tables["left_over"].TryGet("k2", out _).Should().BeFalse();
        engine.Tables["left_over"].TryGet("k4", out Ctas.Data.Row row).Should().BeTrue();
        Convert.ToInt32(row["n"], null).Should().Be(400);
        engine.Tables["counted"].Contents().Should().Equal("11|500");
        (result["left_over"].Records, result["left_over"].Rejected).Should().Be((35L, 0L));
    }
}
