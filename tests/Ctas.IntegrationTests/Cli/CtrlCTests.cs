using System.Diagnostics;
using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Cli;

/// <summary>What ends the real process from outside.</summary>
public sealed class CtrlCTests : IDisposable
{
    private readonly ScriptFolder _folder = new();
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));

    public CtrlCTests() => _kafka.CreateTopic("orders");

    public void Dispose()
    {
        _folder.Dispose();
        _kafka.Dispose();
        _patience.Dispose();
    }

    [Fact]
    public async Task Run_InterruptedWhileItLoads_StopsAtOnceWith130()
    {
        if (OperatingSystem.IsWindows()) { return; }

        _kafka.SetLatency(EmbeddedKafka.AllBrokers, TimeSpan.FromMinutes(20));
        string script = _folder.Write("CREATE TABLE orders AS SELECT * FROM kafka://orders;");

        using Process process = CtasProcess.Start("run", script, "--bootstrap-servers", _kafka.BootstrapServers);
        await Until.TrueAsync(() => _kafka.Requests.Count > 0);
        process.Interrupt();
        await process.WaitForExitAsync(_patience.Token);

        process.ExitCode.Should().Be(130);
        (await process.StandardError.ReadToEndAsync(_patience.Token)).Should().Contain("ctas: cancelled");
        (await process.StandardOutput.ReadToEndAsync(_patience.Token)).Should().BeEmpty();
    }

    [Fact]
    public async Task Follow_ReaderOfItsOutputGone_EndsWith141WhenItHasMoreToSay()
    {
        if (OperatingSystem.IsWindows()) { return; }

        await ProduceAsync(1);
        string script = _folder.Write("CREATE TABLE orders AS SELECT ROWKEY AS id, n FROM kafka://orders EMIT CHANGES;");

        // As "ctas run … --follow | head -n 2" does.
        using Process process = CtasProcess.Start(
            "run", script, "-b", _kafka.BootstrapServers, "--quiet", "--follow", "--format", "csv", "-q", "SELECT id, n FROM orders");
        string?[] head = [await process.StandardOutput.ReadLineAsync(_patience.Token), await process.StandardOutput.ReadLineAsync(_patience.Token)];
        process.StandardOutput.Close();
        await ProduceAsync(2);
        await process.WaitForExitAsync(_patience.Token);

        head[0].Should().Be("$version,$weight,id,n");
        head[1].Should().EndWith(",1,k,1");
        process.ExitCode.Should().Be(141);
        (await process.StandardError.ReadToEndAsync(_patience.Token)).Should().BeEmpty();
    }

    private Task ProduceAsync(int n) => _kafka.ProduceAsync("orders", [EmbeddedRecord.Of("k", $$"""{"n":{{n}}}""")]);
}
