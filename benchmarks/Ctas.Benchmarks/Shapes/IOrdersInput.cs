namespace Ctas.Benchmarks.Shapes;

/// <summary>Orders where a load finds them: in a topic, in a file, in memory.</summary>
internal interface IOrdersInput : IAsyncDisposable
{
    /// <summary>An engine that loads them into the table <c>orders</c>, by their key.</summary>
    CtasEngineBuilder LoadInto(string model);
}
