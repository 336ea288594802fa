using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Text;
using Ctas.Text;

namespace Ctas.Tests.Engine;

public sealed class CtasEngineTests
{
    [Fact]
    public async Task LoadAsync_TwoWaves_GivesExactlyTheJoinedRows()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders_in", InMemorySource.FromJson(
                "orders_in",
                """{"id":"o1","user_id":"u1","amount":10}""",
                """{"id":"o2","user_id":"u2","amount":20}""",
                """{"id":"o3","user_id":"u9","amount":30}"""))
            .UseSource("users_in", InMemorySource.FromJson(
                "users_in", """{"id":"u1","name":"Ada"}""", """{"id":"u2","name":"Bob"}"""))
            .AddTable("CREATE TABLE enriched AS SELECT o.id, u.name, o.amount FROM orders o JOIN users u ON o.user_id = u.id")
            .AddTable("CREATE TABLE orders AS SELECT * FROM orders_in")
            .AddTable("CREATE TABLE users WITH (table_model = 'compact') AS SELECT * FROM users_in")
            .Build();

        LoadResult result = await engine.LoadAsync();

        result.ThrowIfFailed();
        result.Waves.Select(wave => string.Join(",", wave.Tables)).Should().Equal("orders,users", "enriched");
        QueryResult rows = await engine.QueryAsync("SELECT id, name, amount FROM enriched ORDER BY id");
        rows.Rows.Select(row => row.ToString()).Should().Equal("(o1, Ada, 10)", "(o2, Bob, 20)");
    }

    [Fact]
    public async Task LoadAsync_Again_LoadsOnlyWhatIsMissing()
    {
        await using CtasEngine engine = WithABrokenTable("CREATE TABLE dependent AS SELECT * FROM broken;");

        LoadResult first = await engine.LoadAsync();
        first["good"].State.Should().Be(TableState.Ready);
        first["broken"].Error!.Message.Should().Contain("broken_in");
        first["dependent"].CauseChain.Should().Equal("dependent", "broken");
        first["dependent"].RunTime.Should().Be(TimeSpan.Zero);
        ITable good = engine.Tables["good"];

        Func<Task> query = () => engine.ExecuteAsync("SELECT * FROM dependent");
        (await query.Should().ThrowAsync<TableNotReadyException>()).WithMessage("*dependent*broken*");

        LoadResult second = await engine.LoadAsync();
        second["good"].WasLoadedBefore.Should().BeTrue();
        second["broken"].State.Should().Be(TableState.Failed);
        engine.Tables["good"].Should().BeSameAs(good);
    }

    [Fact]
    public void Build_ManyMistakes_ReportsAllOfThem()
    {
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", new Schema([new Field("amount", DataType.BigInt)])))
            .AddTable("CREATE TABLE a AS SELECT amuont FROM s")
            .AddTable("CREATE TABLE b AS SELECT * FROM nowhere");
        CtasCompilationException error = builder.Invoking(b => b.Build()).Should().Throw<CtasCompilationException>().Which;
        error.Diagnostics.Should().HaveCount(2);
        error.Message.Should().Contain("Did you mean \"amount\"?");
    }

    [Fact]
    public void Build_UnifiedLoadingWithoutSnapshots_IsRefused()
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse("CREATE TABLE {t} WITH (loading.unified = 'true') AS SELECT 1 AS one");
        Action build = () => new CtasEngineBuilder().AddTable(sql).Build();

        Diagnostic diagnostic = build.Should().Throw<CtasCompilationException>().Which.Diagnostics.Single();
        (diagnostic.Code, diagnostic.Span).Should().Be(("CTAS3006", span));
        diagnostic.Hint.Should().Contain("UseSnapshots");
    }

    [Fact]
    public void Build_TopicWithoutKafka_TellsWhatReadsTopics()
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse("CREATE TABLE {t} AS SELECT * FROM kafka://orders");
        Action build = () => new CtasEngineBuilder().AddTable(sql).Build();

        Diagnostic diagnostic = build.Should().Throw<CtasCompilationException>().Which.Diagnostics.Should().ContainSingle().Subject;
        (diagnostic.Code, diagnostic.Span).Should().Be(("CTAS3005", span));
        diagnostic.Hint.Should().Contain("UseKafka");
    }

    [Fact]
    public async Task ExecuteAsync_StatementsOfAllKinds_AreRunInOrder()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", new Schema([new Field("n", DataType.BigInt)]), [1L], [2L], [3L]))
            .AddTable("CREATE TABLE t AS SELECT n FROM s")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        await engine.ExecuteAsync("CREATE TABLE big AS SELECT n FROM t WHERE n > 1; CREATE OR REPLACE TABLE t2 AS SELECT SUM(n) AS total FROM big;");
        QueryResult total = await engine.ExecuteAsync("SELECT total FROM t2");
        total.Rows.Single()["total"].Should().Be(5L);
        (await engine.ExecuteAsync("DESCRIBE big")).RowCount.Should().Be(1);
        QueryResult tables = await engine.ExecuteAsync("SHOW TABLES");
        tables.Rows.Select(row => $"{row["name"]} {row["state"]} {row["rows"]}").Should().Equal("big ready 2", "t ready 3", "t2 ready 1");
        (await engine.ExecuteAsync("EXPLAIN SELECT COUNT(*) FROM big")).RowCount.Should().BePositive();
        await engine.ExecuteAsync("DROP TABLE big CASCADE");
        engine.Tables.Tables.Select(table => table.Name).Should().Equal("t");
    }

    [Fact]
    public async Task ExecuteAsync_SourcesDeclaredBefore_AreShownAndDescribed()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("given", InMemorySource.FromRows("given", new Schema([new Field("n", DataType.BigInt)]), [1L]))
            .AddScript("CREATE STREAM declared (id VARCHAR KEY, n BIGINT) WITH (path = 'd.ndjson', value_format = 'JSON');")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        await engine.ExecuteAsync("CREATE STREAM later WITH (path = 'e.ndjson')");

        (await LinesAsync("SHOW SOURCES")).Select(line => line.Split(',')[0]).Should().Equal("given", "declared", "later");
        (await LinesAsync("DESCRIBE declared")).Should().Equal("id, VARCHAR, Key", "n, BIGINT, ");
        (await LinesAsync("DESCRIBE given")).Should().Equal("n, BIGINT, ");
        (await LinesAsync("DESCRIBE later")).Should().BeEmpty("its columns follow its records");

        async Task<List<string>> LinesAsync(string sql) =>
            [.. (await engine.ExecuteAsync(sql)).Rows.Select(row => string.Join(", ", Enumerable.Range(0, row.ColumnCount).Select(at => row[at])))];
    }

    [Theory]
    [InlineData("SELECT n FROM {declared}")]
    [InlineData("SELECT n FROM {given}")]
    public async Task Query_SourceThatIsNotLoaded_TellsToLoadItFirst(string marked)
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse(marked);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("given", InMemorySource.FromRows("given", new Schema([new Field("n", DataType.BigInt)]), [1L]))
            .AddScript("CREATE STREAM declared (id VARCHAR KEY, n BIGINT) WITH (path = 'd.ndjson', value_format = 'JSON');")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        Func<Task>[] ways =
        [
            () => engine.QueryAsync(sql),
            () => engine.ExecuteAsync(sql),
            () => engine.QueryChangesAsync(sql).GetAsyncEnumerator().MoveNextAsync().AsTask(),
            () => Task.FromResult(engine.Explain(sql)),
        ];
        foreach (Func<Task> query in ways)
        {
            Diagnostic mistake = (await query.Should().ThrowAsync<CtasCompilationException>()).Which.Diagnostics.Single();
            (mistake.Code, mistake.Span).Should().Be(("CTAS2029", span));
            mistake.Hint.Should().Contain("CREATE TABLE");
        }
    }

    [Fact]
    public async Task LoadResult_AsText_TellsHowManyTablesAreLoadedAndWhyOthersAreNot()
    {
        await using CtasEngine engine = WithABrokenTable();

        string[] lines = (await engine.LoadAsync()).ToString().Split(Environment.NewLine);

        lines[0].Should().MatchRegex(@"^1 of 2 tables loaded in [0-9.]+ s$");
        lines[1].Should().StartWith("broken: failed");
    }

    [Fact]
    public async Task Drop_DeclaredSource_IsForgottenAndTablesOfItStay()
    {
        string folder = Directory.CreateTempSubdirectory("ctas-drop").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "d.ndjson"), """{"n":1,"m":2}""");
            await using CtasEngine engine = new CtasEngineBuilder()
                .AddScript($"CREATE STREAM s (n BIGINT) WITH (path = '{folder}/d.ndjson'); CREATE TABLE t AS SELECT n FROM s;")
                .Build();
            (await engine.LoadAsync()).ThrowIfFailed();

            await engine.ExecuteAsync($"CREATE OR REPLACE STREAM s (m BIGINT) WITH (path = '{folder}/d.ndjson')");
            await engine.ExecuteAsync("CREATE TABLE u AS SELECT m FROM s");
            await engine.ExecuteAsync("DROP STREAM s");

            (await engine.ExecuteAsync("SHOW SOURCES")).RowCount.Should().Be(0);
            (await engine.QueryAsync("SELECT n, m FROM t CROSS JOIN u")).Rows.Single().ToString().Should().Be("(1, 2)");
            await RefusedAsync(engine, "CREATE TABLE v AS SELECT * FROM {s}", "CTAS2001");
            await RefusedAsync(engine, "DROP STREAM {s}", "CTAS2035");
            await engine.ExecuteAsync("DROP STREAM IF EXISTS s; CREATE STREAM s (n BIGINT) WITH (path = 'd.ndjson')");
            (await engine.ExecuteAsync("SHOW SOURCES")).RowCount.Should().Be(1);
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    [Fact]
    public async Task Names_OfSourcesAndTables_AreTakenByOneOfThem()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("given", InMemorySource.FromRows("given", new Schema([new Field("n", DataType.BigInt)]), [1L]))
            .AddScript("CREATE STREAM s WITH (path = 'd.ndjson'); CREATE TABLE t AS SELECT n FROM given;")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        await RefusedAsync(engine, "DROP STREAM {given}", "CTAS2113");
        await RefusedAsync(engine, "CREATE STREAM {s} WITH (path = 'e.ndjson')", "CTAS2030");
        await RefusedAsync(engine, "CREATE OR REPLACE STREAM {t} WITH (path = 'e.ndjson')", "CTAS2030");
        await RefusedAsync(engine, "CREATE OR REPLACE TABLE {s} AS SELECT n FROM t", "CTAS2030");
        await RefusedAsync(engine, "CREATE TABLE {given} AS SELECT n FROM t", "CTAS2030");
    }

    private static CtasEngine WithABrokenTable(string more = "")
    {
        var broken = new InMemorySource(new SourceDefinition("broken_in", new InMemoryLocation("broken_in")));
        broken.Add(InMemoryRecord.FromText(key: null, "{not json"));
        return new CtasEngineBuilder()
            .UseSource("good_in", InMemorySource.FromJson("good_in", """{"a":1}"""))
            .UseSource("broken_in", broken)
            .AddScript("CREATE TABLE good AS SELECT * FROM good_in; CREATE TABLE broken AS SELECT * FROM broken_in; " + more)
            .Build();
    }

    private static async Task RefusedAsync(CtasEngine engine, string marked, string code)
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse(marked);
        Func<Task> run = () => engine.ExecuteAsync(sql);
        Diagnostic mistake = (await run.Should().ThrowAsync<CtasCompilationException>()).Which.Diagnostics.Single();
        (mistake.Code, mistake.Span).Should().Be((code, span));
    }
}
