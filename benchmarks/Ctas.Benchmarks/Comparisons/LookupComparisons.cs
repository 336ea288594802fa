using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Point lookups against dictionaries: keys that are there, keys that are not, and while a writer is at work.</summary>
/// <remarks>Both contenders read the quantity of every row that they find; keys are other strings than those stored.</remarks>
internal sealed class LookupComparisons : IComparisonSuite
{
    public string Name => "lookup";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        OrderRow[] orders = [.. OrderRow.Generate(options.Rows)];
        Dictionary<string, OrderRow> byText = orders.ToDictionary(order => order.Id);
        Dictionary<long, OrderRow> byNumber = orders.Select((order, row) => (order, row)).ToDictionary(x => NumberOf(x.row), x => x.order);
        var random = new Random(7);

        // Copies, so that no contender profits from comparing references.
        string[] keys = [.. Enumerable.Range(0, options.Rows).Select(_ => new string(orders[random.Next(orders.Length)].Id.AsSpan()))];
        string[] missing = [.. keys.Select(key => "p" + key[1..])];
        long[] numbers = [.. Enumerable.Range(0, options.Rows).Select(_ => NumberOf(random.Next(orders.Length)))];

        foreach (string model in (string[])["compact", "standard"])
        {
            ITable text = await LoadAsync(options.Rows, model);
            ITable number = await LoadNumbersAsync(orders, model);
            double[] found = await Measure.SecondsAsync(options.Repetitions, () => LookUp(text, keys), () => LookUp(byText, keys));
            yield return Of($"lookup by string: {model}", found, keys.Length, model == "compact" ? 1.0 : 1.2);
            double[] absent = await Measure.SecondsAsync(options.Repetitions, () => LookUp(text, missing), () => LookUp(byText, missing));
            yield return Of($"lookup by string, none found: {model}", absent, keys.Length, null);
            double[] integers = await Measure.SecondsAsync(options.Repetitions, () => LookUp(number, numbers), () => LookUp(byNumber, numbers));
            yield return Of($"lookup by BIGINT: {model}", integers, keys.Length, model == "compact" ? 2.0 : null);
            yield return new($"key index: {model}", "-", text.Memory.Index / (double)options.Rows, 1, "B/row", Target: null);

            foreach (Comparison comparison in await WhileAnotherLoadsAsync((model, text), byText, keys, options)) { yield return comparison; }

            foreach (Comparison comparison in await UnderUpdatesAsync((model, text, orders), byText, keys, options)) { yield return comparison; }
        }
    }

    /// <summary>Lookups while another table is loaded over and over in the same process.</summary>
    private static async Task<Comparison[]> WhileAnotherLoadsAsync(
        (string Model, ITable Table) loaded, Dictionary<string, OrderRow> dictionary, string[] keys, ComparisonOptions options)
    {
        InMemorySource source = OrderSources.Orders(Math.Min(options.Rows, 200_000));
        using var done = new CancellationTokenSource();
        long loads = 0;
        Task load = Task.Run(async () =>
        {
            for (; !done.IsCancellationRequested; loads++) { _ = await LoadAsync(source, loaded.Model); }
        });
        double[] seconds = await Measure.SecondsAsync(
            options.Repetitions, () => LookUp(loaded.Table, keys), () => LookUp(dictionary, keys));
        long before = GC.GetAllocatedBytesForCurrentThread();
        LookUp(loaded.Table, keys);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await done.CancelAsync();
        await load;
        string state = $"another table being loaded: {loaded.Model}";
        return
        [
            Of($"lookup by string, {state}", seconds, keys.Length, loaded.Model == "compact" ? 1.0 : 1.2),
            new($"bytes of {keys.Length} lookups, {state}", "-", allocated, 1, "B", new Target(0, IsAtLeast: false)),
            new($"loads meanwhile: {loaded.Model}", "-", loads, 1, "loads", Target: null),
        ];
    }

    private static async Task<Comparison[]> UnderUpdatesAsync(
        (string Model, ITable Table, OrderRow[] Orders) loaded,
        Dictionary<string, OrderRow> dictionary,
        string[] keys,
        ComparisonOptions options)
    {
        var registry = new TableRegistry();
        registry.Register(new TableRegistration(loaded.Table) { IsLive = true });
        TableWriter writer = TableWriter.Continue(loaded.Table);
        ChangeBatch[] batches = [.. Enumerable.Range(0, 64).Select(batch => Updates(loaded.Table, loaded.Orders, batch))];
        long updates = 0;
        double updating = 0;
        using var done = new CancellationTokenSource();
        Task update = Task.Run(() =>
        {
            long started = System.Diagnostics.Stopwatch.GetTimestamp();
            for (int batch = 0; !done.IsCancellationRequested; batch++)
            {
                writer.Apply(batches[batch % batches.Length]);
                registry.Advance([new TableAdvance(writer.Publish())]);
                updates += batches[batch % batches.Length].Count;
            }

            updating = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
        ITable live = registry[loaded.Table.Name];
        double[] seconds = await Measure.SecondsAsync(options.Repetitions, () => LookUp(live, keys), () => LookUp(dictionary, keys));
        await done.CancelAsync();
        await update;
        return
        [
            Of($"lookup by string, table being updated: {loaded.Model}", seconds, keys.Length, loaded.Model == "compact" ? 1.0 : 1.2),
            new($"updates while read: {loaded.Model}", "-", updates / updating, 1, "rows/s", Target: null),
        ];
    }

    private static ChangeBatch Updates(ITable table, OrderRow[] orders, int seed)
    {
        var random = new Random(seed);
        ColumnBuilder[] builders = [.. table.Schema.Fields.Select(field => ColumnBuilder.Create(field.Type))];
        for (int row = 0; row < 1_000; row++)
        {
            OrderRow order = orders[random.Next(orders.Length)];
            ((StringColumnBuilder)builders[0]).Append(order.Id);
            ((StringColumnBuilder)builders[1]).Append(order.Customer);
            ((StringColumnBuilder)builders[2]).Append(order.Status);
            ((FixedColumnBuilder<long>)builders[3]).Append(random.Next(100));
            ((FixedColumnBuilder<double>)builders[4]).Append(order.Amount);
            ((StringColumnBuilder)builders[5]).Append(order.City);
        }

        return new ChangeBatch(new Batch([.. builders.Select(builder => builder.Finish())], 1_000));
    }

    private static Comparison Of(string name, double[] seconds, int lookups, double? target) => new(
        name, "Dictionary", seconds[0] * 1e9 / lookups, seconds[1] * 1e9 / lookups, "ns", target is { } most ? new(most, IsAtLeast: false) : null);

    private static long NumberOf(int row) => (row * 2_654_435_761L) ^ 0x5DEECE66D;

    private static Task<ITable> LoadAsync(int rows, string model) => LoadAsync(OrderSources.Orders(rows), model);

    private static async Task<ITable> LoadAsync(InMemorySource source, string model)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders_in", source)
            .AddTable($"CREATE TABLE orders (id VARCHAR PRIMARY KEY, {OrderRow.OtherColumns}) WITH (table_model = '{model}') AS SELECT * FROM orders_in")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine.Tables["orders"];
    }

    private static async Task<ITable> LoadNumbersAsync(OrderRow[] orders, string model)
    {
        InMemorySource source = InMemorySource.FromRows(
            "numbers_in",
            new Schema([new("id", DataType.BigInt), new("quantity", DataType.BigInt), new("city", DataType.Varchar)]),
            orders.Select((order, row) => new object?[] { NumberOf(row), order.Quantity, order.City }));
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("numbers_in", source)
            .AddTable($"CREATE TABLE numbers (id BIGINT PRIMARY KEY, quantity BIGINT, city VARCHAR) WITH (table_model = '{model}') AS SELECT * FROM numbers_in")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine.Tables["numbers"];
    }

    private static void LookUp(ITable table, string[] keys)
    {
        long sum = 0;
        int quantity = table.Schema.IndexOf("quantity");
        foreach (string key in keys)
        {
            if (table.TryGet(key, out Row row)) { sum += row.Get<long>(quantity); }
        }

        GC.KeepAlive(sum);
    }

    private static void LookUp(ITable table, long[] keys)
    {
        long sum = 0;
        int quantity = table.Schema.IndexOf("quantity");
        foreach (long key in keys)
        {
            if (table.TryGet(key, out Row row)) { sum += row.Get<long>(quantity); }
        }

        GC.KeepAlive(sum);
    }

    private static void LookUp<TKey>(Dictionary<TKey, OrderRow> table, TKey[] keys)
        where TKey : notnull
    {
        long sum = 0;
        foreach (TKey key in keys)
        {
            if (table.TryGetValue(key, out OrderRow? row)) { sum += row.Quantity; }
        }

        GC.KeepAlive(sum);
    }
}
