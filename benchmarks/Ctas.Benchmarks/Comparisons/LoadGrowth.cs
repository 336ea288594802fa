using Ctas.Benchmarks.Shapes;
using Ctas.Loading;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>How the time of a load by key grows with its records, into tables of both models.</summary>
internal static class LoadGrowth
{
    private static readonly string[] Models = ["compact", "standard"];

    /// <summary>A hundredfold growth from files and memory, tenfold from a topic: the mock cluster holds no more.</summary>
    public static async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        (string Name, int Times, Func<int, Task<IOrdersInput>> Make)[] inputs =
        [
            ("records in memory", 100, records => Task.FromResult<IOrdersInput>(new OrdersInMemory(records))),
            ("NDJSON file", 100, OrdersFile.WriteAsync),
            ("Kafka topic", 10, async records => await ShapeTopic.FillAsync(records)),
        ];
        foreach ((string name, int times, Func<int, Task<IOrdersInput>> make) in inputs)
        {
            string[] asked = [.. Models.Where(model => options.Asks($"{name} → {model}"))];
            if (asked.Length == 0) { continue; }

            int from = options.Rows / 10;
            int to = checked(from * times);
            await using IOrdersInput few = await make(from);
            await using IOrdersInput many = await make(to);
            foreach (string model in asked)
            {
                double[] seconds = await Measure.SecondsAsync(
                    options.Repetitions, () => LoadAsync(few, model, from), () => LoadAsync(many, model, to));
                yield return new Comparison(
                    $"load growth, {name} → {model} table, {from:N0} → {to:N0} records", "linear",
                    Math.Log(seconds[1] / seconds[0]) / Math.Log(times), 1, "exponent", new Target(1.1, IsAtLeast: false));
            }
        }
    }

    private static async Task LoadAsync(IOrdersInput input, string model, int records)
    {
        await using CtasEngine engine = input.LoadInto(model).Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        if (result["orders"].Rows != records) { throw new InvalidOperationException($"The table has {result["orders"].Rows} of {records} rows."); }
    }
}
