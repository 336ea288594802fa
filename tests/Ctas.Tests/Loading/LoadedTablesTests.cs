namespace Ctas.Tests.Loading;

/// <summary>What an engine remembers of the tables that it has loaded.</summary>
public sealed class LoadedTablesTests
{
    [Theory]
    [InlineData("DROP TABLE t")]
    [InlineData("CREATE OR REPLACE TABLE t AS SELECT 2 AS n")]
    public async Task Execute_TableGoes_IsLetGoOf(string statement)
    {
        await using CtasEngine engine = new CtasEngineBuilder().AddTable("CREATE TABLE t AS SELECT 1 AS n").Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        var table = new WatchedTable(engine, "t");

        await engine.ExecuteAsync(statement);

        (await table.IsGoneAsync()).Should().BeTrue();
    }
}
