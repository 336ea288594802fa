using System.Buffers.Binary;

using Ctas.Kafka.Testing;
using Ctas.Loading;

namespace Ctas.IntegrationTests.Loading;

/// <content>Which snapshots are used: what was asked for, and whether they are whole.</content>
public sealed partial class UnifiedLoadingTests
{
    private const string Src = "CREATE TABLE src (id VARCHAR PRIMARY KEY, n BIGINT) WITH (kafka_topic = '{topic}', value_format = 'JSON');";

    public static TheoryData<string, string> OtherDefinitions => new()
    {
        // The SELECT, the model, a declared type, what is done with bad records, where the read starts, the format.
        { Src, "CREATE TABLE t WITH (table_model = 'compact') AS SELECT id, n + 1 AS n FROM src;" },
        { Src, "CREATE TABLE t WITH (table_model = 'compact') AS SELECT id, n FROM src WHERE n > 0;" },
        { Src, "CREATE TABLE t WITH (table_model = 'compact') AS SELECT id, n AS m FROM src;" },
        { Src, "CREATE TABLE t WITH (table_model = 'standard') AS SELECT id, n FROM src;" },
        { Src.Replace("BIGINT", "DOUBLE", StringComparison.Ordinal), Plain },
        { Src.Replace("value_format", "on_error = 'skip', value_format", StringComparison.Ordinal), Plain },
        { Src.Replace("value_format", "auto.offset.reset = 'offsets:{0:3}', value_format", StringComparison.Ordinal), Plain },
        { Src.Replace("CREATE TABLE", "CREATE STREAM", StringComparison.Ordinal).Replace("PRIMARY KEY", "KEY", StringComparison.Ordinal), Plain },
    };

    private const string Plain = "CREATE TABLE t WITH (table_model = 'compact') AS SELECT id, n FROM src;";

