using System.Text.Json;
using Ctas.Cli.Demo;

namespace Ctas.IntegrationTests.Cli;

public sealed class PlanCommandTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Plan_OfTheDemo_ShowsItsWavesWithoutABroker()
    {
        CommandOutcome outcome = await CommandLine.RunAsync("plan", _folder.Write(DemoRun.Script()));

        outcome.ExitCode.Should().Be(0, outcome.Error);
        outcome.OutputLines[0].Should().StartWith("13 tables in 4 waves");
        outcome.Output.Should().ContainAll("wave 1", "wave 4", "orders  key (order_id), upsert, compact", "countries.csv");
    }

    [Fact]
    public async Task Plan_AsJson_NamesDependencies()
    {
        CommandOutcome outcome = await CommandLine.RunAsync(
            "plan", _folder.Write(DemoRun.Script()), "--format", "json");

        JsonElement waves = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("waves");
        JsonElement sales = waves[2].GetProperty("tables").EnumerateArray()
            .Single(table => table.GetProperty("name").GetString() == "sales");
        sales.GetProperty("dependencies").EnumerateArray().Select(name => name.GetString())
            .Should().Equal("customers", "order_lines");
    }

    [Fact]
    public async Task Plan_AsMermaid_IsAFlowchart()
    {
        CommandOutcome outcome = await CommandLine.RunAsync(
            "plan", _folder.Write(DemoRun.Script()), "--format", "mermaid");

        outcome.Output.Should().StartWith("flowchart LR\n").And.Contain("subgraph wave4");
    }

    [Fact]
    public async Task Plan_OfACycle_NamesItAndExitsWith2()
    {
        string script = _folder.Write("""
            CREATE TABLE a AS SELECT x FROM b;
            CREATE TABLE b AS SELECT x FROM a;
            """);

        CommandOutcome outcome = await CommandLine.RunAsync("plan", script);

        outcome.ExitCode.Should().Be(2);
        outcome.Error.Should().Contain("a → b → a");
    }
}
