using Ctas.Binding.Properties;
using Ctas.Data;
using Ctas.Planning;
using Ctas.Tests.Planning;
using Ctas.Text;

namespace Ctas.Tests.Binding;

public sealed class PropertyTests
{
    [Theory]
    [InlineData("topic", "a.b-c_1", "a.b-c_1")]
    [InlineData("kafka_topic", "orders", "orders")]
    [InlineData("bootstrap.servers", "h1:9092,h2:9092", "h1:9092,h2:9092")]
    [InlineData("kafka.bootstrap.servers", "h:1", "h:1")]
    [InlineData("format", "json", "JSON")]
    [InlineData("value_format", "csv", "DELIMITED")]
    [InlineData("key_format", "KAFKA", "KAFKA")]
    [InlineData("VALUE_FORMAT", "none", "NONE")]
    [InlineData("delimiter", "TAB", "\t")]
    [InlineData("value_delimiter", ";", ";")]
    [InlineData("auto.offset.reset", "Latest", "latest")]
    [InlineData("auto.offset.reset", "timestamp:2024-01-31", "timestamp:2024-01-31T00:00:00.0000000Z")]
    [InlineData("auto.offset.reset", "timestamp:2024-01-31T12:00:00+02:00", "timestamp:2024-01-31T10:00:00.0000000Z")]
    [InlineData("auto.offset.reset", "offsets:{1:7, 0:5}", "offsets:{0:5,1:7}")]
    [InlineData("mode", "APPEND", "append")]
    [InlineData("null_key", "skip", "skip")]
    [InlineData("on_error", "skip", "skip")]
    [InlineData("missing_topic", "wait", "wait")]
    [InlineData("missing_topic", "error", "fail")]
    [InlineData("timestamp", "created", "created")]
    [InlineData("event.time.field", "created", "created")]
    [InlineData("loading.bulk.max_records", "1000", "1000")]
    [InlineData("loading.batch_size", "500", "500")]
    [InlineData("loading.group", "shop", "shop")]
    [InlineData("batch.strategy", "auto", "auto")]
    [InlineData("kafka.fetch.wait.max.ms", "10", "10")]
    public void SourceProperty_ThatFits_IsKeptInItsCanonicalForm(string name, string value, string canonical)
    {
        string place = name.EndsWith("topic", StringComparison.Ordinal) && name != "missing_topic" ? "" : "topic = 's', ";
        ScriptPlan plan = Scripts.PlanSound($"CREATE STREAM s WITH ({place}'{name}' = '{value}')");

        string canonicalName = PropertyCatalog.Find(name)!.Name;
        plan.Sources[0].Properties[canonicalName].Should().Be(canonical);
    }

    [Theory]
    [InlineData("table_model", "normal", "standard")]
    [InlineData("table_model", "Compact", "compact")]
    [InlineData("loading.timeout", "30 seconds", "00:00:30")]
    [InlineData("loading.timeout", "7 days", "7.00:00:00")]
    [InlineData("loading.timeout", "1.5 hours", "01:30:00")]
    [InlineData("loading.unified", "false", "false")]
    [InlineData("loading.unified", "TRUE", "true")]
    [InlineData("loading.unified", "auto", "auto")]
    [InlineData("on_error", "fail", "fail")]
    [InlineData("memory.limit", "1000", "1000")]
    [InlineData("memory.limit", "1.5 KB", "1536")]
    [InlineData("memory.limit", "2GiB", "2147483648")]
    public void TableProperty_ThatFits_IsKeptInItsCanonicalForm(string name, string value, string canonical) =>
        Scripts.PlanSound($"CREATE TABLE t WITH ('{name}' = '{value}') AS SELECT id FROM users")
            .Tables[0].Properties[name].Should().Be(canonical);

    [Theory]
    [InlineData("topic", "{'a topic'}")]
    [InlineData("topic", "{''}")]
    [InlineData("path", "{' '}")]
    [InlineData("bootstrap.servers", "{''}")]
    [InlineData("format", "{'xml'}")]
    [InlineData("delimiter", "{'ab'}")]
    [InlineData("auto.offset.reset", "{'soon'}")]
    [InlineData("auto.offset.reset", "{'timestamp:soon'}")]
    [InlineData("auto.offset.reset", "{'offsets:{{0}}'}")]
    [InlineData("auto.offset.reset", "{'offsets:{{0:1,0:2}}'}")]
    [InlineData("mode", "{'both'}")]
    [InlineData("null_key", "{'drop'}")]
    [InlineData("on_error", "{'ignore'}")]
    [InlineData("missing_topic", "{'create'}")]
    [InlineData("loading.bulk.max_records", "{0}")]
    [InlineData("loading.batch_size", "{-5}")]
    [InlineData("loading.batch_size", "{2000000}")]
    [InlineData("batch.strategy", "{'huge'}")]
    [InlineData("type", "{'jdbc'}")]
    [InlineData("mode", "{NULL}")]
    public void SourceProperty_ThatDoesNotFit_NamesWhatWould(string name, string value)
    {
        string place = name is "topic" or "path" ? "" : "topic = 's', ";
        (string sql, TextSpan span) = Ctas.Tests.Text.AnnotatedSql.Parse($"CREATE STREAM s WITH ({place}'{name}' = {value})");
        Diagnostic diagnostic = Scripts.Plan(sql).Diagnostics.First(d => d.Code == "CTAS2041");

        diagnostic.Span.Should().Be(span);
        diagnostic.Message.Should().Contain($"\"{name}\"");
        diagnostic.Hint.Should().StartWith("It takes ");
    }

