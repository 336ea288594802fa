using Ctas.Data;
using Ctas.Sources;
using Ctas.Tests.Maintenance;

namespace Ctas.Tests.Engine;

/// <summary>Derived streams carry the event time of what they read to those that ask for it, and only to them.</summary>
public sealed class CarriedTimeTests
{
    private const string Counts = "CREATE TABLE c AS SELECT k, COUNT(*) AS n FROM d WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k";

    private readonly InMemorySource _clicks = new(
        new SourceDefinition("clicks", new InMemoryLocation("clicks"))
        {
            Columns = [new SourceColumn("k", DataType.Varchar), new SourceColumn("at", DataType.Timestamp)],
            Mode = ReadMode.Append,
            TimestampColumn = "at",
        });

    [Theory]
    [InlineData("CREATE STREAM d AS SELECT k FROM clicks; " + Counts, "k, ROWTIME")]
    [InlineData(Counts + "; CREATE STREAM d AS SELECT k FROM e; CREATE STREAM e AS SELECT k, at FROM clicks", "k, ROWTIME")]
    [InlineData("CREATE STREAM d AS SELECT * FROM clicks; CREATE TABLE c AS SELECT k, ROWTIME AS t FROM d", "k, at, ROWTIME")]
    [InlineData("CREATE STREAM d AS SELECT at AS rowtime, k FROM clicks; " + Counts, "rowtime, k")]
    [InlineData("CREATE STREAM d AS SELECT k FROM clicks; CREATE TABLE c AS SELECT d.k FROM d JOIN clicks WITHIN 1 MINUTE ON d.k = clicks.k", "k, ROWTIME")]
    [InlineData("CREATE STREAM d AS SELECT k FROM clicks; CREATE TABLE c AS SELECT k, COUNT(*) AS n FROM d GROUP BY k, TUMBLING(INTERVAL 10 SECONDS)", "k, ROWTIME")]
    [InlineData("CREATE STREAM d AS SELECT k FROM clicks; CREATE TABLE c AS SELECT k, COUNT(*) AS n FROM d GROUP BY k", "k")]
    [InlineData("CREATE STREAM d AS SELECT k FROM clicks; CREATE TABLE c AS SELECT k FROM clicks WHERE ROWTIME > 0", "k")]
    public async Task DerivedStream_WhoseTimeIsAskedFor_HasItAsItsLastColumn(string script, string columns)
    {
        Add("a", 3);
        await using CtasEngine engine = await LoadAsync(script);

        string.Join(", ", engine.Tables["d"].Schema.Fields.Select(field => field.Name)).Should().Be(columns);
        engine.Tables["c"].RowCount.Should().Be(1);
    }

    [Fact]
    public async Task Window_OfADerivedStream_ClosesByTheTimeOfItsSource()
    {
        Add("a", 3);
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE STREAM d AS SELECT UPPER(k) AS k FROM clicks EMIT CHANGES;
            CREATE STREAM e AS SELECT k FROM d WHERE k <> 'X' EMIT CHANGES;
            CREATE TABLE c AS SELECT k, WINDOWSTART AS ws, COUNT(*) AS n FROM e
                WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY k EMIT FINAL;
            """);

        Add("a", 9);
        Add("b", 14);
        Add("x", 30);

        await engine.Tables.UntilRowsAsync("c", "(A, 1970-01-01 00:00:00, 2)", "(B, 1970-01-01 00:00:10, 1)");
    }

    [Fact]
    public async Task DerivedStream_OfASourceWhoseRowTimeIsText_CarriesNothing()
    {
        var texts = new InMemorySource(new SourceDefinition("texts", new InMemoryLocation("texts"))
        {
            Columns = [new SourceColumn("k", DataType.Varchar), new SourceColumn("rowtime", DataType.Varchar)],
            Mode = ReadMode.Append,
        });
        texts.Add(InMemoryRecord.FromText(null, """{"k":"a","rowtime":"noon"}"""));
        Add("a", 3);

        await using CtasEngine engine = await LoadAsync(
            "CREATE STREAM d AS SELECT k FROM texts; CREATE TABLE c AS SELECT d.k, clicks.ROWTIME AS t FROM d JOIN clicks ON d.k = clicks.k",
            texts);

        engine.Tables["d"].Schema.Fields.Select(field => field.Name).Should().Equal("k");
        engine.Tables["c"].RowCount.Should().Be(1);
    }

    private void Add(string key, int second) =>
        _clicks.Add(InMemoryRecord.FromText(null, $$"""{"k":"{{key}}","at":{{second * 1000}}}"""));

    private async Task<CtasEngine> LoadAsync(string script, InMemorySource? texts = null)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseSource("clicks", _clicks).AddScript(script);
        if (texts is not null) { builder.UseSource("texts", texts); }

        CtasEngine engine = builder.Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
