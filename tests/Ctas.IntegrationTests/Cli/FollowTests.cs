using System.Text;
using Ctas.Cli;
using Ctas.Cli.Commands;
using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Cli;

/// <summary><c>ctas run --follow</c>: the rows of the last SELECT, and every change of them until it is cancelled.</summary>
public sealed class FollowTests : IDisposable
{
    private const string Totals = """
        CREATE TABLE orders_topic (id VARCHAR PRIMARY KEY, customer VARCHAR, amount BIGINT)
            WITH (kafka_topic = 'orders', value_format = 'JSON');
        CREATE TABLE totals AS SELECT customer, SUM(amount) AS total FROM orders_topic GROUP BY customer EMIT CHANGES;

        """;

    private readonly ScriptFolder _folder = new();
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public FollowTests() => _kafka.CreateTopic("orders", partitions: 1);

    public void Dispose()
    {
        _folder.Dispose();
        _kafka.Dispose();
    }

    [Theory]
    [InlineData("SELECT customer, total FROM totals EMIT CHANGES;")]
    [InlineData("SELECT customer, total FROM totals;")]
    public async Task Follow_LastSelect_PrintsEveryChangeUntilItIsCancelled(string select)
    {
        Produce("1", """{"customer":"ann","amount":5}""");
        string script = _folder.Write(Totals + "SELECT COUNT(*) AS n FROM totals;\n" + select);
        using var cancellation = new CancellationTokenSource();
        using var output = new SharedWriter();

        Task<int> run = RunAsync(output, cancellation.Token, "run", script, "-b", _kafka.BootstrapServers, "--quiet", "--format", "csv", "--follow");
        await Until.TrueAsync(() => Untold(output).EndsWith("1,ann,5\n", StringComparison.Ordinal));
        Produce("1", """{"customer":"ann","amount":7}""");
        await Until.TrueAsync(() => Untold(output).EndsWith("1,ann,7\n", StringComparison.Ordinal));
        Produce("1", null);
        await Until.TrueAsync(() => Untold(output).EndsWith("-1,ann,7\n", StringComparison.Ordinal));
        await cancellation.CancelAsync();

        (await run).Should().Be(130);
        Untold(output).Should().Be("n\n1\n$version,$weight,customer,total\n1,ann,5\n-1,ann,5\n1,ann,7\n-1,ann,7\n");
    }

    [Fact]
    public async Task Follow_Table_PrintsALineAChange()
    {
        Produce("1", """{"customer":"ann","amount":5}""");
        string script = _folder.Write(Totals);
        using var cancellation = new CancellationTokenSource();
        using var output = new SharedWriter();

        Task<int> run = RunAsync(
            output, cancellation.Token, "run", script, "-b", _kafka.BootstrapServers, "--quiet", "-f", "-q", "SELECT customer, total FROM totals");
        await Until.TrueAsync(() => output.ToString().EndsWith("+ ann | 5\n", StringComparison.Ordinal));
        Produce("2", """{"amount":1}""");
        await Until.TrueAsync(() => output.ToString().EndsWith("+ NULL | 1\n", StringComparison.Ordinal));
        Produce("3", """{"customer":"b\nob\u001b[2J","amount":2}""");
        await Until.TrueAsync(() => output.ToString().EndsWith(" | 2\n", StringComparison.Ordinal));
        await cancellation.CancelAsync();

        (await run).Should().Be(130);
        output.ToString().Should().Be("  customer | total\n+ ann | 5\n+ NULL | 1\n+ b\\nob\\u001b[2J | 2\n");
    }

    [Fact]
    public async Task Follow_NothingIsKeptFresh_EndsAfterTheRows()
    {
        _folder.Write("id\n1\n", "numbers.csv");
        string script = _folder.Write("CREATE TABLE numbers AS SELECT id FROM 'numbers.csv'; SELECT id FROM numbers;");

        CommandOutcome outcome = await CommandLine.RunAsync("run", script, "--quiet", "--follow", "--format", "json");

        outcome.ExitCode.Should().Be(0, outcome.Error);
        outcome.OutputLines.Should().ContainSingle().Which.Should().MatchRegex("""^\{"\$version":\d+,"\$weight":1,"id":1\}$""");
    }

    [Fact]
    public async Task Follow_TheTableFails_TellsWhyAndExitsWith1()
    {
        Produce("1", """{"customer":"ann","amount":5}""");
        string script = _folder.Write(Totals);
        using var output = new SharedWriter();
        using var error = new SharedWriter();

        Task<int> run = CtasCommandLine.InvokeAsync(
            ["run", script, "-b", _kafka.BootstrapServers, "--quiet", "-f", "-q", "SELECT total FROM totals"], Terminal.OfWriters(output, error));
        await Until.TrueAsync(() => output.ToString().EndsWith("+ 5\n", StringComparison.Ordinal));
        Produce("2", "{");

        (await run).Should().Be(1);
        error.ToString().Should().Contain("the query failed: table \"totals\" is kept fresh no longer").And.Contain("orders[0]@1");
    }

    [Theory]
    [InlineData("", "--follow needs a SELECT", "--follow")]
    [InlineData("SHOW TABLES;", "CTAS", "--follow")]
    [InlineData("SELECT id FROM numbers LIMIT 1 EMIT CHANGES;", "CTAS3010", "--follow")]
    [InlineData("SELECT id FROM numbers EMIT CHANGES;", "ctas run --follow", "--quiet")]
    public async Task Follow_Mistake_SaysWhatIsNeededAndExitsWith2(string query, string told, string option)
    {
        _folder.Write("id\n1\n", "numbers.csv");
        string script = _folder.Write("CREATE TABLE numbers AS SELECT id FROM 'numbers.csv'; " + query);

        CommandOutcome outcome = await CommandLine.RunAsync("run", script, option);

        outcome.ExitCode.Should().Be(2);
        outcome.Error.Should().Contain(told);
    }

    private static async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken, params string[] arguments)
    {
        using StringWriter error = new() { NewLine = "\n" };
        return await CtasCommandLine.InvokeAsync(arguments, Terminal.OfWriters(output, error), cancellationToken);
    }

    /// <summary>What was printed, without the numbers of the versions.</summary>
    private static string Untold(SharedWriter output) =>
        System.Text.RegularExpressions.Regex.Replace(output.ToString(), @"^\d+,(?=-?1,)", "", System.Text.RegularExpressions.RegexOptions.Multiline);

    private void Produce(string key, string? value) =>
        _kafka.Produce("orders", [value is null ? EmbeddedRecord.Tombstone(key) : EmbeddedRecord.Of(key, value)]);

    /// <summary>A text that one thread writes and another reads.</summary>
    private sealed class SharedWriter : StringWriter
    {
        private readonly Lock _lock = new();

        public SharedWriter() => NewLine = "\n";

        public override void Write(char value)
        {
            lock (_lock) { base.Write(value); }
        }

        public override void Write(string? value)
        {
            lock (_lock) { base.Write(value); }
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (_lock) { base.Write(buffer, index, count); }
        }

        public override void WriteLine(string? value)
        {
            lock (_lock) { base.WriteLine(value); }
        }

        public override string ToString()
        {
            lock (_lock) { return base.ToString(); }
        }
    }
}
