using Ctas.Loading;
using Ctas.Planning;
using Ctas.Tables;
using Ctas.Tests.Planning;
using Ctas.Tests.Text;
using Ctas.Text;

namespace Ctas.Tests.Sinks;

/// <summary>CREATE SINK, INTO, SHOW SINKS, DESCRIBE and DROP SINK: what they make, and every mistake in them.</summary>
public sealed class SinkStatementTests
{
    private const string Into = "CREATE TABLE t AS SELECT id FROM users INTO out ";

    [Theory]
    [InlineData("CTAS2150", "CREATE SINK outs WITH (topic = 'o'); CREATE TABLE t AS SELECT id FROM users INTO {out}", "\"out\" not found", "\"outs\"")]
    [InlineData("CTAS2150", "CREATE TABLE t AS SELECT id FROM users INTO {elsewhere}", "\"elsewhere\" not found", "CREATE SINK elsewhere")]
    [InlineData("CTAS2151", "CREATE SINK s WITH ({delivery = 'exactly_once'})", "no place to write", "'topic'")]
    [InlineData("CTAS2152", "CREATE SINK s WITH (topic = 'a'); CREATE SINK {s} WITH (topic = 'b')", "\"s\" exists already", null)]
    [InlineData("CTAS2152", "CREATE SINK out WITH (topic = 'a'); CREATE TABLE t AS SELECT id FROM users INTO {out} WITH (out.topic = 'b')", "exists already", null)]
    [InlineData("CTAS2043", "CREATE SINK s WITH (topic = 'a', {path} = 'b')", "contradicts", "a topic or a file")]
    [InlineData("CTAS2043", "CREATE SINK s WITH (type = 'file_sink', {topic} = 'a')", "contradicts", "Leave the type")]
    [InlineData("CTAS2041", "CREATE SINK s WITH (type = {'kafka_source'}, topic = 'a')", "kafka_source", "kafka_sink or file_sink")]
    [InlineData("CTAS2041", "CREATE STREAM s (a INT) WITH (type = {'kafka_sink'}, topic = 'a')", "kafka_sink", "kafka_source or file_source")]
    [InlineData("CTAS2041", "CREATE SINK s WITH (topic = 'a', delivery = {'once'})", "once", "exactly_once")]
    [InlineData("CTAS2040", "CREATE SINK s WITH (topic = 'a', {delivry} = 'exactly_once')", "delivry", "\"delivery\"")]
    [InlineData("CTAS2044", "CREATE SINK s WITH (topic = 'a', {null_key} = 'skip')", "null_key", "a source")]
    [InlineData("CTAS2044", "CREATE STREAM s (a INT) WITH (topic = 'a', {delivery} = 'exactly_once')", "delivery", "a sink")]
    [InlineData("CTAS2040", Into + "WITH ({out.topc} = 'b')", "out.topc", "\"out.topic\"")]
    [InlineData("CTAS2046", Into + "WITH (out.topic = 'b', {ot.topic} = 'c')", "\"ot\"", "\"out\"")]
    [InlineData("CTAS2035", "CREATE SINK sink1 WITH (topic = 'a'); DROP SINK {sink2}", "sink \"sink2\" not found", "\"sink1\"")]
    [InlineData("CTAS3040", "CREATE SINK s WITH (topic = 'a'); CREATE TABLE a AS SELECT id FROM users INTO s; CREATE TABLE b AS SELECT id FROM users INTO {s}", "table \"a\" writes to sink \"s\" already", "of its own")]
    [InlineData("CTAS3040", "CREATE SINK s WITH (topic = 'x'); CREATE SINK r WITH (topic = 'x'); CREATE TABLE a AS SELECT id FROM users INTO s; CREATE TABLE b AS SELECT id FROM users INTO {r}", "topic \"x\", and so does table \"a\" through sink \"s\"", null)]
    [InlineData("CTAS3041", "CREATE TABLE t AS SELECT name FROM users INTO {out} WITH (out.topic = 'o') EMIT CHANGES", "no key", "PRIMARY KEY")]
    [InlineData("CTAS3042", "CREATE STREAM o (a INT) WITH (topic = 'o'); CREATE TABLE m AS SELECT a FROM o EMIT CHANGES; CREATE TABLE t AS SELECT a FROM m INTO {out} WITH (out.topic = 'o') EMIT CHANGES", "topic \"o\"", "another topic")]
    [InlineData("CTAS3044", "CREATE TABLE t AS SELECT id, name FROM users INTO {out} WITH (out.path = 'o.csv') EMIT CHANGES", "delimited", "JSON")]
    public void Plan_Mistake_IsReportedOnceInPlace(string code, string annotated, string message, string? hint)
    {
        Diagnostic diagnostic = Scripts.OnlyMistake(annotated);

        diagnostic.Code.Should().Be(code);
        diagnostic.Message.Should().Contain(message).And.NotEndWith(".");
        if (hint is not null) { diagnostic.Hint.Should().Contain(hint); }
    }

    [Theory]
    [InlineData("CREATE SINK {s} WITH (topic = 'o')", "UseKafka")]
    [InlineData("CREATE SINK {s} WITH (path = 'o.ndjson', delivery = 'exactly_once')", "exactly once")]
    [InlineData("CREATE SINK {s} WITH (path = 'o.ndjson', kafka.acks = 'all')", "kafka.acks")]
    [InlineData("CREATE TABLE t AS SELECT 1 AS id INTO {s} WITH (s.path = 'o', s.value_format = 'NONE')", "JSON or DELIMITED")]
    public void Build_SinkThatCannotBeMade_IsReportedWhereItIsDeclared(string annotated, string hint)
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse(annotated);
        CtasCompilationException error = new CtasEngineBuilder().AddScript(sql).Invoking(builder => builder.Build())
            .Should().Throw<CtasCompilationException>().Which;

