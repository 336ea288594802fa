using Ctas.Benchmarks.Comparisons;
using Ctas.Sources;

namespace Ctas.Benchmarks.Shapes;

/// <summary>Records of orders in memory.</summary>
internal sealed class OrdersInMemory(int records) : IOrdersInput
{
    private readonly InMemorySource _source = OrderSources.Orders(records);

    public CtasEngineBuilder LoadInto(string model) => new CtasEngineBuilder()
        .UseSource("orders_in", _source)
        .AddTable($"CREATE TABLE orders (id VARCHAR PRIMARY KEY, {OrderRow.OtherColumns}) WITH (table_model = '{model}') AS SELECT * FROM orders_in");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
