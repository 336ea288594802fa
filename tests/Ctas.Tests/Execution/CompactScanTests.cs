using System.Text;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Execution;

/// <summary>
/// Columns of compact tables that are decoded on demand, and whose memory serves the next ones: queries beside each other
/// see what they see over standard tables.
/// </summary>
public sealed class CompactScanTests
{
    // Several segments, the last of them short.
    private const int Records = 150_000;

    private static readonly string[] Queries =
    [
        "SELECT k, COUNT(*) AS c, SUM(n) AS s, MIN(note) AS low, MAX(x) AS high, COUNT(flag) AS f FROM rows GROUP BY k",
        "SELECT note, n, COUNT(*) AS c, SUM(price) AS p FROM rows WHERE x > 300 GROUP BY note, n",
        "SELECT id, COUNT(*) AS c FROM rows GROUP BY id",
        "SELECT r.k, COUNT(*) AS c, SUM(o.n) AS s FROM rows r JOIN rows o ON r.id = o.id GROUP BY r.k",
        "SELECT COUNT(*) AS c, SUM(n) AS s, MAX(id) AS last FROM rows",
    ];

    [Fact]
    public async Task QueryAsync_SeveralAggregatesAtOnce_GiveWhatTheyGiveOverAStandardTable()
    {
        InMemorySource source = Source();
        await using CtasEngine standard = await LoadAsync(source, "standard", threads: 1);
        string[] expected = await Task.WhenAll(Queries.Select(query => CompactAnswers.OfAsync(standard, query)));
        foreach (int threads in (int[])[1, 2])
        {
            await using CtasEngine compact = await LoadAsync(source, "compact", threads);
            string[][] answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(
                () => Task.WhenAll(Queries.Select(query => CompactAnswers.OfAsync(compact, query))))));
            answers.Should().AllSatisfy(answer => answer.Should().Equal(expected));
        }
    }

    [Fact]
    public async Task QueryAsync_RowOfTheSecondThreadFails_IsReadOnceMoreAndTellsWhatOneThreadTells()
    {
        const string query = "SELECT k, SUM(100 / (n - 9000)) AS s FROM rows GROUP BY k";
        InMemorySource source = Source();
        await using CtasEngine alone = await LoadAsync(source, "standard", threads: 1);
        await using CtasEngine together = await LoadAsync(source, "compact", threads: 2);

        (await FailureAsync(together, query)).Should().Be(await FailureAsync(alone, query)).And.NotBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task QueryAsync_OverATableThatTookColumnsAsTheyWere_LeavesTheirMemoryToIt(int threads)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .WithMaxDegreeOfParallelism(threads)
            .UseSource("records", Source())
            .AddTable("CREATE TABLE rows WITH (table_model = 'compact') AS SELECT * FROM records")
            .AddTable("CREATE TABLE copy AS SELECT k, n FROM rows")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        var column = (FixedColumn<long>)((Table)engine.Tables["copy"]).Scan().First()[1];
        FixedColumn<long> read = column.Deferred!.Decoded;

        await CompactAnswers.OfAsync(engine, "SELECT k, SUM(n) AS s FROM copy GROUP BY k");

        column.Deferred.Decoded.Should().BeSameAs(read, "others may be reading it");
    }

    private static async Task<string> FailureAsync(CtasEngine engine, string query) =>
        (await engine.Invoking(it => it.QueryAsync(query)).Should().ThrowAsync<Exception>()).Which.Message;

    private static async Task<CtasEngine> LoadAsync(InMemorySource source, string model, int threads)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .WithMaxDegreeOfParallelism(threads)
            .UseSource("records", source)
            .AddTable($"CREATE TABLE rows WITH (table_model = '{model}') AS SELECT * FROM records")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private static InMemorySource Source()
    {
        var random = new Random(5);
        var source = new InMemorySource(new SourceDefinition("records", new InMemoryLocation("records"))
        {
            Columns =
            [
                new("id", DataType.Varchar), new("k", DataType.Varchar), new("note", DataType.Varchar), new("n", DataType.BigInt),
                new("x", DataType.Double), new("flag", DataType.Boolean), new("price", DataType.Decimal(12, 2)),
            ],
            KeyFormat = RecordFormat.None,
            Mode = ReadMode.Append,
        });
        for (int record = 0; record < Records; record++)
        {
            string note = random.Next(9) == 0 ? "null" : $"\"note {random.Next(700):x}\"";
            string flag = random.Next(3) switch { 0 => "null", 1 => "true", _ => "false" };
            string number = record == 140_000 ? "9000" : random.Next(50) == 0 ? "null" : $"{random.Next(20)}";
            source.Add(new InMemoryRecord
            {
                Value = Encoding.UTF8.GetBytes(
                    $$"""{"id":"r-{{record}}","k":"k{{random.Next(40)}}","note":{{note}},"n":{{number}},"x":{{random.Next(1000)}}.5,"flag":{{flag}},"price":3.25}"""),
            });
        }

        return source;
    }
}
