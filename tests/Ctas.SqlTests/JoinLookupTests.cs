using Ctas.Data;
using Ctas.Sources;
using Ctas.SqlTests.Oracle;
using DuckDB.NET.Data;

namespace Ctas.SqlTests;

/// <summary>Joins of a large table through its key and its indexes give what DuckDB gives.</summary>
public sealed class JoinLookupTests
{
    // Every query names the way in which the large table is expected to be read.
    private static readonly (string Sql, string Way)[] Queries =
    [
        ("SELECT b.id, b.code, s.n FROM big b JOIN small s ON b.id = s.n", "looks up left by key"),
        ("SELECT b.id, b.amount, s.k FROM small s JOIN big b ON s.k = b.id", "looks up left by key"),
        ("SELECT s.n, s.name, b.name FROM small s LEFT JOIN big b ON b.id = s.n", "looks up left by key"),
        ("SELECT s.n, b.id FROM small s LEFT JOIN big b ON b.id = s.n AND b.code > s.k", "looks up left by key"),
        ("SELECT b.id, s.n FROM big b RIGHT JOIN small s ON b.code = s.k", "looks up left by index on 1 column"),
        ("SELECT b.id, s.k FROM big b JOIN small s ON b.code = s.n", "looks up left by index on 1 column"),
        ("SELECT b.id, b.name FROM big b JOIN small s ON b.name = s.name", "looks up left by index on 1 column"),
        ("SELECT b.id, s.exact FROM big b JOIN small s ON b.amount = s.exact", "looks up left by index on 1 column"),
        ("SELECT b.id, s.n FROM big b JOIN small s ON b.amount = s.n", "looks up left by index on 1 column"),
        ("SELECT b.id, s.exact FROM big b JOIN small s ON b.code = s.exact", "looks up left by index on 1 column"),
        ("SELECT b.id, b.a, b.t FROM big b JOIN small s ON b.a = s.n AND b.t = s.name", "looks up left by index on 2 columns"),
        ("SELECT b.id, b.a FROM big b JOIN small s ON b.a = s.n AND b.id > s.k", "looks up left by index on 1 column"),
        ("SELECT b.id, b.name FROM big b JOIN (SELECT k, name FROM small WHERE n IS NOT NULL) s ON b.code = s.k AND b.name = s.name", "looks up left by index"),
        ("SELECT b.id FROM big b WHERE b.id IN (SELECT n FROM small)", "looks up left by key"),
        ("SELECT b.id FROM big b WHERE EXISTS (SELECT 1 FROM small s WHERE s.k = b.code AND s.n < b.id)", "looks up left by index on 1 column"),
        ("SELECT s.n, s.name FROM small s WHERE EXISTS (SELECT 1 FROM big b WHERE b.name = s.name)", "looks up right by index on 1 column"),
        ("SELECT s.n, s.name FROM small s WHERE NOT EXISTS (SELECT 1 FROM big b WHERE b.id = s.n AND b.code <> s.k)", "looks up right by key"),
        ("SELECT s.n, (SELECT b.name FROM big b WHERE b.id = s.k) FROM small s", "looks up right by key"),
        ("SELECT s.n, s.k IN (SELECT b.code FROM big b) FROM small s", "builds right  ["),
        ("SELECT s.n FROM small s WHERE s.k NOT IN (SELECT b.code FROM big b WHERE b.code IS NOT NULL)", "builds right  ["),
        ("SELECT s.n, b.id FROM small s FULL JOIN big b ON b.id = s.n", "builds right  ["),
        ("SELECT b.name, COUNT(*), SUM(b.code) FROM big b JOIN small s ON b.id = s.n GROUP BY b.name", "looks up left by key"),
        ("SELECT t.id, t.plus FROM (SELECT id, code IS NULL AS plus FROM big WHERE code > 3) t JOIN small s ON t.id = s.n", "looks up left by key"),
        ("SELECT b.id, c.id FROM big b JOIN small s ON b.id = s.n JOIN big c ON c.id = s.k", "looks up left by key"),
    ];

