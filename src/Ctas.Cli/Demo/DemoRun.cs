using System.Diagnostics;
using Confluent.Kafka;
using Ctas.Cli.Display;
using Ctas.Cli.Loading;
using Ctas.Cli.Plans;
using Ctas.Cli.Results;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Spectre.Console;

namespace Ctas.Cli.Demo;

/// <summary>One <c>ctas demo</c>: produce, load, print, check.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private const int Brokers = 3;

    private readonly Terminal _terminal;
    private readonly DemoShop _shop;
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(Brokers);
    private readonly DirectoryInfo _folder;

    private DemoRun(DemoScale scale, Terminal terminal, DirectoryInfo folder)
    {
        _terminal = terminal;
        _folder = folder;
        _shop = DemoShop.Create(scale);
    }

    /// <summary>Runs the demo.</summary>
    /// <param name="scale">How large it is.</param>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="folder">A folder for its file, deleted at the end; null: one of its own among the temporary ones.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> ExecuteAsync(
        DemoScale scale, Terminal terminal, CancellationToken cancellationToken, DirectoryInfo? folder = null)
    {
        await using var run = new DemoRun(scale, terminal, folder ?? Directory.CreateTempSubdirectory("ctas-demo-"));
        await run.ProduceAsync(cancellationToken).ConfigureAwait(false);
        return await run.LoadAndAskAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the brokers and deletes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _kafka.DisposeAsync().ConfigureAwait(false);
        _folder.Delete(recursive: true);
    }

    /// <summary>The script that the demo loads.</summary>
    public static string Script()
    {
        using Stream stream = typeof(DemoRun).Assembly.GetManifestResourceStream("demo.sql")
            ?? throw new UnreachableException("The script is part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private async Task ProduceAsync(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        foreach (IDemoTopic topic in _shop.Topics) { _kafka.CreateTopic(topic.Name, topic.Partitions); }

        await Task.WhenAll(_shop.Topics.Select(topic =>
            _kafka.ProduceAsync(topic.Name, topic.Records, CompressionType.Lz4, cancellationToken))).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "countries.csv"), _shop.CountriesCsv(), cancellationToken)
            .ConfigureAwait(false);

        string topics = string.Join(", ", _shop.Topics.Select(topic => $"{topic.Name} {Amount.OfCount(topic.Records.Count)}"));
        long bytes = _shop.Topics.Sum(topic => topic.Bytes);
        Say($"{Brokers} brokers at {_kafka.BootstrapServers}");
        Say($"{Amount.OfBytes(bytes)} produced with lz4 in {Amount.OfTime(Stopwatch.GetElapsedTime(started))}: {topics} records");
    }

    private async Task<int> LoadAndAskAsync(CancellationToken cancellationToken)
    {
        var expectation = new DemoExpectation(_shop);
        var check = new DemoCheck(expectation);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(_kafka.BootstrapServers)
            .WithOptions(new CtasEngineOptions { BasePath = _folder.FullName })
            .AddScript(Script())
            .Build();

        LoadResult result = await LoadDisplay.For(_terminal)
            .ShowAsync(engine.Plan, progress => engine.LoadAsync(progress, cancellationToken))
            .ConfigureAwait(false);

        Head("The plan");
        PlanTree.Write(_terminal.Results, engine.Plan);
        check.Plan(engine.Plan);

        Head("The load");
        LoadReport.Write(_terminal.Results, result);
        check.Load(result);

        foreach (DemoQuery query in result.IsSuccess ? expectation.Queries() : [])
        {
            QueryResult answer = await engine.QueryAsync(query.Sql, cancellationToken).ConfigureAwait(false);
            Head(query.Title);
            Say(query.Sql);
            _terminal.Results.Write(TableResultWriter.Draw(answer));
            check.Query(query, answer);
        }

        return Conclude(check);
    }

    private int Conclude(DemoCheck check)
    {
        foreach (string mismatch in check.Mismatches) { _terminal.Error.WriteLine($"ctas: demo check failed: {mismatch}"); }

        if (check.Mismatches.Count > 0) { return ExitCode.Failed; }

        Say("");
        Say($"All {Amount.OfCount(check.Comparisons)} figures above match what was produced.");
        return ExitCode.Success;
    }

    private void Head(string title)
    {
        Say("");
        _terminal.Results.Write(Label.Of(title, DisplayStyle.Header));
        Say("");
    }

    private void Say(string line)
    {
        _terminal.Results.Write(Label.Of(line));
        _terminal.Results.WriteLine();
    }
}
