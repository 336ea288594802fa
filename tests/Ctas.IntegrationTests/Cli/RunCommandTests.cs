using Confluent.Kafka;
using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Cli;

public sealed class RunCommandTests : IDisposable
{
    private const string Orders = """
        CREATE TABLE orders_topic (id BIGINT PRIMARY KEY, customer VARCHAR, amount DECIMAL(10, 2), placed TIMESTAMP)
            WITH (kafka_topic = 'orders', key_format = 'JSON', value_format = 'JSON');
        CREATE TABLE orders AS SELECT id, customer, amount, placed FROM orders_topic;
        CREATE TABLE totals AS SELECT customer, COUNT(*) AS orders, SUM(amount) AS total FROM orders GROUP BY customer;
        """;

    private readonly ScriptFolder _folder = new();
    private readonly Lazy<EmbeddedKafka> _kafka = new(() => EmbeddedKafka.Start());

    private string Brokers => _kafka.Value.BootstrapServers;

    public void Dispose()
    {
        _folder.Dispose();
        if (_kafka.IsValueCreated) { _kafka.Value.Dispose(); }
    }

    [Fact]
    public async Task Run_TablesOverATopic_PrintsExactJsonOnStandardOutputOnly()
    {
        ProduceOrders();
        string script = _folder.Write(Orders + "SELECT id, customer, amount, placed FROM orders ORDER BY id;");

        CommandOutcome outcome = await CommandLine.RunAsync(
            "run", script, "--bootstrap-servers", Brokers, "--format", "json",
            "--query", "SELECT customer, orders, total FROM totals ORDER BY customer");

        outcome.ExitCode.Should().Be(0, outcome.Error);
        outcome.OutputLines.Should().Equal(
            """{"id":1,"customer":"ann","amount":10.10,"placed":"2025-01-02T03:04:05Z"}""",
            """{"id":2,"customer":null,"amount":0.05,"placed":null}""",
            """{"id":9007199254740993,"customer":"ann","amount":99999999.99,"placed":"2025-01-02T03:04:05.123456Z"}""",
            """{"customer":"ann","orders":2,"total":100000010.09}""",
            """{"customer":null,"orders":1,"total":0.05}""");
        outcome.Error.Should().ContainAll(
            "wave 1  orders", "wave 2  totals", "2 of 2 tables loaded in 2 waves, 5 records");
    }

    [Theory]
    [InlineData("csv", "customer,orders\nann,2\n,1\n\nn\n2\n")]
    [InlineData(
        "table",
        "╭──────────┬────────╮\n│ customer │ orders │\n├──────────┼────────┤\n│ ann      │      2 │\n│ NULL     │      1 │\n"
        + "╰──────────┴────────╯\n(2 rows)\n\n╭───╮\n│ n │\n├───┤\n│ 2 │\n╰───╯\n(1 row)\n")]
    public async Task Run_OtherFormats_PrintEveryResult(string format, string expected)
    {
        ProduceOrders();
        string script = _folder.Write(Orders);

        CommandOutcome outcome = await CommandLine.RunAsync(
            "run", script, "-b", Brokers, "--format", format, "--quiet",
            "-q", "SELECT customer, orders FROM totals ORDER BY customer",
            "-q", "SELECT COUNT(*) AS n FROM totals");

        outcome.Should().Be(new CommandOutcome(0, expected, ""));
    }

    [Fact]
    public async Task Run_FileNextToTheScript_IsFoundFromAnywhere()
    {
        _folder.Write("id,name\n1,one\n2,\"two, too\"\n", "numbers.csv");
        string script = _folder.Write("CREATE TABLE numbers AS SELECT id, name FROM 'numbers.csv';");

        CommandOutcome outcome = await CommandLine.RunAsync(
            "run", script, "--format", "csv", "-q", "SELECT id, name FROM numbers ORDER BY id");

        outcome.ExitCode.Should().Be(0, outcome.Error);
        outcome.Output.Should().Be("id,name\n1,one\n2,\"two, too\"\n");
    }

    [Fact]
    public async Task Run_OneTableFails_TellsWhyAndAnswersFromTheOthers()
    {
        ProduceOrders();
        string script = _folder.Write(Orders + """
            CREATE TABLE ghosts AS SELECT id FROM kafka://ghosts;
            CREATE TABLE ghost_count AS SELECT COUNT(*) AS n FROM ghosts;
            """);
        _kafka.Value.SetTopicError("ghosts", ErrorCode.UnknownTopicOrPart);

        CommandOutcome outcome = await CommandLine.RunAsync(
            "run", script, "-b", Brokers, "--format", "csv", "-q", "SELECT COUNT(*) AS n FROM orders");

        outcome.ExitCode.Should().Be(1);
        outcome.Output.Should().Be("n\n3\n");
        outcome.Error.Should().ContainAll("ghosts: failed", "ghost_count: skipped because of ghosts", "2 of 4 tables loaded");
    }

