using BenchmarkDotNet.Attributes;
using Ctas.Benchmarks.Comparisons;
using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Benchmarks.Micro;

/// <summary>Point lookups by string key among a million rows; nothing may be allocated.</summary>
[MemoryDiagnoser]
public class LookupBenchmarks
{
    private const int Rows = 1_000_000;
    private const int Mask = (1 << 16) - 1;
    private readonly string[] _keys = new string[Mask + 1];
    private CtasEngine? _engine;
    private ITable? _table;
    private int _next;

    /// <summary>The storage that is read.</summary>
    [Params("standard", "compact")]
    public string Model { get; set; } = "standard";

    [GlobalSetup]
    public async Task LoadAsync()
    {
        _engine = new CtasEngineBuilder()
            .UseSource("orders_in", OrderSources.Orders(Rows))
            .AddTable($"CREATE TABLE orders (id VARCHAR PRIMARY KEY, customer VARCHAR, status VARCHAR, quantity BIGINT, amount DOUBLE, city VARCHAR) WITH (table_model = '{Model}') AS SELECT * FROM orders_in")
            .Build();
        (await _engine.LoadAsync()).ThrowIfFailed();
        _table = _engine.Tables["orders"];
        string[] all = [.. OrderRow.Generate(Rows).Select(order => order.Id)];
        var random = new Random(7);
        for (int key = 0; key < _keys.Length; key++) { _keys[key] = all[random.Next(all.Length)]; }
    }

    [GlobalCleanup]
    public async Task DisposeAsync() => await _engine!.DisposeAsync();

    [Benchmark]
    public bool TryGet() => _table!.TryGet(_keys[_next++ & Mask], out Row _);
}