    [Theory]
    [MemberData(nameof(OtherDefinitions))]
    public async Task Snapshot_OfOtherSqlOrSchema_IsIgnored(string source, string table)
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(10));
        await LoadAsync(Src.Replace("{topic}", topic, StringComparison.Ordinal) + Plain);
        string other = source.Replace("{topic}", topic, StringComparison.Ordinal) + table;

        (TableLoadResult result, string[] rows) = await LoadAsync(other);

        (result.Kind, result.KindReason).Should().Be((LoadKind.Full, "the stored snapshot is of another definition"));
        rows.Should().Equal(await LoadInFullAsync(other));
        (await LoadAsync(other)).Result.Kind.Should().Be(LoadKind.Restored, "it took the place of the other one");
    }

    [Fact]
    public async Task Snapshot_OfTheSameSqlWrittenOtherwise_IsUsed()
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(10));
        string source = Src.Replace("{topic}", topic, StringComparison.Ordinal);
        await LoadAsync(source + Plain);

        (TableLoadResult result, _) = await LoadAsync(
            source + "create table t with (loading.timeout = '5 minutes', table_model = 'compact') as -- why not\n select id,\n n from src;");

        result.Kind.Should().Be(LoadKind.Restored);
    }

    [Fact]
    public async Task Snapshot_RecordsWithNewColumns_FallBackToFull()
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, [EmbeddedRecord.Of("a", """{"n":1,"note":null}""")]);
        string sql = $"CREATE TABLE t AS SELECT * FROM kafka://{topic};";
        await LoadAsync(sql);

        await Kafka.ProduceAsync(topic, [EmbeddedRecord.Of("b", """{"n":2}""")]);
        (TableLoadResult known, string[] first) = await LoadAsync(sql);
        await Kafka.ProduceAsync(topic, [EmbeddedRecord.Of("c", """{"n":3,"note":7}""")]);
        (TableLoadResult typed, string[] second) = await LoadAsync(sql);
        await Kafka.ProduceAsync(topic, [EmbeddedRecord.Of("d", """{"n":4.5,"x":true}""")]);
        (TableLoadResult widened, string[] third) = await LoadAsync(sql);

        (known.Kind, known.Records).Should().Be((LoadKind.Continued, 1L));
        first.Should().Equal("a|1|NULL", "b|2|NULL");
        (typed.Kind, typed.KindReason).Should().Be((LoadKind.Full, $"records of \"kafka://{topic}\" have other columns"));
        second.Should().Equal("a|1|NULL", "b|2|NULL", "c|3|7");
        widened.Kind.Should().Be(LoadKind.Full);
        third.Should().Equal(await LoadInFullAsync(sql)).And.HaveCount(4);
    }

    /// <summary>Read alone they look like those of a stream: rows of their own, which a changelog leaves out.</summary>
    [Fact]
    public async Task Snapshot_WithAKeyAndRecordsWithoutOne_FallsBackToFull()
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, [EmbeddedRecord.Of("a", """{"n":1}""")]);
        string sql = $"CREATE TABLE t WITH (null_key = 'skip') AS SELECT * FROM kafka://{topic};";
        await LoadAsync(sql);
        await Kafka.ProduceAsync(topic, [EmbeddedRecord.Of(null, """{"n":2}""")]);

        (TableLoadResult result, string[] rows) = await LoadAsync(sql);

        (result.Kind, result.KindReason).Should().Be((LoadKind.Full, $"records of \"kafka://{topic}\" have other columns"));
        rows.Should().Equal("a|1").And.Equal(await LoadInFullAsync(sql));
    }

    [Theory]
    [InlineData("prelude")]
    [InlineData("header")]
    [InlineData("column")]
    [InlineData("index")]
    [InlineData("footer")]
    [InlineData("trailer")]
    public async Task Snapshot_Corrupt_IsDetectedAndIgnored(string part)
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(200));
        await LoadAsync(Changelog(topic));
        byte[] whole = await File.ReadAllBytesAsync(_folder.FileOf("t"));
        Range range = SnapshotParts.Find(whole)[part];
        (int start, int length) = range.GetOffsetAndLength(whole.Length);

        // The first byte of the part, its last, and some between.
        foreach (int at in Enumerable.Range(0, 5).Select(step => start + (step * (length - 1) / 4)).Distinct())
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            await File.WriteAllBytesAsync(_folder.FileOf("t"), damaged);
            await AssertLoadedInFullAsync(topic, $"byte {at} of {whole.Length}");
        }
    }

    [Fact]
    public async Task Snapshot_Torn_IsDetectedAndIgnored()
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(200));
        await LoadAsync(Changelog(topic));
        byte[] whole = await File.ReadAllBytesAsync(_folder.FileOf("t"));

        foreach (int length in new[] { 0, 10, 24, 60, whole.Length / 2, whole.Length - 28, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(_folder.FileOf("t"), whole[..length]);
            await AssertLoadedInFullAsync(topic, $"{length} of {whole.Length} bytes");
        }

        await File.WriteAllBytesAsync(_folder.FileOf("t"), [.. whole, 0]);
        await AssertLoadedInFullAsync(topic, "a byte too many");
    }

    // unified · start · SELECT · how the table is loaded when there is a snapshot and nothing new, and with new records.
    [Theory]
    [InlineData(null, null, "n", LoadKind.Restored, LoadKind.Continued)]
    [InlineData("auto", null, "n", LoadKind.Restored, LoadKind.Continued)]
    [InlineData("true", null, "n", LoadKind.Restored, LoadKind.Continued)]
    [InlineData("false", null, "n", LoadKind.Full, LoadKind.Full)]
    [InlineData("true", "earliest", "n", LoadKind.Restored, LoadKind.Continued)]
    [InlineData("true", "latest", "n", LoadKind.Full, LoadKind.Full)]
    [InlineData("true", "offsets:{0:5}", "n", LoadKind.Restored, LoadKind.Continued)]
    [InlineData("true", "timestamp:2001-01-01T00:00:00Z", "n", LoadKind.Restored, LoadKind.Continued)]
    [InlineData("auto", null, "RANDOM() AS n", LoadKind.Full, LoadKind.Full)]
    [InlineData("auto", null, "NOW() AS n", LoadKind.Full, LoadKind.Full)]
    [InlineData("auto", null, "UPPER(id) AS n", LoadKind.Restored, LoadKind.Continued)]
    public async Task Decision_FollowsProperties(
        string? unified, string? start, string column, LoadKind unchanged, LoadKind changed)
    {
        string topic = cluster.CreateTopic();
        await Kafka.ProduceAsync(topic, NumberTopics.Records(10));
        string from = start is null ? "" : $"auto.offset.reset = '{start}', ";
        string with = unified is null ? "" : $"WITH (loading.unified = '{unified}')";
        string sql =
            $"""
            CREATE TABLE src (id VARCHAR PRIMARY KEY, n BIGINT) WITH ({from}kafka_topic = '{topic}', value_format = 'JSON');
            CREATE TABLE t {with} AS SELECT id, {column} FROM src;
            """;
        await LoadAsync(sql);

        (TableLoadResult first, _) = await LoadAsync(sql);
        await Kafka.ProduceAsync(topic, NumberTopics.Records(3, from: 10));
        (TableLoadResult second, _) = await LoadAsync(sql);

        (first.Kind, second.Kind).Should().Be((unchanged, changed));
        first.KindReason.Should().NotBeEmpty();
        _folder.Files.Should().HaveCount(unchanged == LoadKind.Full ? 0 : 1, "what is never used is not stored");
    }

    private async Task AssertLoadedInFullAsync(string topic, string because)
    {
        (TableLoadResult result, string[] rows) = await LoadAsync(Changelog(topic));
        result.Kind.Should().Be(LoadKind.Full, because);
        result.KindReason.Should().StartWith("the stored snapshot cannot be used: ", because);
        result.Warnings.Should().Equal([$"loaded in full: {result.KindReason}"], because);
        rows.Should().Equal(NumberTopics.Rows(200));
        (await LoadAsync(Changelog(topic))).Result.Kind.Should().Be(LoadKind.Restored, "a whole one took its place");
    }

    /// <summary>Where the parts of a snapshot file lie, by its documented form.</summary>
    private static class SnapshotParts
    {
        private const int PreludeBytes = 24;
        private const int TrailerBytes = 28;

        public static Dictionary<string, Range> Find(byte[] file)
        {
            int header = PreludeBytes + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
            int footer = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(file.Length - TrailerBytes));
            return new Dictionary<string, Range>
            {
                ["prelude"] = 0..PreludeBytes,
                ["header"] = PreludeBytes..header,
                ["column"] = header..(header + ((footer - header) / 2)),
                ["index"] = (header + ((footer - header) / 2))..footer,
                ["footer"] = footer..(file.Length - TrailerBytes),
                ["trailer"] = (file.Length - TrailerBytes)..,
            };
        }
    }
}
