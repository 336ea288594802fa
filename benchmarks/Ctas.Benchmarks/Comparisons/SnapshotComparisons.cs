using Ctas.Benchmarks.Shapes;
using Ctas.Loading;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>A start from a stored snapshot against a start that reads the whole topic: opening the topic is part of both.</summary>
internal sealed class SnapshotComparisons : IComparisonSuite
{
    public string Name => "snapshot";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        await using OrdersTopic topic = await OrdersTopic.FillAsync(options.Rows);

        foreach (string model in (string[])["compact", "standard"])
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("ctas-snapshots-");
            await LoadAsync(topic, model, folder.FullName, LoadKind.Full);
            double[] seconds = await Measure.SecondsAsync(
                options.Repetitions,
                () => LoadAsync(topic, model, folder.FullName, LoadKind.Restored),
                () => LoadAsync(topic, model, folder: null, LoadKind.Full));
            folder.Delete(recursive: true);
            yield return new Comparison(
                $"Snapshot → {model} table",
                "full load of the topic",
                options.Rows / seconds[0],
                options.Rows / seconds[1],
                "rows/s",
                new Target(10, IsAtLeast: true));
        }
    }

    private static async Task LoadAsync(OrdersTopic topic, string model, string? folder, LoadKind expected)
    {
        CtasEngineBuilder builder = topic.LoadInto(model);
        if (folder is not null) { builder.UseSnapshots(folder); }

        await using CtasEngine engine = builder.Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        if (result["orders"].Kind != expected)
        {
            throw new InvalidOperationException($"The table was {result["orders"].Kind}: {result["orders"].KindReason}.");
        }
    }
}
