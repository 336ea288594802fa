using System.Diagnostics;

using Confluent.Kafka;

using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;

namespace Ctas.IntegrationTests.Loading;

/// <summary>
/// This assembly as a process of its own, whose loads all fail, each for another reason: it tells what the process holds
/// after a few rounds of them and after many more.
/// </summary>
internal static class FailingLoads
{
    /// <summary>The first argument of such a process.</summary>
    public const string Command = "fail";

    private const int Rounds = 12;

    // What the test broker has in its hands differs from moment to moment: the least of a few rounds counts.
    private const int RoundsOfAMeasurement = 3;

    private static readonly KafkaSourceOptions Hasty = new()
    {
        MaxRetries = 1,
        RetryDelay = TimeSpan.FromMilliseconds(5),
        RequestTimeout = TimeSpan.FromMilliseconds(300),
    };

    /// <summary>Runs the process to its end.</summary>
    public static async Task<(HeldResources Before, HeldResources After)> RunAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["exec", typeof(FailingLoads).Assembly.Location, Command]) { start.ArgumentList.Add(argument); }

        // One arena: what other threads have given back counts at once.
        start.Environment["MALLOC_ARENA_MAX"] = "1";
        using Process process = Process.Start(start)!;
        try
        {
            HeldResources before = HeldResources.Parse(await LineOfAsync(process));
            HeldResources after = HeldResources.Parse(await LineOfAsync(process));
            await process.WaitForExitAsync().Guarded();
            process.ExitCode.Should().Be(0);
            return (before, after);
        }
        finally
        {
            // A client that cannot be closed holds it up for ever.
            if (!process.HasExited) { process.Kill(); }
        }
    }

    /// <summary>What the process does.</summary>
    public static async Task<int> MainAsync()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("numbers", partitions: 2);
        await kafka.ProduceAsync("numbers", Enumerable.Range(0, 500).Select(n =>
            EmbeddedRecord.Of($"k{n}", $$"""{"n":"{{new string('x', 1000)}}{{n}}"}""") with { Partition = n % 2 }));
        kafka.CreateTopic("broken");
        await kafka.ProduceAsync("broken", [EmbeddedRecord.Of("a", "{")]);
        await FailInEveryWayAsync(kafka);
        List<HeldResources> held = [];
        for (int round = 1; round <= Rounds; round++)
        {
            await FailInEveryWayAsync(kafka);
            kafka.ClearRequests();
            held.Add(await HeldResources.OfThisProcessAsync());
        }

        Console.WriteLine(HeldResources.LeastOf(held[..RoundsOfAMeasurement]));
        Console.WriteLine(HeldResources.LeastOf(held[^RoundsOfAMeasurement..]));
        return 0;
    }

    private static async Task FailInEveryWayAsync(EmbeddedKafka kafka)
    {
        const string numbers = "CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers";
        await FailAsync(kafka, "CREATE TABLE t AS SELECT ROWKEY AS id FROM kafka://missing");
        await FailAsync(kafka, "CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://broken");
        await FailAsync(kafka, "CREATE TABLE t WITH ('memory.limit' = '100000') AS SELECT ROWKEY AS id, n FROM kafka://numbers");
        await FailAsync(kafka, "CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers INTO out WITH (out.topic = 'o', out.kafka.message.max.bytes = '1000')");

        kafka.FailNext(KafkaApiKey.Fetch, [.. Enumerable.Repeat(ErrorCode.TopicAuthorizationFailed, 50)]);
        await FailAsync(kafka, numbers);
        kafka.ClearFaults(KafkaApiKey.Fetch);

        foreach (int broker in kafka.BrokerIds) { kafka.SetBrokerDown(broker); }

        await FailAsync(kafka, numbers);
        foreach (int broker in kafka.BrokerIds) { kafka.SetBrokerUp(broker); }

        await CancelAsync(kafka, numbers);
    }

    private static async Task FailAsync(EmbeddedKafka kafka, string sql)
    {
        await using CtasEngine engine = Build(kafka, sql);
        LoadResult result = await engine.LoadAsync();
        if (result["t"].State != Tables.TableState.Failed) { throw new InvalidOperationException($"{sql}: {result["t"]}"); }
    }

    private static async Task CancelAsync(EmbeddedKafka kafka, string sql)
    {
        kafka.FailNext(KafkaApiKey.Fetch, [.. Enumerable.Repeat(ErrorCode.NotLeaderForPartition, 50)]);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await using CtasEngine engine = Build(kafka, sql);
        try { await engine.LoadAsync(progress: null, cancellation.Token); }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // That is how it is to end.
        }

        kafka.ClearFaults(KafkaApiKey.Fetch);
    }

    private static CtasEngine Build(EmbeddedKafka kafka, string sql) =>
        new CtasEngineBuilder().UseKafka(kafka.BootstrapServers, options: Hasty).AddScript(sql).Build();

    private static async Task<string> LineOfAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync().Guarded() ?? throw new InvalidOperationException("The process has ended.");
}
