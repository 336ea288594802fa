using Ctas.Cli;
using Ctas.Cli.Display;
using Ctas.Cli.Loading;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;
using Spectre.Console;

namespace Ctas.IntegrationTests.Cli;

public sealed class LoadDisplayTests
{
    private static readonly LoadPlan Plan = PlanRenderingTests.Shop;

    [Fact]
    public async Task Lines_TableEnds_IsToldOnce()
    {
        using var output = new StringWriter();
        var display = new LineLoadDisplay(output);

        await display.ShowAsync(Plan, progress =>
        {
            progress!.Report(At(1, Table("users", TableState.Loading), Table("totals", TableState.Waiting)));
            progress.Report(At(2, Table("users", TableState.Ready), Table("totals", TableState.Loading)));
            progress.Report(At(3, Table("users", TableState.Ready), Table("totals", TableState.Failed)));
            progress.Report(At(4, Table("users", TableState.Ready), Table("totals", TableState.Failed)));
            return Task.FromResult(Result());
        });

        output.ToString().Should().Be(
            "wave 1  users    ready       12,345 rows from      20,000 records  1.50 s\n"
            + "wave 1  totals   failed: no such topic\\nsecond line\n");
    }

    [Fact]
    public async Task Lines_TableIsSkipped_SaysSoOnce()
    {
        using var output = new StringWriter();

        await new LineLoadDisplay(output).ShowAsync(Plan, progress =>
        {
            progress!.Report(At(1, Table("totals", TableState.Skipped) with { Error = "skipped because of users" }));
            return Task.FromResult(Result());
        });

        output.ToString().Should().Be("wave 1  totals   skipped because of users\n");
    }

    [Fact]
    public async Task Lines_NothingEndsForLong_TellsHowFarItIs()
    {
        using var output = new StringWriter();
        var display = new LineLoadDisplay(output);

        await display.ShowAsync(Plan, progress =>
        {
            for (int second = 0; second <= 12; second++) { progress!.Report(At(second, Table("users", TableState.Loading))); }

            return Task.FromResult(Result());
        });

        output.ToString().Should().Be(
            "40 %  20,000 records  users 40 % (reading)\n40 %  20,000 records  users 40 % (reading)\n");
    }

    [Fact]
    public async Task Lines_TableIsHeldUp_ToldOnceForAsLongAsItLasts()
    {
        using var output = new StringWriter();

        await new LineLoadDisplay(output).ShowAsync(Plan, progress =>
        {
            TableProgress users = Table("users", TableState.Loading);
            foreach (string? fault in (string?[])["refused", "refused", null, "refused", "no\nroute"])
            {
                progress!.Report(At(1, users with { Fault = fault }));
            }

            return Task.FromResult(Result());
        });

        output.ToString().Should().Be(
            "wave 1  users    waiting: refused\nwave 1  users    waiting: refused\nwave 1  users    waiting: no\\nroute\n");
    }

    [Fact]
    public async Task Bars_TableIsHeldUp_SayWhy()
    {
        using var output = new StringWriter();

        await new LiveLoadDisplay(ConsoleOf(output)).ShowAsync(Plan, progress =>
        {
            progress!.Report(At(1, Table("users", TableState.Loading) with { Fault = "refused" }));
            return Task.FromResult(Result());
        });

        output.ToString().Should().Contain("waiting: refused");
    }

    [Fact]
    public async Task Lines_SinkHasNotGotEverything_SaysSo()
    {
        using var output = new StringWriter();

        await new LineLoadDisplay(output).ShowAsync(Plan, progress =>
        {
            TableProgress users = Table("users", TableState.Ready);
            progress!.Report(At(1, users));
            progress.Report(At(7, users with { Phase = LoadPhase.Delivering }));
            return Task.FromResult(Result());
        });

        output.ToString().Should().EndWith("users 100 % (delivering)\n");
    }

    [Fact]
    public async Task Bars_OnATerminal_ShowEveryTable()
    {
        using var output = new StringWriter();

        await new LiveLoadDisplay(ConsoleOf(output)).ShowAsync(Plan, progress =>
        {
            progress!.Report(At(1, Table("users", TableState.Loading), Table("[red]", TableState.Waiting)));
            progress.Report(At(2, Table("users", TableState.Ready), Table("[red]", TableState.Failed)));
            return Task.FromResult(Result());
        });

        output.ToString().Should().ContainAll("users", "100%", "12,345 rows", "[red]", "failed: no such topic");
    }

