using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Execution;

/// <summary>
/// What aggregates keep of compact tables, whose decoded columns are given back as soon as the aggregate has taken them:
/// everything that is still read of them afterwards shows as a difference to the same query over a standard table.
/// </summary>
[Trait("Category", "Large")]
public sealed class CompactAggregateTests(CompactAggregateTests.Tables tables) : IClassFixture<CompactAggregateTests.Tables>
{
    // Several segments, the last of them short.
    private const int Records = 150_000;

    // Of one type for each physical form, with NULLs.
    private static readonly string[] Columns = ["id", "note", "n", "small", "x", "price", "flag", "day", "at", "tags", "part"];

    // Runs once for the tables that read it.
    private const string Shared = "SELECT k, note, COUNT(*) AS c, LAST(id) AS l, ARG_MAX(id, x) AS a FROM rows GROUP BY k, note";

    private static readonly string[] Ordered = ["id", "note", "n", "small", "x", "price", "flag", "day", "at"];

    /// <summary>Aggregates over each column, by how they keep values.</summary>
    public static TheoryData<string> Queries()
    {
        var queries = new TheoryData<string>
        {
            Aggregates(Ordered, column => $"MIN({column}), MAX({column})"),
            Aggregates(Columns, column => $"FIRST({column}), LAST({column}), ANY_VALUE({column})"),
            Aggregates(Columns, column => $"ARG_MIN({column}, n), ARG_MAX({column}, note)"),
            Aggregates(Columns, column => $"COUNT(DISTINCT {column}), COUNT({column}) FILTER (WHERE x > 400)"),
            Aggregates(Ordered, column => $"MODE({column}), PERCENTILE_DISC({column}, 0.3)"),
            Aggregates(Columns, column => $"EARLIEST_BY_OFFSET({column}, 3), LATEST_BY_OFFSET({column}, 3)"),
            "SELECT k, ARRAY_AGG(note) AS a, ARRAY_AGG(n ORDER BY id) AS b, STRING_AGG(note, ',') AS c FROM rows WHERE n < 3 GROUP BY k",
            "SELECT k, MEDIAN(x) AS a, HISTOGRAM(note) AS b, TOPK(n, 4) AS c, APPROX_COUNT_DISTINCT(id) AS d FROM rows GROUP BY k",
            "SELECT k, flag, day, COUNT(*) AS c, LAST(note) AS l FROM rows GROUP BY GROUPING SETS ((k), (flag, day), ())",
            "SELECT x, price, COUNT(*) AS c, FIRST(tags) AS f FROM rows GROUP BY x, price",
            "SELECT tags, part, COUNT(*) AS c, LAST(id) AS l FROM rows GROUP BY tags, part",
            "SELECT UPPER(note) AS u, COUNT(*) AS c, MAX(id || k) AS m, FIRST(COALESCE(n, 7)) AS f FROM rows WHERE n >= 0 GROUP BY UPPER(note)",
            "SELECT COUNT(*) AS c, MIN(id) AS m FROM (SELECT DISTINCT k, n, note, id FROM rows) d",
            "SELECT o.note, COUNT(*) AS c, LAST(o.id) AS l, MIN(r.part) AS p FROM rows r LEFT JOIN rows o ON r.id = o.id AND o.n > 5 GROUP BY o.note",
            "SELECT k, c, SUM(c) OVER (ORDER BY k) AS s, l FROM (SELECT k, COUNT(*) AS c, LAST(note) AS l FROM rows GROUP BY k) g",
            "WITH w AS (SELECT k, note, n FROM rows) SELECT a.k, a.l, b.m FROM (SELECT k, LAST(note) AS l FROM w GROUP BY k) a JOIN (SELECT k, MAX(n) AS m FROM w GROUP BY k) b ON a.k = b.k",
            "SELECT k, LAST(note) AS l FROM rows GROUP BY k UNION ALL SELECT note, MAX(k) FROM rows GROUP BY note",
            "SELECT k, COUNT(*) AS c, COUNT(DISTINCT note) AS d, SUM(n) AS s, MEDIAN(x) AS m, MAX(slot) AS last FROM keyed GROUP BY k",
            "SELECT k, COUNT(*) AS c, LAST(note) AS l, SUM(n) AS s, MEDIAN(x) AS m, ARRAY_AGG(n) FILTER (WHERE n = 3) AS a FROM copy GROUP BY k",
            "SELECT c.k, COUNT(*) AS c, MIN(r.note) AS l, MAX(r.slot) AS s, SUM(c.n) AS t FROM copy c JOIN keyed r ON c.id = r.slot GROUP BY c.k",
            "SELECT k, c FROM first",
            "SELECT l, c, a FROM second",
        };
        return queries;
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task QueryAsync_Aggregates_KeepNothingOfColumnsThatAreGivenBack(string query)
    {
        string expected = await CompactAnswers.OfAsync(tables.Standard, query);
        foreach (CtasEngine compact in tables.Compact)
        {
            for (int run = 0; run < 2; run++)
            {
                Spoil();
                (await CompactAnswers.OfAsync(compact, query)).Should().Be(expected);
            }
        }
    }

    [Fact]
    public async Task QueryAsync_AggregatesBesideReadersOfTheTables_TakeNothingFromThem()
    {
        foreach (CtasEngine engine in tables.Compact)
        {
            string[] relations = ["rows", "copy", "keyed"];
            List<Batch>[] held = [.. relations.Select(relation => engine.Tables[relation].Scan().ToList())];
            string before = string.Concat(held.Select(SumOf));
            Task<string[]> answers = Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(
                () => CompactAnswers.OfAsync(engine, $"SELECT k, MAX(note) AS m, SUM(n) AS s, MIN(x) AS x FROM {relations[number % 3]} GROUP BY k"))));
            var sums = new List<string>();
            do { sums.Add(string.Concat(held.Select(SumOf))); }
            while (!answers.IsCompleted);

            sums.Distinct().Should().Equal(before);
            (await answers).Distinct().Should().HaveCount(2, "a copy has the rows of the table, and the one with a key fewer");
        }
    }

    [Fact]
    public async Task QueryAsync_ThatIsCancelledOrFails_LeavesNothingThatLaterOnesRead()
    {
        const string query = "SELECT k, LAST(note) AS l, SUM(n) AS s, MEDIAN(x) AS m FROM rows GROUP BY k";
        string expected = await CompactAnswers.OfAsync(tables.Standard, query);
        foreach (CtasEngine engine in tables.Compact)
        {
            for (int run = 0; run < 8; run++)
            {
                using var cancellation = new CancellationTokenSource();
                Task<QueryResult> cancelled = Task.Run(() => engine.QueryAsync(query, cancellation.Token));
                string beside = await CompactAnswers.OfAsync(engine, query);
                await cancellation.CancelAsync();
                await ((Task)cancelled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                await engine.Invoking(it => it.QueryAsync("SELECT k, SUM(100 / (n - 7)) AS s FROM rows GROUP BY k")).Should().ThrowAsync<Exception>();

                beside.Should().Be(expected);
                (await CompactAnswers.OfAsync(engine, query)).Should().Be(expected);
            }
        }
    }

    private static string SumOf(List<Batch> batches)
    {
        var hash = new HashCode();
        foreach (Batch batch in batches)
        {
            foreach (Column column in batch.Columns)
            {
                switch (column)
                {
                    case FixedColumn<long> longs: hash.AddBytes(MemoryMarshal.AsBytes(longs.Values)); break;
                    case FixedColumn<double> doubles: hash.AddBytes(MemoryMarshal.AsBytes(doubles.Values)); break;
                    case StringColumn strings: hash.AddBytes(MemoryMarshal.AsBytes(strings.Codes)); break;
                }
            }
        }

        return $"{hash.ToHashCode():x8}";
    }

    private static string Aggregates(string[] columns, Func<string, string> calls)
    {
        string[] all = [.. columns.SelectMany(column => calls(column).Split("), ")).Select(call => call.EndsWith(')') ? call : call + ")")];
        return $"SELECT k, {string.Join(", ", all.Select((call, number) => $"{call} AS a{number}"))} FROM rows GROUP BY k";
    }

    // Memory that is rented next is full of what nobody wrote there.
    private static void Spoil()
    {
        Fill<bool>();
        Fill<int>();
        Fill<long>();
        Fill<double>();
        Fill<Int128>();
    }

    private static void Fill<T>()
        where T : unmanaged
    {
        T[][] arrays = [.. Enumerable.Range(0, 8).Select(_ => ArrayPool<T>.Shared.Rent(65_536))];
        foreach (T[] array in arrays)
        {
            MemoryMarshal.AsBytes(array.AsSpan()).Fill(1);
            ArrayPool<T>.Shared.Return(array);
        }
    }

    /// <summary>The same rows in tables of both models, read by one thread and by two.</summary>
    public sealed class Tables : IAsyncLifetime
    {
        /// <summary>What is expected.</summary>
        public CtasEngine Standard { get; private set; } = null!;

        /// <summary>What is tried.</summary>
        public CtasEngine[] Compact { get; private set; } = [];

        public async Task InitializeAsync()
        {
            InMemorySource source = Source();
            Standard = await LoadAsync(source, "standard", threads: 1);
            Compact = [await LoadAsync(source, "compact", threads: 1), await LoadAsync(source, "compact", threads: 2)];
        }

        public async Task DisposeAsync()
        {
            foreach (CtasEngine engine in Compact.Prepend(Standard)) { await engine.DisposeAsync(); }
        }

        private static async Task<CtasEngine> LoadAsync(InMemorySource source, string model, int threads)
        {
            CtasEngine engine = new CtasEngineBuilder()
                .WithMaxDegreeOfParallelism(threads)
                .UseSource("records", source)
                .AddTable($"CREATE TABLE rows WITH (table_model = '{model}') AS SELECT * FROM records")
                .AddTable(
                    "CREATE TABLE keyed (slot VARCHAR PRIMARY KEY, k VARCHAR, note VARCHAR, n BIGINT, x DOUBLE) "
                    + $"WITH (table_model = '{model}') AS SELECT slot, k, note, n, x FROM records")
                .AddTable("CREATE TABLE copy AS SELECT id, k, note, n, x FROM rows")
                .AddTable($"CREATE TABLE first WITH (table_model = '{model}') AS SELECT k, c FROM ({Shared}) q WHERE c > 10")
                .AddTable($"CREATE TABLE second AS SELECT MAX(l) AS l, SUM(c) AS c, MIN(a) AS a FROM ({Shared}) q")
                .Build();
            (await engine.LoadAsync()).ThrowIfFailed();
            return engine;
        }

        private static InMemorySource Source()
        {
            var random = new Random(11);
            var source = new InMemorySource(new SourceDefinition("records", new InMemoryLocation("records"))
            {
                Columns =
                [
                    new("id", DataType.Varchar), new("slot", DataType.Varchar), new("k", DataType.Varchar), new("note", DataType.Varchar), new("n", DataType.BigInt),
                    new("small", DataType.Int), new("x", DataType.Double), new("price", DataType.Decimal(12, 2)), new("flag", DataType.Boolean),
                    new("day", DataType.Date), new("at", DataType.Timestamp), new("tags", DataType.Array(DataType.Varchar)), new("part", DataType.Bytes),
                ],
                KeyFormat = RecordFormat.None,
                Mode = ReadMode.Append,
            });
            for (int record = 0; record < Records; record++)
            {
                string OrNull(string value) => random.Next(12) == 0 ? "null" : value;
                string day = $"2026-0{random.Next(1, 9)}-1{random.Next(9)}";
                source.Add(new InMemoryRecord
                {
                    Value = Encoding.UTF8.GetBytes(
                        $$"""{"id":"r-{{record}}","slot":"r-{{record % 110_000}}","k":"k{{random.Next(30)}}","note":{{OrNull($"\"note {random.Next(500):x}\"")}},"n":{{OrNull($"{random.Next(20)}")}},"""
                        + $$""" "small":{{OrNull($"{random.Next(1000)}")}},"x":{{OrNull($"{random.Next(1000)}.5")}},"price":{{OrNull($"{random.Next(300)}.25")}},"""
                        + $$""" "flag":{{OrNull(random.Next(2) == 0 ? "true" : "false")}},"day":{{OrNull($"\"{day}\"")}},"at":{{OrNull($"\"{day}T10:0{random.Next(9)}:00Z\"")}},"""
                        + $$""" "tags":{{OrNull($"[\"a{random.Next(9)}\",\"b\"]")}},"part":{{OrNull($"\"{Convert.ToBase64String([(byte)random.Next(9), 7])}\"")}}}"""),
                });
            }

            return source;
        }
    }
}
