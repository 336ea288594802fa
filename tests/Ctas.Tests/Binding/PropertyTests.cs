using Ctas.Data;
using Ctas.Planning;
using Ctas.Tests.Planning;
using Ctas.Text;

namespace Ctas.Tests.Binding;

public sealed class PropertyTests
{
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
