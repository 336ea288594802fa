using System.Diagnostics;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Maintenance;

namespace Ctas.IntegrationTests.Maintenance;

/// <summary>
/// This assembly as a process of its own: loads live tables from what is stored, follows their topics, and stores them
/// again and again, until it is killed.
/// </summary>
internal sealed class KilledFollower : IDisposable
{
    /// <summary>The first argument of such a process.</summary>
    public const string Command = "follow";

    private const string Saved = "saved";

    /// <summary>However long a machine takes to go on, no stream counts as idle: what comes of it would be late.</summary>
    public static CtasEngineOptions Options { get; } = new()
    {
        Maintenance = new MaintenanceOptions { IdlePartitionAfter = TimeSpan.MaxValue },
    };

    private readonly Process _process;

    private KilledFollower(Process process) => _process = process;

    /// <summary>Starts the process and returns when its tables are live.</summary>
    /// <returns>The process, and how its tables were loaded.</returns>
    public static async Task<(KilledFollower Follower, string Kinds)> StartAsync(string bootstrapServers, string folder, string sql)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["exec", typeof(KilledFollower).Assembly.Location, Command, bootstrapServers, folder, sql])
        {
            start.ArgumentList.Add(argument);
        }

        var follower = new KilledFollower(Process.Start(start)!);
        return (follower, await follower.ReadLineAsync());
    }

    /// <summary>Starts processes one after the other, each from what is stored, and kills each while it stores and more is produced.</summary>
    public static async Task KillManyAsync(Killing killing, Random random, Func<Task> produce)
    {
        for (int kill = 0; kill < killing.Kills; kill++)
        {
            (KilledFollower follower, string kinds) = await StartAsync(killing.BootstrapServers, killing.Folder, killing.Sql);
            using (follower)
            {
                kinds.Should().MatchRegex(kill == 0 ? "^Live/Full$" : "^(Live/(Restored|Continued) ?)+$", "what a killed process has stored is used");
                Task producing = produce();
                await follower.WaitForSavesAsync(random.Next(4));
                if (random.Next(2) == 0) { await producing; }

                await follower.KillAsync();
                await producing;
            }
        }
    }

    /// <summary>Waits until it has stored what its tables follow so many times more.</summary>
    public async Task WaitForSavesAsync(int saves)
    {
        for (; saves > 0; saves--) { (await ReadLineAsync()).Should().Be(Saved); }
    }

    /// <summary>Kills it, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().Guarded();
    }

    public void Dispose() => _process.Dispose();

    /// <summary>What the process does.</summary>
    public static async Task<int> RunAsync(string bootstrapServers, string folder, string sql)
    {
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(bootstrapServers).AddScript(sql).UseSnapshots(folder)
            .WithOptions(Options).Build();
        Ctas.Loading.LoadResult result = await engine.LoadAsync();
        Console.WriteLine(string.Join(' ', result.Tables.Select(table => $"{table.State}/{table.Kind}").Distinct()));

        // Nobody is left to kill it when the other end of its input is gone.
        Task orphaned = Task.Run(Console.In.ReadToEnd);
        while (!orphaned.IsCompleted)
        {
            await engine.SaveSnapshotAsync();
            Console.WriteLine(Saved);
        }

        return 0;
    }

    private async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().Guarded() ?? throw new InvalidOperationException("The process has ended.");
}

/// <summary>Processes that are killed one after the other.</summary>
/// <param name="BootstrapServers">Their brokers.</param>
/// <param name="Folder">Where they store.</param>
/// <param name="Sql">Their tables.</param>
/// <param name="Kills">How many.</param>
internal sealed record Killing(string BootstrapServers, string Folder, string Sql, int Kills);
