using System.Text;
using Ctas.Data;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Text;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Statements as the ksqlDB documentation has them, over real topics.</summary>
public sealed class KsqlDbScriptTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    [Fact]
    public async Task QuickStart_RiderLocations_GivesTheNearestRiders()
    {
        string topic = await kafka.CreateTopicAsync("locations", partitions: 1);
        await kafka.ProduceAsync(topic,
        [
            Keyless("""{"profileId": "c2309eec", "latitude": 37.7877, "longitude": -122.4205}"""),
            Keyless("""{"profileId": "18f4ea86", "latitude": 37.3903, "longitude": -122.0643}"""),
            Keyless("""{"PROFILEID": "4ab5cbad", "LATITUDE": 37.3952, "LONGITUDE": -122.0813}"""),
            Keyless("""{"profileId": "c2309eec", "latitude": 37.3952, "longitude": -122.0813}"""),
        ]);

        QueryResult riders = await QueryAsync(
            $"""
            CREATE STREAM riderLocations (profileId VARCHAR, latitude DOUBLE, longitude DOUBLE)
              WITH (kafka_topic='{topic}', value_format='json', partitions=1);
            CREATE TABLE currentLocation AS
              SELECT profileId, COUNT(*) AS reports, MAX(latitude) AS la
              FROM riderLocations
              GROUP BY profileId;
            """,
            "SELECT profileId, reports FROM currentLocation WHERE la < 37.4 ORDER BY profileId");

        riders.Rows.Select(row => (row[0], row[1])).Should().Equal(("18f4ea86", 1L), ("4ab5cbad", 1L));
    }

    [Fact]
    public async Task PageviewsAndUsers_WithNestedColumns_AreJoinedAndReachedInto()
    {
        string pageviews = await kafka.CreateTopicAsync("pageviews", partitions: 2);
        string users = await kafka.CreateTopicAsync("users", partitions: 2);
        await kafka.ProduceAsync(users,
        [
            EmbeddedRecord.Of("User_1", """
                {"registertime": 1, "userid": "User_1", "regionid": "Region_9", "gender": "MALE",
                 "interests": ["Game", "Sport"], "contactinfo": {"zipcode": "94301", "city": "Palo Alto"}}
                """),
            EmbeddedRecord.Of("User_2", """{"regionid": "Region_8", "gender": "OTHER", "interests": [], "contactinfo": null}"""),
            EmbeddedRecord.Of("User_3", """{"regionid": "Region_7"}"""),
            EmbeddedRecord.Tombstone("User_3"),
        ]);
        await kafka.ProduceAsync(pageviews,
        [
            EmbeddedRecord.Of("1", """{"viewtime": 1, "userid": "User_1", "pageid": "Page_44"}"""),
            EmbeddedRecord.Of("2", """{"viewtime": 1700000000000, "userid": "User_2", "pageid": "Page_45"}"""),
            EmbeddedRecord.Of("3", """{"viewtime": 3, "userid": "User_3", "pageid": "Page_46"}"""),
        ]);

        string script =
            $"""
            CREATE STREAM pageviews (rowkey_ VARCHAR KEY, viewtime BIGINT, userid VARCHAR, pageid VARCHAR)
              WITH (kafka_topic='{pageviews}', key_format='KAFKA', value_format='JSON', timestamp='viewtime');
            CREATE TABLE users (id VARCHAR PRIMARY KEY, registertime BIGINT, regionid VARCHAR(20), gender STRING,
                interests ARRAY<STRING>, contactinfo MAP<STRING, STRING>)
              WITH (kafka_topic='{users}', value_format='JSON');
            CREATE TABLE enriched AS
              SELECT pv.userid AS userid, pageid, regionid, pv.ROWTIME AS at, interests[1] AS first,
                  contactinfo['city'] AS city, u.interests AS interests
              FROM pageviews pv LEFT JOIN users u ON pv.userid = u.id;
            CREATE TABLE interests AS SELECT id, EXPLODE(interests) AS interest FROM users;
            """;
        QueryResult enriched = await QueryAsync(
            script, "SELECT userid, regionid, at, first, city, interests FROM enriched ORDER BY userid");
        QueryResult interests = await QueryAsync(script, "SELECT id, interest FROM interests ORDER BY interest");

        object?[][] rows = [.. enriched.Rows.Select(row => (object?[])[row[0], row[1], row[2], row[3], row[4]])];
        rows[0].Should().Equal("User_1", "Region_9", DateTime.UnixEpoch.AddMilliseconds(1), "Game", "Palo Alto");
        rows[1].Should().Equal("User_2", "Region_8", DateTime.UnixEpoch.AddMilliseconds(1700000000000), null, null);
        rows[2].Should().Equal("User_3", null, DateTime.UnixEpoch.AddMilliseconds(3), null, null);
        enriched.Rows.First()[5].Should().BeEquivalentTo(new[] { "Game", "Sport" });
        interests.Rows.Select(row => (row[0], row[1])).Should().Equal(("User_1", "Game"), ("User_1", "Sport"));
    }

    [Fact]
    public async Task Pageviews_ThroughDerivedStreams_AreCountedInWindowsOfTheirOwnTime()
    {
        string pageviews = await kafka.CreateTopicAsync("pageviews", partitions: 2);
        string users = await kafka.CreateTopicAsync("users", partitions: 2);
        await kafka.ProduceAsync(users,
        [
            EmbeddedRecord.Of("User_1", """{"regionid": "Region_9", "gender": "FEMALE"}"""),
            EmbeddedRecord.Of("User_2", """{"regionid": "Region_8", "gender": "OTHER"}"""),
        ]);
        await kafka.ProduceAsync(pageviews,
        [
            .. new[] { 1_000, 29_000, 31_000 }.Select(time => EmbeddedRecord.Of(
                $"{time}", $$"""{"viewtime": {{time}}, "userid": "User_1", "pageid": "Page_{{time}}"}""")),
            EmbeddedRecord.Of("4", """{"viewtime": 2000, "userid": "User_2", "pageid": "Page_1"}"""),
        ]);

        QueryResult regions = await QueryAsync(
            $"""
            CREATE STREAM pageviews_original (rowkey_ VARCHAR KEY, viewtime BIGINT, userid VARCHAR, pageid VARCHAR)
              WITH (kafka_topic='{pageviews}', key_format='KAFKA', value_format='JSON', timestamp='viewtime');
            CREATE TABLE users_original (id VARCHAR PRIMARY KEY, gender VARCHAR, regionid VARCHAR)
              WITH (kafka_topic='{users}', value_format='JSON');
            CREATE STREAM pageviews_enriched AS SELECT users_original.id AS userid, pageid, regionid, gender
              FROM pageviews_original LEFT JOIN users_original ON pageviews_original.userid = users_original.id EMIT CHANGES;
            CREATE STREAM pageviews_female AS SELECT * FROM pageviews_enriched WHERE gender = 'FEMALE' EMIT CHANGES;
            CREATE TABLE pageviews_regions AS SELECT gender, regionid, COUNT(*) AS numviews
              FROM pageviews_female WINDOW TUMBLING (SIZE 30 SECONDS) GROUP BY gender, regionid HAVING COUNT(*) > 1 EMIT CHANGES;
            """,
            "SELECT gender, regionid, CAST(WINDOWSTART AS BIGINT), numviews FROM pageviews_regions");

        regions.Rows.Single().ToString().Should().Be("(FEMALE, Region_9, 0, 2)");
    }

    [Fact]
    public async Task HeadersKeysAndPseudoColumns_AreRead()
    {
        string topic = await kafka.CreateTopicAsync("orders", partitions: 1);
        await kafka.ProduceAsync(topic,
        [
            new EmbeddedRecord(
                Encoding.UTF8.GetBytes("""{"id": 7}"""), Encoding.UTF8.GetBytes("""{"customer": {"name": "Ann"}}"""))
            {
                Headers = [new("trace", [1, 2]), new("trace", [3]), new("none", null)],
                Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(1500),
            },
        ]);

        QueryResult orders = await QueryAsync(
            $"""
            CREATE STREAM orders (id INT KEY, customer STRUCT<name VARCHAR>, trace BYTES HEADER('trace'),
                missing BYTES HEADER('missing'), all_headers ARRAY<STRUCT<key STRING, value BYTES>> HEADERS)
              WITH (kafka_topic='{topic}', key_format='JSON', value_format='JSON');
            CREATE TABLE loaded AS SELECT id, customer->name AS name, trace, missing, all_headers,
              ROWTIME AS at, ROWPARTITION AS p, ROWOFFSET AS o, ROWKEY AS k FROM orders;
            """,
            "SELECT id, name, trace, missing, at, p, o, k, all_headers, all_headers[2]->value AS second FROM loaded");

        Row row = orders.Rows.Single();
        row[0].Should().Be(7);
        row[1].Should().Be("Ann");
        row[2].Should().BeEquivalentTo(new byte[] { 3 });
        row[3].Should().BeNull();
        row[4].Should().Be(DateTime.UnixEpoch.AddMilliseconds(1500));
        (row[5], row[6], row[7]).Should().Be((0, 0L, """{"id": 7}"""));
        orders.Batches[0][8].GetJson(0).Should().Be(
            """[{"key":"trace","value":"AQI="},{"key":"trace","value":"Aw=="},{"key":"none","value":null}]""");
        row[9].Should().BeEquivalentTo(new byte[] { 3 });
    }

    [Fact]
    public async Task UndeclaredNestedJson_IsReachedIntoByName()
    {
        string topic = await kafka.CreateTopicAsync("shop", partitions: 1);
        await kafka.ProduceAsync(topic,
        [
            EmbeddedRecord.Of("1", """{"customer": {"name": "Ann"}, "items": [{"sku": "a", "n": 2}, {"sku": "b"}]}"""),
            EmbeddedRecord.Of("2", """{"customer": {"name": "Bob", "city": "Oslo"}, "items": []}"""),
        ]);

        QueryResult result = await QueryAsync(
            $"""
            CREATE TABLE shop AS SELECT customer.name AS name, s.customer->city AS city, items[-1].sku AS last
            FROM kafka://{topic} AS s;
            CREATE TABLE lines AS SELECT s.customer.name AS name, line->sku AS sku, line->n AS n
            FROM kafka://{topic} AS s, UNNEST(s.items) AS u(line);
            """,
            "SELECT s.name, s.city, s.last, l.sku, l.n FROM shop s LEFT JOIN lines l ON s.name = l.name ORDER BY 1, 4");

        result.Rows.Select(row => string.Join("|", Enumerable.Range(0, 5).Select(i => row[i] ?? "NULL"))).Should().Equal(
            "Ann|NULL|b|a|2", "Ann|NULL|b|b|NULL", "Bob|Oslo|NULL|NULL|NULL");
    }

    [Fact]
    public async Task TimestampFormat_AsKsqlDbWritesIt_GivesTheRowTime()
    {
        string topic = await kafka.CreateTopicAsync("readings", partitions: 1);
        await kafka.ProduceAsync(topic, [Keyless("""{"ts": "2024-02-29T10:00:00.250+0100", "v": 1}""")]);

        QueryResult result = await QueryAsync(
            $"""
            CREATE STREAM readings (ts VARCHAR, v INT) WITH (kafka_topic='{topic}', value_format='JSON',
                timestamp='ts', timestamp_format='yyyy-MM-dd''T''HH:mm:ss.SSSX');
            CREATE TABLE loaded AS SELECT v, ROWTIME AS at FROM readings;
            """,
            "SELECT at FROM loaded");

        result.Rows.Single()[0].Should().Be(new DateTime(2024, 2, 29, 9, 0, 0, 250, DateTimeKind.Utc));
    }

    [Fact]
    public async Task SingleValues_AreReadUnwrapped()
    {
        string topic = await kafka.CreateTopicAsync("sizes", partitions: 1);
        await kafka.ProduceAsync(topic, [EmbeddedRecord.Of("a", "[1, 2]"), EmbeddedRecord.Of("b", "null")]);

        QueryResult result = await QueryAsync(
            $"""
            CREATE STREAM sizes (id STRING KEY, v ARRAY<INT>)
              WITH (kafka_topic='{topic}', value_format='JSON', wrap_single_value=false);
            CREATE TABLE loaded AS SELECT id, v[2] AS second FROM sizes;
            """,
            "SELECT id, second FROM loaded ORDER BY id");

        result.Rows.Select(row => (row[0], row[1])).Should().Equal(("a", 2), ("b", null));
    }

    [Theory]
    [InlineData("value_format='AVRO'", "CTAS2009", "AVRO")]
    [InlineData("value_format='PROTOBUF'", "CTAS2009", "PROTOBUF")]
    [InlineData("value_format='JSON', partitions='many'", "CTAS2041", "partitions")]
    [InlineData("value_format='JSON', wrap_single_value='perhaps'", "CTAS2041", "wrap_single_value")]
    [InlineData("value_format='JSON', timestamp_format='yyyy'", "CTAS2047", "timestamp")]
    public void Declaration_ThatCannotWork_IsRefusedWithTheReason(string properties, string code, string reason)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseKafka("localhost:1").AddScript(
            $"CREATE STREAM s (a INT) WITH (kafka_topic='t', {properties}); CREATE TABLE t AS SELECT a FROM s;");

        Action act = () => builder.Build();

        act.Should().Throw<CtasCompilationException>()
            .Which.Diagnostics.Should().Contain(d => d.Code == code && d.Message.Contains(reason));
    }

    private static EmbeddedRecord Keyless(string json) => new(null, Encoding.UTF8.GetBytes(json));

    private async Task<QueryResult> QueryAsync(string script, string query)
    {
        await using CtasEngine engine =
            new CtasEngineBuilder().UseKafka(kafka.BootstrapServers).AddScript(script).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return await engine.QueryAsync(query);
    }
}
