using Ctas.Benchmarks.Shapes;
using Ctas.Loading;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>A start from a stored snapshot against a start that reads the whole topic: opening the topic is part of both.</summary>
internal sealed class SnapshotComparisons : IComparisonSuite
{
    public string Name => "snapshot";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        await using ShapeTopic topic = await ShapeTopic.FillAsync(options.Rows);

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
            yield return await UnifiedAsync(topic, model, options);
        }
    }

    /// <summary>Suite 6, <c>Unified_IsFasterThanFull</c>: one record in twenty is new since the snapshot.</summary>
    private static async Task<Comparison> UnifiedAsync(ShapeTopic topic, string model, ComparisonOptions options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ctas-unified-");
        await LoadAsync(topic, model, folder.FullName, LoadKind.Full);
        string stored = Directory.CreateTempSubdirectory("ctas-stored-").FullName;
        Copy(folder.FullName, stored);
        await topic.ProduceAsync(OrderRow.Generate(options.Rows / 20, seed: 4711).Select(order => (order.Id, order.ToJson())));

        // A continued load stores what it has read: each begins with the snapshot from before the new records.
        async Task ContinueAsync()
        {
            Copy(stored, folder.FullName);
            await LoadAsync(topic, model, folder.FullName, LoadKind.Continued);
        }

        double[] seconds = await Measure.SecondsAsync(
            options.Repetitions, ContinueAsync, () => LoadAsync(topic, model, folder: null, LoadKind.Full));
        folder.Delete(recursive: true);
        Directory.Delete(stored, recursive: true);
        return new Comparison(
            $"Unified_IsFasterThanFull: {model}, 5 % new", "full load of the topic", 1 / seconds[0], 1 / seconds[1], "per s", new Target(1, IsAtLeast: true));
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from)) { File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true); }
    }

    private static async Task LoadAsync(ShapeTopic topic, string model, string? folder, LoadKind expected)
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