    [Fact]
    public async Task Run_QuietAndATableFails_StillTellsWhy()
    {
        string script = _folder.Write("CREATE TABLE numbers AS SELECT id FROM 'no-such.csv';");

        CommandOutcome outcome = await CommandLine.RunAsync("run", script, "--quiet");

        outcome.ExitCode.Should().Be(1);
        outcome.Error.Should().ContainAll("numbers: failed", "no-such.csv");
    }

    [Fact]
    public async Task Run_ScriptWithMistakes_ShowsAllOfThemAndLoadsNothing()
    {
        string script = _folder.Write("""
            CREATE TABLE a AS SELECT idd FROM b;
            CREATE TABLE b AS SELEC 1;
            CREATE TABLE c AS SELECT * FROM nowhere WITH (table_modell = 'compact');
            """);

        CommandOutcome outcome = await CommandLine.RunAsync("run", script, "-b", Brokers);

        outcome.ExitCode.Should().Be(2);
        outcome.Output.Should().BeEmpty();
        outcome.Error.Should().ContainAll("LINE 2", "LINE 3", "nowhere", "table_modell", "^^^", "Hint:");
        _kafka.Value.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Run_QueryWithAMistake_ShowsItAndExitsWith2()
    {
        _folder.Write("id\n1\n", "numbers.csv");
        string script = _folder.Write("CREATE TABLE numbers AS SELECT id FROM 'numbers.csv';");

        CommandOutcome outcome = await CommandLine.RunAsync("run", script, "-q", "SELECT idd FROM numbers");

        outcome.ExitCode.Should().Be(2);
        outcome.Error.Should().ContainAll("column \"idd\" not found", "^^^", "Did you mean \"id\"?");
    }

    [Fact]
    public async Task Run_QueryThatFailsWhileItRuns_TellsWhyAndExitsWith1()
    {
        _folder.Write("id\n1\n0\n", "numbers.csv");
        string script = _folder.Write("CREATE TABLE numbers AS SELECT id FROM 'numbers.csv';");

        CommandOutcome outcome = await CommandLine.RunAsync(
            "run", script, "--quiet", "--format", "csv", "-q", "SELECT 1 / id AS x FROM numbers", "-q", "SELECT COUNT(*) AS n FROM numbers");

        outcome.ExitCode.Should().Be(1);
        outcome.Error.Should().Contain("the query failed").And.Contain("zero");
        outcome.Output.Should().EndWith("n\n2\n", "the queries after it are answered");
    }

    [Fact]
    public async Task Run_SetOption_ReachesEveryStatement()
    {
        ProduceOrders();
        string script = _folder.Write(Orders);

        CommandOutcome outcome = await CommandLine.RunAsync(
            "run", script, "-b", Brokers, "--set", "kafka.no.such.property=1");

        outcome.ExitCode.Should().BeOneOf(1, 2);
        outcome.Error.Should().Contain("no.such.property");
    }

    [Fact]
    public async Task Run_TimeoutPasses_CutsTheLoadOff()
    {
        ProduceOrders();
        _kafka.Value.SetLatency(EmbeddedKafka.AllBrokers, TimeSpan.FromSeconds(20));
        string script = _folder.Write(Orders);

        CommandOutcome outcome = await CommandLine.RunAsync("run", script, "-b", Brokers, "--timeout", "300ms");

        outcome.ExitCode.Should().Be(1);
        outcome.Error.Should().Contain("0 of 2 tables loaded");
    }

    [Fact]
    public async Task Run_Cancelled_ExitsWith130()
    {
        ProduceOrders();
        _kafka.Value.SetLatency(EmbeddedKafka.AllBrokers, TimeSpan.FromSeconds(20));
        string script = _folder.Write(Orders);
        using var cancellation = new CancellationTokenSource();

        Task<CommandOutcome> run = CommandLine.RunAsync(cancellation.Token, "run", script, "-b", Brokers);
        await Until.TrueAsync(() => _kafka.Value.Requests.Count > 0);
        await cancellation.CancelAsync();

        CommandOutcome outcome = await run;
        outcome.ExitCode.Should().Be(130);
        outcome.Error.Should().Contain("ctas: cancelled");
    }

    private void ProduceOrders()
    {
        _kafka.Value.CreateTopic("orders", partitions: 2);
        _kafka.Value.Produce("orders",
        [
            EmbeddedRecord.Of("1", """{"customer":"bob","amount":7,"placed":"2025-01-01T00:00:00Z"}"""),
            EmbeddedRecord.Of("2", """{"customer":null,"amount":0.05}"""),
            EmbeddedRecord.Of("9007199254740993", """{"customer":"ann","amount":99999999.99,"placed":"2025-01-02T03:04:05.123456Z"}"""),
            EmbeddedRecord.Tombstone("3"),
            EmbeddedRecord.Of("1", """{"customer":"ann","amount":10.1,"placed":"2025-01-02T03:04:05Z"}"""),
        ]);
        _kafka.Value.ClearRequests();
    }
}
