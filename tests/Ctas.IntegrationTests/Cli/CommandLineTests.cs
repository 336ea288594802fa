namespace Ctas.IntegrationTests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "Required command was not provided")]
    [InlineData("bogus", "\"bogus\"|'bogus'")]
    [InlineData("run", "Required argument missing")]
    [InlineData("run x.sql y.sql", "y.sql")]
    [InlineData("run x.sql --bogus", "--bogus")]
    [InlineData("run x.sql --format xml", "--format must be one of table, json, csv, not \"xml\"")]
    [InlineData("run x.sql --format 1", "--format must be one of table, json, csv, not \"1\"")]
    [InlineData("run x.sql --max-parallelism 0", "--max-parallelism must be a whole number of at least 1, not \"0\"")]
    [InlineData("run x.sql --max-parallelism many", "--max-parallelism must be a whole number of at least 1, not \"many\"")]
    [InlineData("run x.sql --max-parallelism 99999999999", "--max-parallelism must be a whole number of at least 1, not \"99999999999\"")]
    [InlineData("run x.sql --query \t", "--query needs a statement")]
    [InlineData("run x.sql --timeout 5", "\"5\" is not a time: write 500ms, 90s, 5m, 1h or 00:01:30")]
    [InlineData("run x.sql --timeout 0s", "\"0s\" is not a time")]
    [InlineData("run x.sql --timeout -3s", "\"-3s\" is not a time|-3s")]
    [InlineData("run x.sql --timeout 9999999999999h", "is not a time")]
    [InlineData("run x.sql --set kafka.client.id", "--set needs a property and a value")]
    [InlineData("run x.sql --set =reports", "--set needs a property and a value")]
    [InlineData("run no-such-file.sql", "script \"no-such-file.sql\" was not found")]
    [InlineData("run .", "script \".\" is a folder")]
    [InlineData("plan no-such-file.sql", "script \"no-such-file.sql\" was not found")]
    [InlineData("plan x.sql --format csv", "--format must be one of tree, mermaid, json, not \"csv\"")]
    [InlineData("demo now", "now")]
    public async Task Invoke_WrongArguments_SaysWhatAndExitsWith2(string arguments, string expectedAlternatives)
    {
        CommandOutcome outcome =
            await CommandLine.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        outcome.ExitCode.Should().Be(2);
        outcome.Output.Should().BeEmpty();
        expectedAlternatives.Split('|').Should().Contain(text => outcome.Error.Contains(text), "{0}", outcome.Error);
    }

    [Fact]
    public async Task Invoke_SetWithoutValue_DoesNotRepeatWhatMayBeASecret()
    {
        CommandOutcome outcome = await CommandLine.RunAsync("run", "x.sql", "--set", "hunter2");

        outcome.Error.Should().NotContain("hunter2");
    }

    [Theory]
    [InlineData("--help", "run <script>", "plan <script>", "demo", "--version", "130")]
    [InlineData("run --help", "--bootstrap-servers", "--set", "--query", "--format <table|json|csv>", "[default: table]", "--max-parallelism", "--timeout", "--quiet")]
    [InlineData("plan --help", "--format <tree|mermaid|json>", "[default: tree]")]
    [InlineData("demo --help", "13 tables in 4 waves")]
    public async Task Invoke_Help_NamesEveryOption(string arguments, params string[] expected)
    {
        CommandOutcome outcome = await CommandLine.RunAsync(arguments.Split(' '));

        outcome.ExitCode.Should().Be(0);
        outcome.Output.Should().ContainAll(expected);
        outcome.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task Invoke_Version_PrintsIt()
    {
        CommandOutcome outcome = await CommandLine.RunAsync("--version");

        outcome.ExitCode.Should().Be(0);
        outcome.Output.Should().MatchRegex(@"^\d+\.\d+\.\d+");
    }
}
