using System.Diagnostics;

using Ctas.IntegrationTests.Maintenance;
using Ctas.Kafka;
using Ctas.Loading;
using Ctas.Tests.Tables.Snapshots;

namespace Ctas.IntegrationTests.Loading;

/// <summary>This assembly as a process of its own: loads a table, and stops for ever in the middle of storing it.</summary>
internal static class KilledWriter
{
    private const string Halfway = "halfway";

    /// <summary>Starts the process and returns when half of the snapshot is written.</summary>
    public static async Task<Process> StartAsync(string bootstrapServers, string folder, string sql)
    {
        string assembly = typeof(KilledWriter).Assembly.Location;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["exec", assembly, bootstrapServers, folder, sql]) { start.ArgumentList.Add(argument); }

        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync().Guarded();
        return line == Halfway ? process : throw new InvalidOperationException($"The writer said \"{line}\".");
    }

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [KilledFollower.Command, string brokers, string stored, string script])
        {
            return await KilledFollower.RunAsync(brokers, stored, script);
        }

        if (arguments is [FailingLoads.Command]) { return await FailingLoads.MainAsync(); }

        if (arguments is not [string bootstrapServers, string folder, string sql]) { return 1; }

        var files = new FailingFiles
        {
            Room = 500,
            WhenFull = () =>
            {
                Console.WriteLine(Halfway);
                Thread.Sleep(Timeout.Infinite);
            },
        };
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(bootstrapServers)
            .AddScript(sql)
            .UseSnapshots(new SnapshotOptions(folder) { Files = files })
            .Build();
        LoadResult result = await engine.LoadAsync();
        Console.WriteLine(string.Join(' ', result.Tables));
        return 2;
    }
}
