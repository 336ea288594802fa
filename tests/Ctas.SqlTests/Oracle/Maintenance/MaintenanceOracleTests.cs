using Xunit.Abstractions;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>
/// A maintained result equals the recomputed one after every tick, for random queries over random histories.
/// CTAS_MAINTENANCE_SEED and CTAS_MAINTENANCE_COUNT choose others; CTAS_MAINTENANCE_REPORT names a file for the report.
/// </summary>
public sealed class MaintenanceOracleTests(ITestOutputHelper output)
{
    [Fact]
    public void Maintain_HundredsOfRandomQueries_EqualTheirRecomputationAfterEveryTick()
    {
        MaintenanceRun run = Run(600);

        run.CountOf(MaintenanceOutcome.Agreed).Should().BeGreaterThan(300);
    }

    [Fact]
    [Trait("Category", "Large")]
    public void Maintain_ThousandsOfRandomQueries_EqualTheirRecomputationAfterEveryTick()
    {
        MaintenanceRun run = Run(OracleSettings.Get("CTAS_MAINTENANCE_COUNT", 5_000));

        run.NeverMaintained.Should().BeEmpty("every construct is maintained somewhere");
    }

    private MaintenanceRun Run(int count)
    {
        var run = new MaintenanceRun(OracleSettings.Get("CTAS_MAINTENANCE_SEED", 1), OracleSettings.Get("CTAS_ORACLE_FAILURES", 5));
        run.Run(count);
        if (Environment.GetEnvironmentVariable("CTAS_MAINTENANCE_REPORT") is { } file) { File.WriteAllText(file, run.Report()); }

        output.WriteLine(run.Report());
        run.Failures.Should().BeEmpty("these differ:\n{0}", string.Join('\n', run.Failures));
        return run;
    }
}
