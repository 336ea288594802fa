using BenchmarkDotNet.Attributes;

namespace Ctas.Benchmarks.Micro;

/// <summary>From text to a built engine: parsing, binding, planning, ordering.</summary>
[MemoryDiagnoser]
public class ParserBenchmarks
{
    private readonly string _script = """
        CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, city VARCHAR) WITH (path = 'users.ndjson');
        CREATE STREAM orders (id VARCHAR, user_id VARCHAR, amount DECIMAL(12, 2)) WITH (path = 'orders.ndjson');
        CREATE TABLE enriched AS SELECT o.id, o.amount, u.name, u.city FROM orders o JOIN users u ON o.user_id = u.id;
        CREATE TABLE totals AS SELECT city, COUNT(*) AS n, SUM(amount) AS total FROM enriched GROUP BY city HAVING COUNT(*) > 1;
        """;

    [Benchmark]
    public CtasEngine Build() => new CtasEngineBuilder().AddScript(_script).Build();
}