    [Theory]
    [InlineData("CREATE TABLE t WITH (table_model = {'tiny'}) AS SELECT id FROM users", "CTAS2041", "standard or compact")]
    [InlineData("CREATE TABLE t WITH (loading.timeout = {'soon'}) AS SELECT id FROM users", "CTAS2041", "30 seconds")]
    [InlineData("CREATE TABLE t WITH (loading.timeout = {'0 seconds'}) AS SELECT id FROM users", "CTAS2041", "above 0")]
    [InlineData("CREATE TABLE t WITH (retention = {'0 days'}) AS SELECT id FROM users", "CTAS2041", "7 days")]
    [InlineData("CREATE TABLE t WITH (retention = {'-1 hour'}) AS SELECT id FROM users", "CTAS2041", "7 days")]
    [InlineData("CREATE TABLE t WITH (retention = {'soon'}) AS SELECT id FROM users", "CTAS2041", "7 days")]
    [InlineData("CREATE TABLE t WITH (loading.unified = {'often'}) AS SELECT id FROM users", "CTAS2041", "true, false or auto")]
    [InlineData("CREATE STREAM s WITH (topic = 's', value_format = {'AVRO'})", "CTAS2009", null)]
    [InlineData("CREATE TABLE t WITH ({table_modle} = 'compact') AS SELECT id FROM users", "CTAS2040", "table_model")]
    [InlineData("CREATE STREAM s WITH ({topik} = 's', topic = 's')", "CTAS2040", "topic")]
    [InlineData("CREATE TABLE t WITH (o.topic = 's', {o.vlaue_format} = 'JSON') AS SELECT id FROM o", "CTAS2040", "o.value_format")]
    [InlineData("CREATE STREAM s WITH (topic = 's', {TOPIC} = 's')", "CTAS2042", null)]
    [InlineData("CREATE STREAM s WITH (topic = 's', {kafka_topic} = 's')", "CTAS2042", null)]
    [InlineData("CREATE TABLE t WITH (table_model = 'compact') AS SELECT id FROM users WITH ({table_model} = 'compact')", "CTAS2042", null)]
    [InlineData("CREATE STREAM s WITH (topic = 's', {path} = 'x.csv')", "CTAS2043", "topic or files")]
    [InlineData("CREATE STREAM s WITH (topic = 's', format = 'JSON', {value_format} = 'JSON')", "CTAS2043", null)]
    [InlineData("CREATE STREAM s WITH (topic = 's', {mode} = 'changelog')", "CTAS2043", "CREATE TABLE")]
    [InlineData("CREATE TABLE s (k INT KEY) WITH (topic = 's', {mode} = 'append')", "CTAS2043", "CREATE STREAM")]
    [InlineData("CREATE TABLE t WITH (o.topic = 'o', {o.type} = 'file_source') AS SELECT id FROM o", "CTAS2043", null)]
    [InlineData("CREATE STREAM s WITH (topic = 's', {table_model} = 'compact')", "CTAS2044", "CREATE TABLE … AS")]
    [InlineData("CREATE TABLE t WITH ({topic} = 's') AS SELECT id FROM users", "CTAS2044", "orders.topic")]
    [InlineData("CREATE TABLE t WITH ({value_format} = 'JSON') AS SELECT id FROM users", "CTAS2044", null)]
    [InlineData("CREATE TABLE t WITH (o.table_model = 'compact', o.topic = 'o') AS SELECT id FROM o", "CTAS2040", null)]
    [InlineData("CREATE TABLE t WITH ({o.type} = 'kafka_source') AS SELECT id FROM o", "CTAS2045", "topic")]
    [InlineData("CREATE STREAM s WITH ({mode = 'append'})", "CTAS2045", null)]
    [InlineData("CREATE TABLE t WITH (o.topic = 'o', {p.topic} = 'p') AS SELECT id FROM o", "CTAS2046", null)]
    [InlineData("CREATE STREAM s WITH (topic = 's', {on_error} = 'dead_letter')", "CTAS2047", null)]
    [InlineData("CREATE STREAM s WITH (topic = 's', {dead_letter_topic} = 'd')", "CTAS2047", null)]
    [InlineData("CREATE STREAM s WITH (topic = 's', {timestamp_format} = 'yyyy')", "CTAS2047", null)]
    [InlineData("CREATE TABLE {s} (id INT) WITH (topic = 's')", "CTAS2048", "CREATE STREAM")]
    [InlineData("CREATE TABLE t WITH (users.topic = 'u') AS SELECT id FROM {users}", "CTAS2049", null)]
    public void Property_Mistake_IsReportedInPlace(string annotated, string code, string? hint)
    {
        if (!annotated.Contains('{', StringComparison.Ordinal))
        {
            Scripts.Plan(annotated).Diagnostics.Should().ContainSingle().Which.Code.Should().Be(code);
            return;
        }

        Diagnostic diagnostic = Scripts.OnlyMistake(annotated);
        diagnostic.Code.Should().Be(code);
        if (hint is not null) { (diagnostic.Hint ?? "").Should().Contain(hint); }
    }

