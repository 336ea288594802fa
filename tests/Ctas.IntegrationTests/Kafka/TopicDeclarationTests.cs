using System.Globalization;
using System.Text;
using Ctas.Data;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Text;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Declarations of topics as ksqlDB users write them: keys, formats and times, over real records.</summary>
public sealed class TopicDeclarationTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    // Keys and values: text, or bytes as hexadecimal digits after 0x; null for none.
    [Theory]
    [InlineData("id INT KEY, v INT", "key_format='KAFKA', value_format='JSON'", "0x00000007", """{"v": 1}""", "7|1")]
    [InlineData("id INT KEY, v INT", "value_format='JSON'", "0xFFFFFFFE", """{"v": 1}""", "-2|1")]
    [InlineData("id BIGINT KEY, v INT", "value_format='JSON'", "0x00000001FFFFFFFF", """{"v": 1}""", "8589934591|1")]
    [InlineData("id DOUBLE KEY, v INT", "value_format='JSON'", "0x3FF8000000000000", """{"v": 1}""", "1.5|1")]
    [InlineData("id STRING KEY, v INT", "value_format='JSON'", "a,b", """{"v": 1}""", "a,b|1")]
    [InlineData("id BYTES KEY, v INT", "value_format='JSON'", "0x00FF", """{"v": 1}""", "00FF|1")]
    [InlineData("id INT KEY, v INT", "key_format='JSON', value_format='JSON'", "7", """{"v": 1}""", "7|1")]
    [InlineData("id VARCHAR KEY, v INT", "key_format='JSON', value_format='JSON'", "\"x y\"", """{"v": 1}""", "x y|1")]
    [InlineData("id INT KEY, v INT", "key_format='JSON', value_format='JSON'", """{"ID": 7}""", """{"v": 1}""", "7|1")]
    [InlineData("id STRUCT<a INT> KEY, v INT", "format='JSON'", """{"A": 7}""", """{"v": 1}""", """{"a":7}|1""")]
    [InlineData("a INT KEY, b VARCHAR KEY, v INT", "format='JSON'", """{"a": 7, "b": "x"}""", """{"v": 1}""", "7|x|1")]
    [InlineData("a INT KEY, b VARCHAR KEY, v INT", "format='DELIMITED'", "7,x", "1", "7|x|1")]
    [InlineData("a INT KEY, v INT", "key_format='DELIMITED', value_format='JSON'", "7", """{"v": 1}""", "7|1")]
    [InlineData("v INT", "key_format='NONE', value_format='JSON'", "anything", """{"v": 1}""", "1")]
    [InlineData("a VARCHAR, b INT, c VARCHAR", "value_format='DELIMITED'", null, "x,,\"a, \"\"b\"\"\"", """x|NULL|a, "b" """)]
    [InlineData("a VARCHAR, b INT", "value_format='DELIMITED', value_delimiter='|'", null, "x|2", "x|2")]
    [InlineData("a VARCHAR, b INT", "value_format='DELIMITED', value_delimiter='TAB'", null, "x\t2", "x|2")]
    [InlineData("a VARCHAR, b INT", "value_format='CSV', value_delimiter='SPACE'", null, "x 2", "x|2")]
    [InlineData("v INT", "value_format='KAFKA'", null, "0x00000007", "7")]
    [InlineData("v BIGINT", "value_format='KAFKA'", null, "0x00000001FFFFFFFF", "8589934591")]
    [InlineData("v DOUBLE", "value_format='KAFKA'", null, "0x3FF8000000000000", "1.5")]
    [InlineData("v VARCHAR", "value_format='KAFKA'", null, "ž", "ž")]
    [InlineData("v ARRAY<INT>", "value_format='KAFKA'", null, "[1, 2]", "[1,2]")]
    [InlineData("v DATE", "value_format='KAFKA'", null, "2024-02-29", "2024-02-29")]
    [InlineData("id INT KEY, v INT", "key_format='NONE', value_format='JSON'", "any", """{"id": 7, "v": 1}""", "7|1")]
    [InlineData("v STRUCT<d DATE, t TIME, m TIMESTAMP>", "value_format='JSON'", null, """{"v": {"d": 31, "t": 500, "m": 500}}""", """{"d":"1970-02-01","t":"00:00:00.5","m":"1970-01-01T00:00:00.5Z"}""")]
    [InlineData("id VARCHAR KEY", "value_format='NONE'", "k", "0xFF", "k")]
    [InlineData("v DECIMAL(6, 2)", "value_format='JSON'", null, """{"v": 1234.5}""", "1234.50")]
    [InlineData("v DECIMAL(6, 2)", "value_format='JSON'", null, """{"v": "12.5"}""", "12.50")]
    [InlineData("v DATE", "value_format='JSON'", null, """{"v": 31}""", "1970-02-01")]
    [InlineData("v DATE", "value_format='JSON'", null, """{"v": "2024-02-29"}""", "2024-02-29")]
    [InlineData("v TIME", "value_format='JSON'", null, """{"v": 3600500}""", "01:00:00.5")]
    [InlineData("v TIMESTAMP", "value_format='JSON'", null, """{"v": 86400500}""", "1970-01-02 00:00:00.5")]
    [InlineData("v TIMESTAMP", "value_format='JSON'", null, """{"v": "2024-02-29T10:00:00+01:00"}""", "2024-02-29 09:00:00")]
    [InlineData("v DATE, w TIME, x TIMESTAMP", "value_format='DELIMITED'", null, "31,3600500,86400500", "1970-02-01|01:00:00.5|1970-01-02 00:00:00.5")]
    [InlineData("v BYTES", "value_format='JSON'", null, """{"v": "AP8="}""", "00FF")]
    [InlineData("v BYTES", "value_format='DELIMITED'", null, "AP8=", "00FF")]
    [InlineData("v MAP<STRING, INT>", "value_format='JSON'", null, """{"v": {"a": 1, "b": null}}""", """{"a":1,"b":null}""")]
    [InlineData("v ARRAY<STRUCT<n INT>>", "value_format='JSON'", null, """{"v": [{"n": 1}, {}]}""", """[{"n":1},{"n":null}]""")]
    [InlineData("v VARCHAR", "value_format='JSON'", null, """{"v": {"a": [1]}}""", """{"a": [1]}""")]
    [InlineData("v INT", "value_format='JSON', wrap_single_value=false", null, "5", "5")]
    [InlineData("userId INT, USERID2 INT", "value_format='JSON'", null, """{"userid": 1, "userId2": 2, "userId": 3}""", "3|2")]
    public async Task Stream_OfARecord_GivesItsRow(
        string columns, string properties, string? key, string? value, string expected)
    {
        QueryResult rows = await RowsAsync(columns, properties, [new EmbeddedRecord(Bytes(key), Bytes(value))], "*");

        Shown(rows).Should().Equal(expected.Trim());
    }

    [Theory]
    [InlineData("at BIGINT", "timestamp='at'", """{"at": 1500}""", "1970-01-01 00:00:01.5")]
    [InlineData("at TIMESTAMP", "timestamp='at'", """{"at": 1500}""", "1970-01-01 00:00:01.5")]
    [InlineData("at VARCHAR", "timestamp='at'", """{"at": "2024-02-29T10:00:00.25+01:00"}""", "2024-02-29 09:00:00.25")]
    [InlineData("at VARCHAR", "timestamp='AT', timestamp_format='dd/MM/yyyy HH:mm'", """{"at": "29/02/2024 10:30"}""", "2024-02-29 10:30:00")]
    [InlineData("at VARCHAR", "event.time.field='at', event.time.format='yyyyMMdd'", """{"at": "20240229"}""", "2024-02-29 00:00:00")]
    [InlineData("at BIGINT KEY, v INT", "timestamp='at', key_format='JSON'", """{"v": 1}""", "1970-01-01 00:00:01.5", "1500")]
    [InlineData("at BIGINT KEY, v INT", "timestamp='at'", """{"v": 1}""", "1970-01-01 00:00:01.5", "0x00000000000005DC")]
    [InlineData("at BIGINT", "timestamp='at', value_format='KAFKA'", "0x00000000000005DC", "1970-01-01 00:00:01.5")]
    [InlineData("v INT", "timestamp='at'", """{"v": 1, "at": 1500}""", "1970-01-01 00:00:01.5")]
    [InlineData("at BIGINT", "timestamp='at'", """{"at": null}""", "NULL")]
    [InlineData("at BIGINT", "value_format='JSON'", """{"at": 1500}""", "1970-01-01 00:00:07")]
    public async Task RowTime_OfADeclaredColumn_IsItsValue(
        string columns, string properties, string value, string expected, string? key = null)
    {
        var record = new EmbeddedRecord(Bytes(key), Bytes(value)) { Timestamp = DateTimeOffset.UnixEpoch.AddSeconds(7) };

        Shown(await RowsAsync(columns, properties, [record], "ROWTIME AS t")).Should().Equal(expected);
    }

    [Fact]
    public async Task PseudoColumns_OfATopicInPlace_AreThoseOfTheRecord()
    {
        string topic = await kafka.CreateTopicAsync("places", partitions: 3);
        await kafka.ProduceAsync(topic,
        [
            new EmbeddedRecord(Bytes("k1"), Bytes("""{"v": 1}""")) { Partition = 2, Timestamp = DateTimeOffset.UnixEpoch.AddSeconds(1) },
            new EmbeddedRecord(Bytes("k2"), Bytes("""{"v": 2}""")) { Partition = 2, Timestamp = DateTimeOffset.UnixEpoch.AddSeconds(2) },
        ]);
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(kafka.BootstrapServers)
            .AddScript($"CREATE TABLE t AS SELECT v, ROWKEY AS k, ROWPARTITION AS p, ROWOFFSET AS o, ROWTIME AS at FROM kafka://{topic} WHERE ROWTIME >= 1000;")
            .Build();

        (await engine.LoadAsync()).ThrowIfFailed();

        Shown(await engine.QueryAsync("SELECT * FROM t ORDER BY v")).Should().Equal(
            "1|k1|2|0|1970-01-01 00:00:01", "2|k2|2|1|1970-01-01 00:00:02");
    }

    [Theory]
    [InlineData("v INT", "value_format='KAFKA'", null, "0x0007", "4 bytes")]
    [InlineData("v INT", "value_format='JSON'", null, """{"v": "many"}""", "\"v\" is declared INT")]
    [InlineData("v INT", "value_format='JSON'", null, """{"v": 3000000000}""", "\"v\" is declared INT")]
    [InlineData("v INT, w INT", "value_format='DELIMITED'", null, "1", "1 fields where 2 are declared")]
    [InlineData("id INT KEY, v INT", "value_format='JSON'", "7", """{"v": 1}""", "4 bytes")]
    [InlineData("v DATE", "value_format='JSON'", null, """{"v": 99999999}""", "days since 1970")]
    [InlineData("v TIME", "value_format='JSON'", null, """{"v": 86400000}""", "milliseconds since midnight")]
    [InlineData("at VARCHAR", "timestamp='at', timestamp_format='yyyy'", null, """{"at": "soon"}""", "timestamp_format")]
    public async Task Record_ThatDoesNotFit_FailsWithFieldAndPosition(
        string columns, string properties, string? key, string? value, string reason)
    {
        Func<Task> load = () => RowsAsync(columns, properties, [new EmbeddedRecord(Bytes(key), Bytes(value))], "*, ROWTIME");

        (await load.Should().ThrowAsync<Exception>()).Which.ToString().Should().Contain(reason).And.Contain("[0]@0");
    }

    [Theory]
    [InlineData("v INT, w INT", "value_format='KAFKA'", "one")]
    [InlineData("v INT", "value_format='NONE'", "\"v\"")]
    [InlineData("a INT KEY, b INT KEY, v INT", "key_format='KAFKA', value_format='JSON'", "one")]
    [InlineData("v INT", "value_format='DELIMITED', timestamp='w'", "\"w\"")]
    [InlineData("v INT", "value_format='JSON', timestamp='v'", "BIGINT for milliseconds")]
    [InlineData("v INT, h VARCHAR HEADER('h')", "value_format='JSON', timestamp='h'", "no field of the records")]
    [InlineData("v ARRAY<INT>", "value_format='JSON', timestamp='v'", "ARRAY<INT>")]
    [InlineData("v INT, w INT", "value_format='JSON', wrap_single_value=false", "one")]
    [InlineData("v INT", "kafka.fetch.wait.max.mss=1", "fetch.wait.max.ms")]
    [InlineData("v INT", "kafka.fetch.wait.max.ms='soon'", "fetch.wait.max.ms")]
    [InlineData("v INT", "kafka.enable.auto.commit='true'", "a load commits nothing")]
    public void Declaration_ThatMeansNothing_IsRefusedBeforeAnythingIsRead(string columns, string properties, string reason)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseKafka("localhost:1").AddScript(
            $"CREATE STREAM s ({columns}) WITH (kafka_topic='t', {properties}); CREATE TABLE t AS SELECT * FROM s;");

        Action act = () => builder.Build();

        act.Should().Throw<CtasCompilationException>().Which.Message.Should().Contain(reason);
    }

    private static byte[]? Bytes(string? text) => text switch
    {
        null => null,
        _ when text.StartsWith("0x", StringComparison.Ordinal) => Convert.FromHexString(text[2..]),
        _ => Encoding.UTF8.GetBytes(text),
    };

    private async Task<QueryResult> RowsAsync(
        string columns, string properties, IReadOnlyList<EmbeddedRecord> records, string select)
    {
        string topic = await kafka.CreateTopicAsync("declared");
        await kafka.ProduceAsync(topic, records);
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(kafka.BootstrapServers).AddScript(
            $"CREATE STREAM s ({columns}) WITH (kafka_topic='{topic}', {properties}); CREATE TABLE loaded AS SELECT {select} FROM s;")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return await engine.QueryAsync("SELECT * FROM loaded");
    }

    private static string[] Shown(QueryResult result) =>
    [
        .. result.Batches.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row =>
            string.Join('|', Enumerable.Range(0, batch.ColumnCount).Select(column => Shown(batch[column], row))))),
    ];

    private static string Shown(Column column, int row) => column.GetValue(row) switch
    {
        null => "NULL",
        _ when column.Type.IsNested => column.GetJson(row),
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        object value => value.ToString()!,
    };
}
