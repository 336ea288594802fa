using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Engine;

/// <summary>ARRAY, MAP and STRUCT columns in loaded tables of both models.</summary>
public sealed class NestedTableTests
{
    // The fields of counts become those of one STRUCT, so the MAP made of it has all of them.
    private static readonly string[] Records =
    [
        """{"id":"a","tags":["x","y"],"size":{"w":1,"h":2},"counts":{"k":1},"whens":["2024-02-29"]}""",
        """{"id":"b","tags":[],"size":null,"counts":{},"whens":null}""",
        """{"id":"c","tags":["x","y"],"size":{"h":2,"w":1},"counts":{"j":2,"k":null},"whens":["2024-02-29",null]}""",
    ];

    private const string Declared =
        "id, tags, size, CAST(CAST(counts AS VARCHAR) AS MAP<VARCHAR, INT>) AS counts, CAST(whens AS ARRAY<DATE>) AS whens";

    private sealed record Item(string Id, string[] Tags, IReadOnlyDictionary<string, object?>? Size);

    private sealed record Lists(
        List<string> Tags, IReadOnlyDictionary<string, long?> Counts, IReadOnlyList<DateOnly?>? Whens);

    private sealed record WithoutNulls(string Id, DateOnly[]? Whens);

    private sealed record Mistaken(string Id, int[] Tags);

    private sealed record Demanding(string Id, Item Size);

    private sealed record Size(int H, long W);

    private sealed record Sized(string Id, Size? Size);

    private sealed record NeverAbsent(string Id, Size Size);

    private sealed record Text(string W);

    private sealed record Odd(string Id, Text Size);

    private sealed record Loose(int W, int? H, int Depth = 7);

    private sealed record Outer(Loose InnerSize, IReadOnlyList<string> Tags);

