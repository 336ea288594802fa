using System.Diagnostics;
using System.Runtime.InteropServices;
using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Cli;

/// <summary>The real process, as a shell starts and interrupts it.</summary>
public sealed partial class CtrlCTests
{
    private const int Sigint = 2;
    private const nint DefaultAction = 0;

    [Fact]
    public async Task Run_InterruptedWhileItLoads_StopsAtOnceWith130()
    {
        if (OperatingSystem.IsWindows()) { return; }

        using var folder = new ScriptFolder();
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders");
        kafka.SetLatency(EmbeddedKafka.AllBrokers, TimeSpan.FromSeconds(60));
        string script = folder.Write("CREATE TABLE orders AS SELECT * FROM kafka://orders;");

        // A runner that a shell started in the background ignores the signal, and what it starts would do so too.
        _ = Signal(Sigint, DefaultAction);
        using Process process = Start("run", script, "--bootstrap-servers", kafka.BootstrapServers);
        await Until.TrueAsync(() => kafka.Requests.Count > 0);
        _ = Kill(process.Id, Sigint);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await process.WaitForExitAsync(patience.Token);

        process.ExitCode.Should().Be(130);
        (await process.StandardError.ReadToEndAsync(patience.Token)).Should().Contain("ctas: cancelled");
        (await process.StandardOutput.ReadToEndAsync(patience.Token)).Should().BeEmpty();
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [typeof(Ctas.Cli.Terminal).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint action);
}
