using System.Runtime.CompilerServices;
using Xunit.Abstractions;

namespace Ctas.SqlTests.Oracle;

/// <summary>
/// SELECT gives what DuckDB gives, on random tables and queries. CTAS_ORACLE_SEED and CTAS_ORACLE_COUNT choose others;
/// CTAS_ORACLE_FAILURES sets how many differences end the run; CTAS_ORACLE_REPORT names a file for the coverage report.
/// </summary>
public sealed class DuckDbOracleTests(ITestOutputHelper output)
{
    [Fact]
    public void Select_ThousandRandomQueries_GiveWhatDuckDbGives()
    {
        OracleRun run = Run(1_000);

        // Queries that both engines refuse (overflow) compare nothing; they must stay few.
        run.CountOf(Outcome.Agreed).Should().BeGreaterThan(run.CountOf(Outcome.BothFailed) * 3);
    }

    [Fact]
    [Trait("Category", "Large")]
    public void Select_TwentyThousandRandomQueries_GiveWhatDuckDbGives() =>
        Run(20_000).NeverCompared.Should().BeEmpty("every registered construct gave results that are equal");

    [Fact]
    public void ExplainedDifferences_AreToldInTheTable()
    {
        string told = File.ReadAllText(Path.Combine(Folder(), "differences.md"));

        ExplainedDifferences.All.Select(difference => difference.Name).Concat(ExplainedDifferences.Rows.Select(difference => difference.Name))
            .Should().OnlyContain(name => told.Contains($"| {name} |"));
    }

    private OracleRun Run(int count)
    {
        string? file = Environment.GetEnvironmentVariable("CTAS_ORACLE_REPORT");
        var run = new OracleRun(
            OracleSettings.Get("CTAS_ORACLE_SEED", 1),
            OracleSettings.Get("CTAS_ORACLE_FAILURES", 5),
            file is null ? null : run => File.WriteAllText(file, run.Report()));
        run.Compare(OracleSettings.Get("CTAS_ORACLE_COUNT", count));
        output.WriteLine(run.Report());
        run.NeverGenerated.Should().BeEmpty("every registered construct is drawn");
        run.Failures.Should().BeEmpty("these differ:\n{0}", string.Join('\n', run.Failures));
        return run;
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
