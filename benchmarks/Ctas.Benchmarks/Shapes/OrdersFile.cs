namespace Ctas.Benchmarks.Shapes;

/// <summary>An NDJSON file of orders, which goes with this object.</summary>
internal sealed class OrdersFile : IOrdersInput
{
    private readonly string _path;

    private OrdersFile(string path) => _path = path;

    /// <summary>Writes a file of so many orders.</summary>
    public static async Task<IOrdersInput> WriteAsync(int records)
    {
        string path = Path.Combine(Path.GetTempPath(), $"ctas-orders-{Guid.NewGuid():N}.ndjson");
        await using FileStream lines = File.Create(path);
        foreach (OrderRow order in OrderRow.Generate(records))
        {
            lines.Write(order.ToJson());
            lines.WriteByte((byte)'\n');
        }

        return new OrdersFile(path);
    }

    public CtasEngineBuilder LoadInto(string model) => new CtasEngineBuilder().AddScript($"""
        CREATE STREAM orders_in (id VARCHAR, {OrderRow.OtherColumns}) WITH (path = '{_path}');
        CREATE TABLE orders (id VARCHAR PRIMARY KEY, {OrderRow.OtherColumns}) WITH (table_model = '{model}') AS SELECT * FROM orders_in;
        """);

    public ValueTask DisposeAsync()
    {
        File.Delete(_path);
        return ValueTask.CompletedTask;
    }
}