    public static TheoryData<string, int> Seeds() => new()
    {
        { "standard", 1 }, { "standard", 2 }, { "standard", 3 }, { "compact", 1 }, { "compact", 2 }, { "compact", 3 },
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Query_LargeTableWithIndexes_GivesWhatDuckDbGives(string model, int seed)
    {
        var random = new Random(seed);
        using var tables = new Tables(model, Big(random, 2_500), Small(random, seed % 3 * 40));
        foreach ((string sql, string way) in Queries)
        {
            tables.Engine.Explain(sql).Should().Contain(way, "{0} is to be answered so", sql);
            await tables.CompareAsync(sql);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Query_OtherSideLargerThanThought_GivesWhatDuckDbGives(string model, int seed)
    {
        // Nobody knows that all rows pass the condition, or that all have the same key.
        var random = new Random(seed);
        using var tables = new Tables(model, Big(random, 1_600), [.. Small(random, 500), .. Small(random, 300).Select(row => (object?[])[7L, .. row[1..]])]);
        string[] queries =
        [
            "SELECT b.id, s.k FROM big b JOIN (SELECT * FROM small WHERE exact * 0 = 0 OR n IS NULL OR n < 1000) s ON b.id = s.n",
            "SELECT s.n, s.k FROM small s WHERE s.name < s.name || 'a' AND s.name < s.name || 'b' AND s.name < s.name || 'c' AND EXISTS (SELECT 1 FROM big b WHERE b.code = s.k)",
            "SELECT b.id FROM big b WHERE b.code IN (SELECT k FROM small)",
        ];
        foreach (string sql in queries)
        {
            tables.Engine.Explain(sql).Should().Contain("looks up");
            await tables.CompareAsync(sql);
        }
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task Load_JoinWithLargeTable_LooksUpToo(string model)
    {
        var random = new Random(5);
        using var tables = new Tables(model, Big(random, 2_000), Small(random, 50));

        await tables.Engine.ExecuteAsync("CREATE TABLE joined AS SELECT s.n AS n, b.name AS name FROM small s JOIN big b ON b.id = s.n");

        tables.Duck("CREATE TABLE joined AS SELECT s.n AS n, b.name AS name FROM small s JOIN big b ON b.id = s.n");
        await tables.CompareAsync("SELECT n, name FROM joined");
    }

    [Fact]
    public async Task ExplainAnalyze_FewKeys_ReadsFewRows()
    {
        var random = new Random(7);
        using var tables = new Tables("compact", Big(random, 2_000), Small(random, 10));

        string text = await tables.Engine.ExplainAnalyzeAsync("SELECT b.id, s.k FROM big b JOIN small s ON b.id = s.n");

        text.Should().MatchRegex(@"scan table big \(id\) +0 +[0-9] +1 ", "it gives as many rows as there are keys at most, in {0}", text);
    }

    private static object?[][] Big(Random random, int rows) => [.. Enumerable.Range(0, rows).Select(id => new object?[]
    {
        (long)id * 3, Null(random, random.Next(-40, 200)), Null(random, $"name-{random.Next(300)}"), Null(random, random.Next(-500, 500) / 4m),
        Null(random, random.Next(40)), Null(random, Words[random.Next(Words.Length)]),
    }).OrderBy(_ => random.Next())];

    private static object?[][] Small(Random random, int rows) => [.. Enumerable.Range(0, rows).Select(_ => new object?[]
    {
        Null(random, random.Next(20) == 0 ? 1L << 40 : random.Next(-3, 120)), Null(random, random.Next(-20, 90)),
        Null(random, random.Next(2) == 0 ? Words[random.Next(Words.Length)] : $"name-{random.Next(350)}"), Null(random, random.Next(-300, 300) / 8m),
    })];

    private static readonly string[] Words = ["", "a", "ä", "Zürich am See", "Zürich am Berg", new string('x', 600)];

    private static object? Null(Random random, object value) => random.Next(8) == 0 ? null : value;

    /// <summary>The same two tables in both engines.</summary>
    private sealed class Tables : IDisposable
    {
        private static readonly Schema BigSchema = new(
        [
            new Field("id", DataType.BigInt), new Field("code", DataType.Int), new Field("name", DataType.Varchar),
            new Field("amount", DataType.Decimal(12, 2)), new Field("a", DataType.Int), new Field("t", DataType.Varchar),
        ], [0]);

        private static readonly Schema SmallSchema = new(
        [
            new Field("n", DataType.BigInt), new Field("k", DataType.Int), new Field("name", DataType.Varchar),
            new Field("exact", DataType.Decimal(14, 3)),
        ]);

        private readonly DuckDBConnection _theirs = new("DataSource=:memory:");

        public Tables(string model, object?[][] big, object?[][] small)
        {
            Engine = new CtasEngineBuilder()
                .UseSource("big_in", InMemorySource.FromRows("big_in", BigSchema, big))
                .UseSource("small_in", InMemorySource.FromRows("small_in", SmallSchema, small))
                .AddTable($"CREATE TABLE big WITH (table_model = '{model}') AS SELECT * FROM big_in")
                .AddTable($"CREATE TABLE small WITH (table_model = '{model}') AS SELECT * FROM small_in")
                .AddIndex("big", "code").AddIndex("big", "amount").AddIndex("big", "a", "t")
                .WithMaxDegreeOfParallelism(2)
                .Build();
            Engine.LoadAsync().GetAwaiter().GetResult().ThrowIfFailed();
            Engine.ExecuteAsync("CREATE INDEX ON big USING HASH (name)").GetAwaiter().GetResult();
            _theirs.Open();
            Insert("big", BigSchema, big);
            Insert("small", SmallSchema, small);
        }

        public CtasEngine Engine { get; }

        public void Dispose()
        {
            _theirs.Dispose();
            Engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        public void Duck(string sql)
        {
            using DuckDBCommand command = _theirs.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }

        public async Task CompareAsync(string sql)
        {
            List<object?[]> ours = OracleDatabase.Rows((await Engine.QueryAsync(sql)).Batches);
            List<object?[]> theirs = TheirRows.Read(_theirs, sql);
            ResultComparison.AreEqual(ours, theirs, isOrdered: false).Should().BeTrue(
                "{0} gives {1} rows here and {2} there", sql, ours.Count, theirs.Count);
        }

        private void Insert(string name, Schema schema, object?[][] rows)
        {
            Duck($"CREATE TABLE {name} ({string.Join(", ", schema.Fields.Select(field => $"{field.Name} {field.Type}"))})");
            if (rows.Length == 0) { return; }

            Duck($"INSERT INTO {name} VALUES {string.Join(", ", rows.Select(row => $"({string.Join(", ", row.Select(Literal))})"))}");
        }

        private static string Literal(object? value) => value switch
        {
            null => "NULL",
            string text => $"'{text}'",
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"No literal of {value.GetType().Name}."),
        };
    }
}
