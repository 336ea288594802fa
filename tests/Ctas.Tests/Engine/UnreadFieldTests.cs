using Ctas.Loading;
using Ctas.Sources;

namespace Ctas.Tests.Engine;

/// <summary>Fields that no statement reads are not decoded: what would fail in them does not.</summary>
public sealed class UnreadFieldTests
{
    private const string Poisoned = """{"id":1,"bad":"no number","deep":{"a":[1,{"b":2}]},"amount":5}""";

    [Theory]
    [InlineData("SELECT id, amount FROM s WHERE amount > 1")]
    [InlineData("SELECT id FROM (SELECT id, bad, amount FROM s) q WHERE amount = 5")]
    [InlineData("SELECT id, SUM(amount) AS n FROM s GROUP BY id")]
    [InlineData("WITH q AS (SELECT * FROM s) SELECT id FROM q")]
    public async Task LoadAsync_FieldThatNobodyReads_IsNotDecoded(string select)
    {
        LoadResult result = await LoadAsync(select);

        result.ThrowIfFailed();
        result["t"].Rows.Should().Be(1);
    }

    [Fact]
    public async Task LoadAsync_FieldThatIsRead_FailsTheLoad() =>
        (await LoadAsync("SELECT id, bad FROM s"))["t"].Error!.Message.Should().Contain("bad");

    [Fact]
    public async Task LoadAsync_CsvFieldThatNobodyReads_IsNotDecoded()
    {
        string folder = Directory.CreateTempSubdirectory("ctas").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "s.csv"), "id,bad,amount\n1,no number,5\n");
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddScript($"""
                CREATE STREAM s (id INT, bad INT, amount INT) WITH (path = '{folder}/s.csv', format = 'CSV');
                CREATE TABLE t AS SELECT id, amount FROM s;
                """)
            .Build();

        LoadResult result = await engine.LoadAsync();

        Directory.Delete(folder, recursive: true);
        result.ThrowIfFailed();
        result["t"].Rows.Should().Be(1);
    }

    private static async Task<LoadResult> LoadAsync(string select)
    {
        var source = new InMemorySource(new SourceDefinition("s", new InMemoryLocation("s"))
        {
            Columns =
            [
                new SourceColumn("id", Ctas.Data.DataType.Int),
                new SourceColumn("bad", Ctas.Data.DataType.Int),
                new SourceColumn("amount", Ctas.Data.DataType.Int),
            ],
            Mode = ReadMode.Append,
        });
        source.Add(InMemoryRecord.FromText(key: null, Poisoned));
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", source)
            .AddTable($"CREATE TABLE t AS {select}")
            .Build();
        return await engine.LoadAsync();
    }
}
