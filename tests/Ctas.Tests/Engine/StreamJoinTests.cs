using System.Globalization;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Text;

namespace Ctas.Tests.Engine;

/// <summary>Joins of streams on event time, and of streams with tables, as ksqlDB users write them.</summary>
public sealed class StreamJoinTests
{
    private const string Streams = """
        CREATE STREAM purchases (id INT, customer VARCHAR) WITH (kafka_topic = 'purchases', value_format = 'JSON');
        CREATE STREAM payments (id INT, order_id INT) WITH (kafka_topic = 'payments', value_format = 'JSON');
        CREATE TABLE customers (name VARCHAR PRIMARY KEY, city VARCHAR) WITH (kafka_topic = 'customers', value_format = 'JSON');
        """;

    [Theory]
    [InlineData("JOIN payments p WITHIN 10 SECONDS ON o.id = p.order_id", "1 11", "2 22", "2 23")]
    [InlineData("JOIN payments p WITHIN (5 SECONDS, 10 SECONDS) ON o.id = p.order_id", "1 11", "2 23")]
    [InlineData("JOIN payments p WITHIN (0 SECONDS, 4 SECONDS) GRACE PERIOD 1 HOUR ON o.id = p.order_id", "2 23")]
    [InlineData("LEFT JOIN payments p WITHIN (0 SECONDS, 4 SECONDS) ON o.id = p.order_id", "1 ", "2 23", "3 ")]
    [InlineData("FULL OUTER JOIN payments p WITHIN (0 SECONDS, 4 SECONDS) ON o.id = p.order_id", " 11", " 22", " 34", "1 ", "2 23", "3 ")]
    public async Task Within_RowsOfTwoStreams_JoinsThoseNearInTime(string join, params string[] expected)
    {
        // Orders at 10, 20 and 30 s; payments at 20 (order 1), 12 and 20 (order 2), and 41 s (order 3).
        InMemorySource orders = Stream("orders", (10, """{"id":1}"""), (20, """{"id":2}"""), (30, """{"id":3}"""));
        InMemorySource payments = Stream(
            "payments",
            (20, """{"id":11,"order_id":1}"""), (12, """{"id":22,"order_id":2}"""), (20, """{"id":23,"order_id":2}"""),
            (41, """{"id":34,"order_id":3}"""));
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders_in", orders)
            .UseSource("payments_in", payments)
            .AddTable("CREATE TABLE paid AS SELECT o.id, p.id AS payment FROM orders_in o " + join.Replace("payments p", "payments_in p", StringComparison.Ordinal))
            .Build();

        (await engine.LoadAsync()).ThrowIfFailed();

        QueryResult rows = await engine.QueryAsync("SELECT id, payment FROM paid");
        rows.Rows.Select(row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal).Should().Equal(expected);
    }

    [Theory]
    [InlineData("SELECT o.id FROM purchases o JOIN customers c {WITHIN 5 MINUTES} ON o.customer = c.name", "CTAS2064", "\"customers\" is a table")]
    [InlineData("SELECT o.id FROM customers c JOIN purchases o {WITHIN 5 MINUTES} ON o.customer = c.name", "CTAS2064", "\"customers\" is a table")]
    [InlineData("SELECT o.id FROM purchases o JOIN (SELECT order_id FROM payments) p {WITHIN 1 HOUR} ON o.id = p.order_id", "CTAS2064", "\"p\" is a query")]
    [InlineData("SELECT o.id FROM purchases o CROSS JOIN payments p {WITHIN 1 HOUR}", "CTAS2065", "needs a condition")]
    public void Within_NotTwoStreams_IsRefusedWithTheReason(string annotated, string code, string reason)
    {
        (string sql, TextSpan span) = Text.AnnotatedSql.Parse($"{Streams} CREATE TABLE t AS {annotated}");

        Diagnostic diagnostic = Planning.Scripts.Plan(sql).Diagnostics.Should().ContainSingle().Subject;

        diagnostic.Code.Should().Be(code);
        diagnostic.Span.Should().Be(span);
        diagnostic.Message.Should().Contain(reason);
    }

    [Fact]
    public async Task Join_StreamWithTable_LooksUpTheLastRowOfTheKey()
    {
        var customers = new InMemorySource(new SourceDefinition("customers_in", new InMemoryLocation("customers_in"))
        {
            Columns = [new SourceColumn("name", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("city", DataType.Varchar)],
            Mode = ReadMode.Changelog,
        });
        customers.Add(InMemoryRecord.FromText("ann", """{"city":"Basel"}"""));
        customers.Add(InMemoryRecord.FromText("ann", """{"city":"Bern"}"""));
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders_in", Stream("orders", (1, """{"id":1,"customer":"ann"}"""), (2, """{"id":2,"customer":"bob"}""")))
            .UseSource("customers_in", customers)
            .AddTable("CREATE STREAM enriched AS SELECT o.id, c.city FROM orders_in o LEFT JOIN customers_in c ON o.customer = c.name")
            .Build();

        (await engine.LoadAsync()).ThrowIfFailed();

        QueryResult rows = await engine.QueryAsync("SELECT id, city FROM enriched ORDER BY id");
        rows.Rows.Select(row => row.ToString()).Should().Equal("(1, Bern)", "(2, NULL)");
    }

    private static InMemorySource Stream(string name, params (int Second, string Value)[] records)
    {
        var source = new InMemorySource(new SourceDefinition(name + "_in", new InMemoryLocation(name + "_in")) { Mode = ReadMode.Append });
        foreach ((int second, string value) in records)
        {
            source.Add(InMemoryRecord.FromText(second.ToString(CultureInfo.InvariantCulture), value) with { TimestampMilliseconds = second * 1000L });
        }

        return source;
    }
}
