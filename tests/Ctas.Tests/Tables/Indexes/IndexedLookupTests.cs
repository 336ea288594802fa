using CsCheck;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Text;

namespace Ctas.Tests.Tables.Indexes;

/// <summary>Lookups by value, range and prefix against a plain list, with and without an index, over both models.</summary>
public sealed class IndexedLookupTests
{
    private static readonly Schema Schema = new(
    [
        new Field("id", DataType.Varchar), new Field("city", DataType.Varchar), new Field("n", DataType.BigInt),
        new Field("x", DataType.Double), new Field("d", DataType.Decimal(12, 2)),
    ], [0]);

    private static readonly string?[] Cities = [null, "", "B", "Berlin", "Berlin-Mitte", "Bern", "Ä", "Zürich am See", "Zürich am Berg"];

    [Theory]
    [InlineData("standard", true)]
    [InlineData("standard", false)]
    [InlineData("compact", true)]
    [InlineData("compact", false)]
    public void Search_RandomTables_GivesWhatAListGives(string model, bool isIndexed) =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[-5, 5], Gen.Int[-3, 3]).Array[0, 60].Sample(rows =>
        {
            object?[][] values = [.. rows.Select((row, number) => new object?[]
            {
                $"k{number}", Cities[row.Item1], (long)row.Item2, row.Item3 / 2.0, row.Item3 == 0 ? null : (decimal)row.Item3,
            })];
            using var engine = new EngineOf(values, model, isIndexed);
            ITable table = engine.Table;

            foreach (string? city in Cities.Skip(1))
            {
                Ids(table.FindRows("city", city)).Should().BeEquivalentTo(Model(values, row => (string?)row[1] == city));
                Ids(table.Prefix("city", city!)).Should().BeEquivalentTo(
                    Model(values, row => row[1] is string text && text.StartsWith(city!, StringComparison.Ordinal)));
            }

            for (long from = -6; from < 6; from += 2)
            {
                Row[] range = [.. table.Range("n", from, from + 3)];
                Ids(range).Should().BeEquivalentTo(Model(values, row => (long)row[2]! >= from && (long)row[2]! < from + 3));
                range.Select(row => row.Get<long>(2)).Should().BeInAscendingOrder();
            }

            Ids(table.Range("x", 0.5, KeyValue.Null)).Should().BeEquivalentTo(Model(values, row => (double)row[3]! >= 0.5));
            Ids(table.Range("d", KeyValue.Null, 1m)).Should().BeEquivalentTo(Model(values, row => row[4] is decimal exact && exact < 1));
            Ids(table.FindRows(["city", "n"], ["Bern", 1])).Should().BeEquivalentTo(
                Model(values, row => (string?)row[1] == "Bern" && (long)row[2]! == 1));
        }, iter: 30);

    [Fact]
    public async Task Query_ConditionOnKeyOrIndex_LooksRowsUp()
    {
        using var engine = new EngineOf(
            [.. Enumerable.Range(0, 1000).Select(n => new object?[] { $"k{n}", $"c{n % 100}", (long)n, 0.5, 1m })], "standard", isIndexed: true);

        engine.Engine.Explain("SELECT n FROM t WHERE id = 'k7'").Should().Contain("scan table t (id, n) by key");
        engine.Engine.Explain("SELECT id FROM t WHERE city = 'c7' AND n > 500").Should().Contain("by index on 2 columns");
        engine.Engine.Explain("SELECT id FROM t WHERE n > 5").Should().NotContain("by index");
        (await RowsAsync("SELECT n FROM t WHERE id = 'k7'")).Should().Equal("(7)");
        (await RowsAsync("SELECT n FROM t WHERE id = 'nobody'")).Should().BeEmpty();
        (await RowsAsync("SELECT id FROM t WHERE city = 'c7' AND n > 500 AND n <= 807 ORDER BY id")).Should().Equal("(k507)", "(k607)", "(k707)", "(k807)");
        (await RowsAsync("SELECT COUNT(*) FROM t WHERE city >= 'c1'")).Should().Equal("(990)");

        async Task<string[]> RowsAsync(string sql) =>
            [.. (await engine.Engine.QueryAsync(sql)).Rows.Select(row => row.ToString())];
    }

    [Fact]
    public async Task Replace_IndexedTable_KeepsTheIndex()
    {
        using var engine = new EngineOf([["k1", "a", 1L, 0.5, 1m]], "standard", isIndexed: true);

        await engine.Engine.ExecuteAsync("CREATE OR REPLACE TABLE t AS SELECT id, city, n + 1 AS n FROM src");

        engine.Engine.Tables.TryGetMetadata("t", out TableMetadata? metadata).Should().BeTrue();
        metadata!.Indexes.Should().ContainSingle().Which.Columns.Should().Equal("city", "n");
        engine.Engine.Tables["t"].FindRows("city", "a").Should().ContainSingle().Which.Get<long>(2).Should().Be(2);
    }

    [Theory]
    [InlineData("CREATE INDEX ON {tt} (n)", "CTAS2")]
    [InlineData("CREATE INDEX ON t ({m})", "CTAS2003")]
    [InlineData("CREATE INDEX ON {src} (n)", "CTAS3012")]
    [InlineData("CREATE INDEX ON t USING {gin} (n)", "CTAS2060")]
    public async Task CreateIndex_WhatCannotHaveOne_SaysWhere(string annotated, string code)
    {
        (string sql, TextSpan span) = Ctas.Tests.Text.AnnotatedSql.Parse(annotated);
        using var engine = new EngineOf([], "standard", isIndexed: false);

        Diagnostic mistake = (await engine.Engine.Invoking(e => e.ExecuteAsync(sql)).Should().ThrowAsync<CtasCompilationException>())
            .Which.Diagnostics.Should().ContainSingle().Which;

        mistake.Code.Should().StartWith(code);
        mistake.Span.Should().Be(span);
    }

    [Fact]
    public void GetMany_SomeKeysWithoutRow_TellsWhich()
    {
        using var engine = new EngineOf([["k1", "a", 1L, 0.5, 1m], ["k2", "b", 2L, 0.5, 1m]], "compact", isIndexed: false);
        var rows = new Row[3];
        var found = new bool[3];

        engine.Table.GetMany((ReadOnlySpan<string>)["k2", "k9", "k1"], rows, found).Should().Be(2);

        found.Should().Equal(true, false, true);
        (rows[0].Get<long>(2), rows[2].Get<long>(2)).Should().Be((2, 1));
    }

    private static string[] Model(object?[][] rows, Func<object?[], bool> condition) => [.. rows.Where(condition).Select(row => (string)row[0]!)];

    private static string?[] Ids(IEnumerable<Row> rows) => [.. rows.Select(row => row.GetString(0))];

    private sealed class EngineOf : IDisposable
    {
        public EngineOf(object?[][] rows, string model, bool isIndexed)
        {
            CtasEngineBuilder builder = new CtasEngineBuilder()
                .UseSource("src", InMemorySource.FromRows("src", Schema, rows))
                .AddTable($"CREATE TABLE t WITH (table_model = '{model}') AS SELECT * FROM src");
            if (isIndexed) { builder.AddIndex("t", "city", "n"); }

            Engine = builder.Build();
            Engine.LoadAsync().GetAwaiter().GetResult().ThrowIfFailed();
        }

        public CtasEngine Engine { get; }

        public ITable Table => Engine.Tables["t"];

        public void Dispose() => Engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