        Diagnostic diagnostic = error.Diagnostics.Should().ContainSingle().Subject;
        (diagnostic.Code, diagnostic.Span).Should().Be(("CTAS3043", span));
        diagnostic.Hint.Should().Contain(hint);
    }

    [Fact]
    public void Plan_SinkOfAStatementOfItsOwn_IsFoundWhereverItStands()
    {
        ScriptPlan plan = Scripts.Plan("CREATE TABLE t AS SELECT id FROM users INTO OUT; CREATE SINK out WITH (type = 'kafka_sink', topic = 'o')");

        plan.Diagnostics.Should().BeEmpty();
        plan.Tables.Single().Sink.Should().BeEquivalentTo(new { Name = "out", Topic = "o", Path = (string?)null });
        plan.Sinks.Should().ContainSingle();
    }

    [Fact]
    public void Plan_SinkDeclaredInPlace_TakesPropertiesWithItsNameInFront()
    {
        ScriptPlan plan = Scripts.Plan(Into + "WITH (table_model = 'compact', out.type = 'kafka_sink', out.topic = 'o', out.delivery = 'at-least-once', out.kafka.acks = 'all')");

        plan.Diagnostics.Should().BeEmpty();
        PlannedSink sink = plan.Tables.Single().Sink!;
        (sink.Topic, sink.Properties["delivery"], sink.Properties["kafka.acks"]).Should().Be(("o", "at_least_once", "all"));
    }

    [Fact]
    public void Plan_SinkFromAConfigFile_TakesItsProperties()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("ctas-sinks").FullName, "out.yaml");
        File.WriteAllText(file, "type: kafka_sink\ntopic: from-file\nkey_format: JSON\n");

        ScriptPlan plan = Scripts.Plan(Into + $"WITH (out.config_file = '{file}')");

        plan.Diagnostics.Should().BeEmpty();
        plan.Tables.Single().Sink!.Topic.Should().Be("from-file");
    }

    [Fact]
    public async Task Load_SinkOfTheHostThrows_FailsItsTableAlone()
    {
        var sinks = new ScriptedSinks { Before = (_, _) => throw new InvalidOperationException("out of ink") };
        await using CtasEngine engine = new CtasEngineBuilder().UseSinkFactory(sinks)
            .AddScript("CREATE TABLE t AS SELECT 1 AS id INTO out WITH (out.topic = 'o'); CREATE TABLE other AS SELECT 2 AS id")
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["t"].State.Should().Be(TableState.Failed);
        result["t"].Error!.Phase.Should().Be(LoadPhase.Delivering);
        result["t"].Error!.Message.Should().Contain("out of ink");
        result["other"].State.Should().Be(TableState.Ready);
    }

    [Fact]
    public async Task Execute_ShowDescribeAndDrop_TellOfSinksAndTheirTables()
    {
        await using CtasEngine engine = new CtasEngineBuilder().UseSinkFactory(new ScriptedSinks())
            .AddSink("out", new Dictionary<string, string> { ["topic"] = "o", ["kafka.sasl.password"] = "secret" })
            .AddTable("CREATE TABLE t AS SELECT 1 AS id INTO out")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        await engine.ExecuteAsync("CREATE SINK spare WITH (topic = 'p')");

        (await RowsAsync(engine, "SHOW SINKS")).Should().Equal("(out, kafka://o, at_least_once, t)", "(spare, kafka://p, at_least_once, NULL)");
        (await RowsAsync(engine, "DESCRIBE out")).Should().Contain(["(topic, o)", "(table, t)", "(kafka.sasl.password, ***)"]);
        await engine.Invoking(e => e.ExecuteAsync("DROP SINK out")).Should()
            .ThrowAsync<TableRegistrationException>().WithMessage("*cannot be dropped while table \"t\" writes to it*");

        await engine.ExecuteAsync("DROP SINK out CASCADE; DROP SINK IF EXISTS nothing; DROP SINK spare");

        (await RowsAsync(engine, "SHOW SINKS")).Should().BeEmpty();
        engine.Tables.TryGetMetadata("t", out _).Should().BeFalse();
        await engine.ExecuteAsync("CREATE SINK out WITH (topic = 'again')");
    }

    [Fact]
    public async Task Execute_SinkInPlace_GoesWithItsTable()
    {
        await using CtasEngine engine = new CtasEngineBuilder().UseSinkFactory(new ScriptedSinks()).Build();
        await engine.ExecuteAsync("CREATE TABLE t AS SELECT 1 AS id INTO out WITH (out.topic = 'o')");
        await engine.Invoking(e => e.ExecuteAsync("CREATE TABLE u AS SELECT 2 AS id INTO out")).Should().ThrowAsync<CtasCompilationException>();

        await engine.ExecuteAsync("CREATE OR REPLACE TABLE t AS SELECT 3 AS id INTO out WITH (out.topic = 'o')");
        await engine.ExecuteAsync("DROP TABLE t");

        (await RowsAsync(engine, "SHOW SINKS")).Should().BeEmpty();
    }

    private static async Task<string[]> RowsAsync(CtasEngine engine, string sql) =>
        [.. (await engine.ExecuteAsync(sql)).Rows.Select(row => row.ToString())];
}