    private sealed record Nest(string Id, Outer O);

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task Rows_OfEveryModel_HoldNestedValues(string model)
    {
        await using CtasEngine engine = await LoadAsync(model);

        engine.Tables["items"].Rows.Select(row => row.ToString()).Should().BeEquivalentTo(
            """(a, ["x","y"], {"w":1,"h":2}, {"j":null,"k":1}, ["2024-02-29"])""",
            """(b, [], NULL, {"j":null,"k":null}, NULL)""",
            """(c, ["x","y"], {"w":1,"h":2}, {"j":2,"k":null}, ["2024-02-29",null])""");
        engine.Tables["items"].TryGet("a", out Row row).Should().BeTrue();
        row[1].Should().BeOfType<object?[]>().Which.Should().Equal("x", "y");
        row["size"].Should().BeAssignableTo<IReadOnlyDictionary<string, object?>>()
            .Which.Should().Equal(new Dictionary<string, object?> { ["w"] = 1, ["h"] = 2 });
        row["counts"].Should().BeAssignableTo<IReadOnlyDictionary<object, object?>>()
            .Which.Should().Equal(new Dictionary<object, object?> { ["j"] = null, ["k"] = 1 });
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task NestedValues_AreGroupedJoinedAndKeptAsKeys(string model)
    {
        await using CtasEngine engine = await LoadAsync(model);

        QueryResult groups = await engine.QueryAsync("SELECT tags, n FROM by_tags ORDER BY n DESC, tags");
        groups.Rows.Select(row => row.ToString()).Should().Equal("""(["x","y"], 2)""", "([], 1)");
        QueryResult joined = await engine.QueryAsync(
            "SELECT l.id, r.id FROM items l JOIN items r ON l.size = r.size WHERE l.id < r.id");
        joined.Rows.Select(row => row.ToString()).Should().Equal("(a, c)");
        QueryResult found = await engine.QueryAsync("SELECT n FROM by_tags WHERE tags = ARRAY['x', 'y']");
        found.Rows.Single()[0].Should().Be(2L);
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task Get_Records_TakeArraysListsAndDictionaries(TableModel model)
    {
        await using CtasEngine engine = await LoadAsync(model.ToString());
        ITable items = engine.Tables["items"];

        Item item = items.Get<Item>("a");
        item.Tags.Should().Equal("x", "y");
        item.Size!["h"].Should().Be(2);
        items.Get<Item>("b").Size.Should().BeNull();
        Lists lists = items.Get<Lists>("c");
        lists.Tags.Should().Equal("x", "y");
        lists.Counts.Should().Equal(new Dictionary<string, long?> { ["j"] = 2, ["k"] = null });
        lists.Whens.Should().Equal(new DateOnly(2024, 2, 29), null);
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task Get_Structs_BecomeNestedRecords(TableModel model)
    {
        await using CtasEngine engine = await LoadAsync(model.ToString());
        ITable items = engine.Tables["items"];

        items.Get<Sized>("a").Should().Be(new Sized("a", new Size(2, 1)));
        items.Get<Sized>("b").Should().Be(new Sized("b", null));
        FluentActions.Invoking(() => items.Get<Odd>("a")).Should().Throw<InvalidOperationException>()
            .WithMessage("*\"w\"*INT*Text.W*String*");
        FluentActions.Invoking(() => items.Get<NeverAbsent>("b")).Should().Throw<InvalidOperationException>()
            .WithMessage("*\"size\"*NULL*NeverAbsent.Size*");
    }

    [Fact]
    public async Task Get_StructsInStructs_BecomeNestedRecords()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddTable("CREATE TABLE t (id PRIMARY KEY, o) AS SELECT 'k', STRUCT(inner_size := STRUCT(w := 1, h := CAST(NULL AS INT)), tags := ARRAY['x'])")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        Outer outer = engine.Tables["t"].Get<Nest>("k").O;
        outer.InnerSize.Should().Be(new Loose(1, null, 7));
        outer.Tags.Should().Equal("x");
    }

    [Fact]
    public async Task Get_RecordThatCannotHoldTheColumn_SaysWhatDoes()
    {
        await using CtasEngine engine = await LoadAsync("standard");
        ITable items = engine.Tables["items"];

        FluentActions.Invoking(() => items.Get<Mistaken>("a")).Should().Throw<InvalidOperationException>()
            .WithMessage("*\"tags\"*ARRAY<VARCHAR>*Mistaken.Tags*Int32*IReadOnlyList*");
        FluentActions.Invoking(() => items.Get<Demanding>("a")).Should().Throw<InvalidOperationException>()
            .WithMessage("*\"size\"*STRUCT<w INT, h INT>*IReadOnlyDictionary<string, object?>*");
        FluentActions.Invoking(() => items.Get<WithoutNulls>("c")).Should().Throw<InvalidOperationException>()
            .WithMessage("*\"whens\"*NULL*DateOnly?*");
    }

    [Fact]
    public async Task FromRows_BoxedNestedValues_AreRead()
    {
        var schema = new Schema(
            [new("a", DataType.Array(DataType.Int)), new("m", DataType.Map(DataType.Varchar, DataType.Date))]);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows(
                "s",
                schema,
                [new object?[] { 1, null }, new Dictionary<string, DateOnly> { ["x"] = new(2024, 2, 29) }],
                [null, null]))
            .AddTable("CREATE TABLE t AS SELECT * FROM s")
            .Build();

        (await engine.LoadAsync()).ThrowIfFailed();

        engine.Tables["t"].Rows.Select(row => row.ToString())
            .Should().Equal("""([1,null], {"x":"2024-02-29"})""", "(NULL, NULL)");
    }

    [Fact]
    public async Task Unnest_MoreElementsThanABatchHolds_GivesEachOnceWithItsRow()
    {
        string[] records =
            [.. Enumerable.Range(1, 3).Select(id => $"{{\"id\":{id},\"a\":[{string.Join(",", Enumerable.Range(0, 50_000))}]}}")];
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromJson("s", records))
            .AddTable("CREATE TABLE t AS SELECT id, x, n FROM s, UNNEST(s.a) WITH ORDINALITY AS u(x, n)")
            .Build();

        (await engine.LoadAsync()).ThrowIfFailed();

        QueryResult sums = await engine.QueryAsync(
            "SELECT id, COUNT(*), SUM(x), SUM(n) FROM t WHERE n = x + 1 GROUP BY id ORDER BY id");
        sums.Rows.Select(row => row.ToString()).Should().Equal(
            Enumerable.Range(1, 3).Select(id => $"({id}, 50000, 1249975000, 1250025000)"));
    }

    private static async Task<CtasEngine> LoadAsync(string model)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("items_in", InMemorySource.FromJson("items_in", Records))
            .AddTable($"CREATE TABLE items (id PRIMARY KEY, tags, size, counts, whens) WITH (table_model = '{model}') AS SELECT {Declared} FROM items_in")
            .AddTable($"CREATE TABLE by_tags WITH (table_model = '{model}') AS SELECT tags, COUNT(*) AS n FROM items GROUP BY tags")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
