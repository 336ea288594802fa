using System.Text;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Engine;

/// <summary>The headers of records, read from sources whether their columns are declared or not.</summary>
public sealed class RowHeaderTests
{
    [Theory]
    [InlineData(false, ReadMode.Append)]
    [InlineData(true, ReadMode.Append)]
    [InlineData(false, ReadMode.Changelog)]
    [InlineData(true, ReadMode.Changelog)]
    public async Task RowHeaders_OfAnySource_AreThoseOfEachRecord(bool isDeclared, ReadMode mode)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", Source(isDeclared, mode))
            .AddScript("""
                CREATE TABLE t AS SELECT n, ROWHEADERS[1]->key AS first, FROM_BYTES(ROWHEADERS[1]->value, 'utf8') AS text,
                    CARDINALITY(ROWHEADERS) AS headers FROM s;
                CREATE TABLE plain AS SELECT * FROM s;
                """)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        QueryResult rows = await engine.QueryAsync("SELECT n, first, text, headers FROM t ORDER BY n");

        rows.Rows.Select(row => string.Join(' ', Enumerable.Range(0, 4).Select(i => row[i] ?? "NULL"))).Should().Equal(
            "1 trace abc 2", "2 NULL NULL NULL", "3 empty NULL 1");
        engine.Tables["plain"].Schema.Fields.Select(field => field.Name).Should().NotContain("ROWHEADERS");
    }

    private static InMemorySource Source(bool isDeclared, ReadMode mode)
    {
        var source = new InMemorySource(new SourceDefinition("s", new InMemoryLocation("s"))
        {
            Columns = isDeclared
                ? [new SourceColumn("k", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("n", DataType.BigInt)]
                : null,
            Mode = mode,
        });
        source.Add(Record("a", 1) with { Headers = [new("trace", Encoding.UTF8.GetBytes("abc")), new("trace", [1])] });
        source.Add(Record("b", 2));
        source.Add(Record("c", 3) with { Headers = [new("empty", null)] });
        return source;
    }

    private static InMemoryRecord Record(string key, int n) => InMemoryRecord.FromText(key, $$"""{"n":{{n}}}""");
}
