using Ctas.Cli;
using Ctas.Cli.Demo;

namespace Ctas.IntegrationTests.Cli;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Demo_SmallShop_PrintsPlanReportAndAnswersAndLeavesNothing()
    {
        using StringWriter output = new(), error = new();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ctas-test-");

        int exitCode = await DemoRun.ExecuteAsync(
            new DemoScale(300, 60, 3_000), Terminal.OfWriters(output, error), CancellationToken.None, folder);

        exitCode.Should().Be(0, error.ToString());
        output.ToString().Should().ContainAll(
            "3 brokers", "13 tables in 4 waves", "wave 4", "13 of 13 tables loaded in 4 waves", "revenue_by_region",
            "Where do the orders come from?", "What is still to be paid?", "figures above match what was produced");
        output.ToString().Should().NotContain("\u001b");
        error.ToString().Should().ContainAll("wave 1  orders", "wave 4  customer_totals");
        Directory.Exists(folder.FullName).Should().BeFalse();
    }
}