    [Fact]
    public void Secret_ThatDoesNotFit_IsNotShown()
    {
        ScriptPlan plan = Scripts.Plan(
            "CREATE STREAM s WITH (topic = 's', 'kafka.sasl.password' = 'hunter2', 'kafka.sasl.password' = 'hunter3')");

        var act = () => plan.ThrowIfAny();

        act.Should().Throw<CtasCompilationException>().Which.Message.Should().NotContain("hunter");
        Scripts.PlanSound("CREATE STREAM s WITH (topic = 's', 'kafka.sasl.password' = 'hunter2')")
            .Sources[0].Properties.ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public void EveryProperty_HasAnExampleOfItsPlace() =>
        PropertyCatalog.All.Should().OnlyContain(p => p.Places != PropertyPlace.None && p.Expected.Length > 0);

    [Fact]
    public void Set_CountsForWhatFollows_AndIsOverruledByWith()
    {
        ScriptPlan plan = Scripts.PlanSound(
            """
            CREATE STREAM a WITH (topic = 'a');
            SET 'auto.offset.reset' = 'latest';
            SET 'table_model' = 'compact';
            CREATE STREAM b WITH (topic = 'b');
            CREATE STREAM c WITH (topic = 'c', auto.offset.reset = 'earliest');
            CREATE TABLE t AS SELECT x FROM b;
            """);

        plan.Sources.Select(source => source.Properties["auto.offset.reset"]).Should().Equal(null, "latest", "earliest");
        plan.Tables[0].Properties["table_model"].Should().Be("compact");
        plan.Settings["auto.offset.reset"].Should().Be("latest");
    }

    [Fact]
    public void StatementProperties_ReachTheSourcesItReads()
    {
        ScriptPlan plan = Scripts.PlanSound(
            """
            CREATE STREAM s (a INT) WITH (topic = 's');
            CREATE TABLE t WITH ('kafka.fetch.min.bytes' = 1, o.topic = 'oo', o.kafka.fetch.min.bytes = 2)
                AS SELECT s.a FROM s JOIN o ON s.a = o.a JOIN kafka://h:9092/p q ON q.a = s.a;
            """);

        IReadOnlyList<PlannedSource> sources = plan.Tables[0].Sources;
        sources.Select(source => source.Name).Should().Equal("kafka://h:9092/p", "o", "s");
        sources.Select(source => source.Properties["kafka.fetch.min.bytes"]).Should().Equal("1", "2", "1");
        sources.Select(source => (source.Topic, source.BootstrapServers)).Should().Equal(("p", "h:9092"), ("oo", null), ("s", null));
        plan.Sources[0].Properties["kafka.fetch.min.bytes"].Should().BeNull();
    }

    [Theory]
    [InlineData("file:///logs/*.ndjson", "/logs/*.ndjson")]
    [InlineData("events/day.csv", "/data/events/day.csv")]
    public void FileLocation_IsResolvedAgainstTheBaseFolder(string location, string path) =>
        Scripts.PlanSound($"CREATE TABLE t AS SELECT a FROM '{location}' f").Tables[0].Sources[0].Path.Should().Be(path);

    [Fact]
    public void DeclaredColumns_ReachTheSourceWithTheirMarks()
    {
        PlannedSource source = Scripts.PlanSound(
            "CREATE TABLE s (id BIGINT PRIMARY KEY, x DECIMAL(5, 1), h VARCHAR HEADER('trace')) WITH (topic = 's')").Sources[0];

        source.IsStream.Should().BeFalse();
        source.Columns.Should().Equal(
            new PlannedSourceColumn("id", DataType.BigInt, SourceColumnMark.PrimaryKey, null),
            new PlannedSourceColumn("x", DataType.Decimal(5, 1), SourceColumnMark.None, null),
            new PlannedSourceColumn("h", DataType.Varchar, SourceColumnMark.Header, "trace"));
    }
}
