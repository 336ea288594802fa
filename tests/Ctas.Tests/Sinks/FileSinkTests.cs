using Ctas.Data;
using Ctas.Sinks;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Maintenance;

namespace Ctas.Tests.Sinks;

/// <summary>What a file sink leaves on disk, and that it reads back as it was.</summary>
public sealed class FileSinkTests : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-file-sink").FullName;
    private readonly InMemorySource _users = new(new SourceDefinition("users", new InMemoryLocation("users"))
    {
        Columns =
        [
            new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key),
            new SourceColumn("name", DataType.Varchar),
        ],
        Mode = ReadMode.Changelog,
    });

    private string Out => Path.Combine(_folder, "out.ndjson");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("tsv")]
    public async Task Load_RowsOfEveryType_ReadBackAsTheyWere(string extension)
    {
        string path = Path.Combine(_folder, "out." + extension);
        await using CtasEngine engine = new CtasEngineBuilder().Build();
        await engine.ExecuteAsync(
            $"""
            CREATE TABLE t (id PRIMARY KEY, n, price, at, day, ok, text) AS
                SELECT * FROM (VALUES
                    (1, CAST(9223372036854775807 AS BIGINT), 12.50, TIMESTAMP '2024-01-31 10:20:30.123456', DATE '2024-02-29', TRUE, 'a "quoted", text'),
                    (2, NULL, NULL, NULL, NULL, NULL, NULL),
                    (3, 0, -0.01, TIMESTAMP '1970-01-01 00:00:00', DATE '0001-01-01', FALSE, ' ü ')) AS v (id, n, price, at, day, ok, text)
            INTO out WITH (out.path = '{path}')
            """);

        await engine.ExecuteAsync(
            $"""
            CREATE TABLE back AS SELECT id, CAST(n AS BIGINT) AS n, CAST(price AS DECIMAL(4, 2)) AS price,
                CAST(at AS TIMESTAMP) AS at, CAST(day AS DATE) AS day, CAST(ok AS BOOLEAN) AS ok, text FROM '{path}'
            """);

        RowsOf(engine, "back").Should().BeEquivalentTo(RowsOf(engine, "t"));
    }

    [Fact]
    public async Task Load_Again_ReplacesTheFileWholeOrNotAtAll()
    {
        await File.WriteAllTextAsync(Out, "old\n");
        await using CtasEngine engine = new CtasEngineBuilder().Build();

        await engine.ExecuteAsync($"CREATE TABLE t AS SELECT 1 AS id INTO out WITH (out.path = '{Out}')");
        (await File.ReadAllTextAsync(Out)).Should().Be("{\"id\":1}\n");

        await engine.ExecuteAsync($"CREATE OR REPLACE TABLE t AS SELECT 2 AS id WHERE FALSE INTO out WITH (out.path = '{Out}')");
        (await File.ReadAllTextAsync(Out)).Should().BeEmpty();
        Directory.EnumerateFiles(_folder).Should().Equal(Out);
    }

    [Fact]
    public async Task Load_FolderIsMissing_TableHasFailedAndSaysSo()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddTable($"CREATE TABLE t AS SELECT 1 AS id INTO out WITH (out.path = '{Path.Combine(_folder, "none", "out.ndjson")}')").Build();

        Ctas.Loading.LoadResult result = await engine.LoadAsync();

        result["t"].Error!.Message.Should().Contain("sink \"out\" could not write to");
        result["t"].Error!.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task Follow_RowsAndThenEachChange_AreLinesWithKeyAndValue()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await FollowAsync();
        await ChangeAsync(engine, "u2", "Bob", "(u1, Ada)", "(u2, Bob)");
        await ChangeAsync(engine, "u1", null, "(u2, Bob)");

        (await File.ReadAllLinesAsync(Out)).Should().Equal(
            """{"key":{"id":"u1"},"value":{"name":"Ada"}}""",
            """{"key":{"id":"u2"},"value":{"name":"Bob"}}""",
            """{"key":{"id":"u1"},"value":null}""");
    }

    [Fact]
    public async Task Write_ChangesBehindLinesThatWereNotCommitted_CutsThoseOff()
    {
        await File.WriteAllTextAsync(Out, """{"key":{"id":"u1"},"val""");
        await using FileSink sink = new FileSink(new SinkDefinition("out", new FileLocation(Out))
        {
            ValueFormat = RecordFormat.Json,
            KeyFormat = RecordFormat.Json,
            TakesChanges = true,
        });

        await sink.WriteAsync(TickOf("u2"), CancellationToken.None);
        await sink.CommitAsync([], CancellationToken.None);
        await sink.WriteAsync(TickOf("u3"), CancellationToken.None);
        await sink.CommitAsync([], CancellationToken.None);

        (await File.ReadAllLinesAsync(Out)).Should().Equal("""{"key":{"id":"u2"},"value":{}}""", """{"key":{"id":"u3"},"value":{}}""");
    }

    [Fact]
    public async Task Follow_StartedAgain_BeginsWithTheRowsOfNow()
    {
        Put("u1", "Ada");
        Put("u2", "Bob");
        await using (await FollowAsync())
        {
        }

        Put("u1", null);
        await using CtasEngine engine = await FollowAsync();
        await ChangeAsync(engine, "u3", "Eve", "(u2, Bob)", "(u3, Eve)");

        (await File.ReadAllLinesAsync(Out)).Should().Equal(
            """{"key":{"id":"u2"},"value":{"name":"Bob"}}""", """{"key":{"id":"u3"},"value":{"name":"Eve"}}""");
    }

    private void Put(string id, string? name) =>
        _users.Add(InMemoryRecord.FromText(id, name is null ? null : $$"""{"name":"{{name}}"}"""));

    private async Task ChangeAsync(CtasEngine engine, string id, string? name, params string[] rows)
    {
        Put(id, name);
        await engine.Tables.UntilRowsAsync("t", rows);
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);
    }

    private async Task<CtasEngine> FollowAsync()
    {
        CtasEngine engine = new CtasEngineBuilder().UseSource("users", _users)
            .AddTable($"CREATE TABLE t AS SELECT id, name FROM users INTO out WITH (out.path = '{Out}') EMIT CHANGES").Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);
        return engine;
    }

    private static string[] RowsOf(CtasEngine engine, string table) => [.. engine.Tables[table].Rows.Select(row => row.ToString())];

    private static SinkBatch TickOf(string id)
    {
        var ids = new StringPool(isInterned: true);
        return new SinkBatch(
            "t",
            new Schema([new Field("id", DataType.Varchar)], [0]),
            [new ChangeBatch(new Batch([new StringColumn(DataType.Varchar, [ids.Add(id)], 1, ids)], 1))]);
    }
}