    [Theory]
    [InlineData(LoadPhase.Opening, "opening")]
    [InlineData(LoadPhase.CatchingUp, "catching up")]
    public async Task Bars_NothingIsReadYet_TellThePhaseAsAFailureDoes(LoadPhase phase, string words)
    {
        using var output = new StringWriter();
        TableProgress table = Table("users", TableState.Loading) with { Phase = phase, Records = 0 };

        await new LiveLoadDisplay(ConsoleOf(output)).ShowAsync(Plan, progress =>
        {
            progress!.Report(At(1, table));
            return Task.FromResult(Result());
        });

        output.ToString().Should().Contain($"  {words}");
        new LoadException("users", phase, "no such topic", isTransient: false).Message
            .Should().Be($"could not load table \"users\" ({words}): no such topic");
    }

    [Fact]
    public async Task Show_LoadThrows_PassesItOn()
    {
        Func<Task> show = () => new LineLoadDisplay(TextWriter.Null)
            .ShowAsync(Plan, _ => Task.FromException<LoadResult>(new OperationCanceledException()));

        await show.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void Report_OfAFailedLoad_TellsEachCauseAndWhatWasLeftOut()
    {
        using var output = new StringWriter();
        LoadResult result = Result(
            new TableLoadResult("users", 1, TableState.Ready)
            {
                Rows = 12_345,
                Records = 20_000,
                Bytes = 1_234_567,
                TableBytes = 999,
                Rejected = 2,
                RejectedSamples = [new RejectedRecord("users[1]", 17, "the value is no JSON")],
                Retries = 1,
                Warnings = ["partition 4 was added meanwhile"],
                RunTime = TimeSpan.FromMilliseconds(250),
            },
            new TableLoadResult("orders", 1, TableState.Failed)
            {
                Error = new LoadException("orders", LoadPhase.Opening, "no such topic", isTransient: false),
            },
            new TableLoadResult("totals", 2, TableState.Skipped)
            {
                SkippedBecauseOf = "orders",
                CauseChain = ["totals", "orders"],
            });

        LoadReport.Write(Terminal.OfWriters(TextWriter.Null, output).Notes, result);

        string report = output.ToString();
        report.Should().ContainAll(
            "12,345", "20,000", "1.23 MB", "999 B", "250 ms",
            "1 of 3 tables loaded in 2 waves, 20,000 records, 1.23 MB read in 300 ms",
            "orders: failed: could not load table \"orders\" (opening): no such topic",
            "totals: skipped because of orders",
            "users: 2 records left out",
            "users[1] at 17: the value is no JSON",
            "users: read again once after a transient fault",
            "users: partition 4 was added meanwhile");
        report.Should().NotContain("\u001b");
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.00 KB")]
    [InlineData(999_949, "1000 KB|1.00 MB")]
    [InlineData(12_345_678, "12.3 MB")]
    [InlineData(123_456_789, "123 MB")]
    public void Bytes_AnySize_HaveThreeDigits(long bytes, string alternatives) =>
        alternatives.Split('|').Should().Contain(Amount.OfBytes(bytes));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(999, "999 ms")]
    [InlineData(1_000, "1.00 s")]
    [InlineData(59_900, "59.9 s")]
    [InlineData(60_000, "1 m 00 s")]
    [InlineData(7_325_000, "122 m 05 s")]
    public void Time_AnyLength_HasItsUnit(int milliseconds, string expected) =>
        Amount.OfTime(TimeSpan.FromMilliseconds(milliseconds)).Should().Be(expected);

    [Theory]
    [InlineData(12, "12/s")]
    [InlineData(1_500, "1.50 k/s")]
    [InlineData(2_345_678, "2.35 M/s")]
    public void Rate_AnySpeed_HasItsUnit(double perSecond, string expected) =>
        Amount.OfRate(perSecond).Should().Be(expected);

    private static IAnsiConsole ConsoleOf(StringWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = 80;
        return console;
    }

    private static LoadProgress At(int seconds, params TableProgress[] tables) =>
        new(tables, TimeSpan.FromSeconds(seconds));

    private static TableProgress Table(string name, TableState state) => new(
        name,
        1,
        state,
        LoadPhase.Reading,
        state == TableState.Waiting ? 0 : 20_000,
        500_000,
        state == TableState.Ready ? 12_345 : 0,
        state switch { TableState.Waiting => 0, TableState.Ready => 100, _ => 40.9 },
        state == TableState.Waiting ? TimeSpan.Zero : TimeSpan.FromSeconds(1.5),
        [],
        state == TableState.Failed ? "no such topic\nsecond line" : null);

    private static LoadResult Result(params TableLoadResult[] tables) => new(
        tables,
        [new WaveResult(1, ["orders", "users"], TimeSpan.FromMilliseconds(250)), new WaveResult(2, ["totals"], TimeSpan.Zero)],
        TimeSpan.FromMilliseconds(300));
}
