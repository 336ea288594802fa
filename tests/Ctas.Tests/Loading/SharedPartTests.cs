using System.Collections.Concurrent;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Loading;

/// <summary>Parts that the queries of several tables have in common run once, and give what each table alone would have.</summary>
public sealed class SharedPartTests
{
    private const int Orders = 300;

    private static readonly int Joined = Enumerable.Range(0, Orders).Count(i => i % 13 < 10);

    private const string Loaded = """
        CREATE TABLE orders AS SELECT * FROM orders_in;
        CREATE TABLE users AS SELECT * FROM users_in;
        """;

    private const string ByUser =
        "SELECT u.name, COUNT(*) AS n, SUM(seen(o.amount)) AS total FROM orders o JOIN users u ON o.user_id = u.id GROUP BY u.name";

    private static readonly Schema OrderColumns = new(
        [new("id", DataType.BigInt), new("user_id", DataType.BigInt), new("amount", DataType.BigInt), new("note", DataType.Varchar)]);

    private static readonly Schema UserColumns = new([new("id", DataType.BigInt), new("name", DataType.Varchar)], 0);

    private int _seen;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(8, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task LoadAsync_TablesWithAnEqualPart_RunItOnceAndGiveWhatTheyGiveApart(int parallelism, bool readsSources)
    {
        (string Name, string Select)[] tables =
        [
            ("large", $"SELECT name, total FROM ({ByUser}) AS q WHERE n > 20"),
            ("most", $"SELECT MAX(total) AS most, MIN(n) AS least, MIN(name) AS first FROM ({ByUser}) AS other"),
            ("whole", ByUser),
        ];
        if (readsSources) { tables = [.. tables.Select(table => (table.Name, OverSources(table.Select)))]; }

        await using CtasEngine engine = Engine(parallelism, (readsSources ? "" : Loaded) + Script(tables));
        LoadResult result = await engine.LoadAsync();

        result.ThrowIfFailed();
        _seen.Should().Be(Joined, "one run of the part sees every joined row once");
        foreach ((string name, string select) in tables)
        {
            SharedPartResult part = result[name].SharedParts.Should().ContainSingle().Subject;
            part.Tables.Should().Contain(name).And.BeSubsetOf(tables.Select(table => table.Name));
            part.RowsRead.Should().Be(Orders + Users().Count());
            Rows(engine.Tables[name]).Should().BeEquivalentTo(await ApartAsync(select), "of {0}", name);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LoadAsync_PartThatFails_FailsEveryTableThatReadsIt(bool readsSources)
    {
        const string Failing = "SELECT user_id, SUM(10 / (amount - amount)) AS x FROM orders GROUP BY user_id";
        (string, string)[] tables =
        [
            ("a", $"SELECT x, user_id FROM ({Failing}) AS q"),
            ("b", $"SELECT COUNT(x) AS n, MIN(user_id) AS u FROM ({Failing}) AS q"),
            ("c", "SELECT id FROM orders"),
        ];
        await using CtasEngine engine = Engine(2, readsSources ? OverSources(Script(tables)) : Loaded + Script(tables));

        LoadResult result = await engine.LoadAsync();

        result["a"].Error!.Message.Should().Contain("\"a\"").And.Contain("division by zero");
        result["b"].Error!.Message.Should().Contain("\"b\"").And.Contain("division by zero");
        result["c"].State.Should().Be(TableState.Ready);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task LoadAsync_OneTableRunsOutOfTime_TheOtherStillGetsThePart(string hurried, string patient)
    {
        var time = new FakeTimeProvider();
        using var begun = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var states = new ConcurrentQueue<string>();
        await using CtasEngine engine = Builder()
            .AddFunction("slow", (long x) =>
            {
                begun.Set();
                gate.Wait();
                return x;
            })
            .UseTimeProvider(time)
            .WithMaxParallelism(2)
            .AddScript(Loaded)
            .AddScript($"CREATE TABLE {hurried} WITH (loading.timeout = '1 second') AS SELECT MAX(total) AS n FROM ({Slow}) AS q;")
            .AddScript($"CREATE TABLE {patient} AS SELECT SUM(total) AS s FROM ({Slow}) AS q;")
            .Build();

        Task<LoadResult> load = engine.LoadAsync(new Watcher(progress =>
        {
            if (progress.Tables.Any(table => table.Name == hurried && table.State == TableState.Failed)) { gate.Set(); }
        }));
        begun.Wait();
        while (!gate.IsSet)
        {
            // The hurried table may still have to start.
            time.Advance(TimeSpan.FromSeconds(2));
            Thread.Yield();
        }

        LoadResult result = await load;

        result[hurried].Error!.Message.Should().Contain("timeout");
        result[patient].State.Should().Be(TableState.Ready);
        Rows(engine.Tables[patient]).Should().BeEquivalentTo(await ApartAsync($"SELECT SUM(total) AS s FROM ({Fast}) AS q"));
    }

    [Fact]
    public async Task LoadAsync_Cancelled_StopsThePartAndClosesItsSource()
    {
        using var cancellation = new CancellationTokenSource();
        var endless = new EndlessSource(cancellation);
        const string Part = "SELECT n, COUNT(*) AS c FROM endless GROUP BY n";
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("endless", endless)
            .WithMaxParallelism(2)
            .AddScript(Script(("a", $"SELECT MAX(c) AS c, MIN(n) AS n FROM ({Part}) AS q"), ("b", Part)))
            .Build();

        await engine.Invoking(e => e.LoadAsync(cancellationToken: cancellation.Token)).Should().ThrowAsync<OperationCanceledException>();

        endless.IsClosed.Should().BeTrue();
        endless.Opened.Should().Be(1);
    }

    [Theory]
    [InlineData(7, 20)]
    public async Task LoadAsync_RandomGraphs_GiveWhatEachTableGivesApart(int seed, int graphs)
    {
        var random = new Random(seed);
        Dictionary<string, object?[][]> apart = [];
        int shared = 0;
        for (int graph = 0; graph < graphs; graph++)
        {
            (string Name, string Select)[] tables =
                [.. Enumerable.Range(0, random.Next(2, 7)).Select(i => ($"t{i}", RandomSelect(random)))];
            await using CtasEngine engine = Engine(random.Next(1, 4), Loaded + Script(tables));
            LoadResult result = await engine.LoadAsync();

            result.ThrowIfFailed();
            foreach ((string name, string select) in tables)
            {
                if (!apart.TryGetValue(select, out object?[][]? expected)) { apart[select] = expected = await ApartAsync(select); }

                Rows(engine.Tables[name]).Should().BeEquivalentTo(expected, "of {0} in graph {1} of seed {2}", select, graph, seed);
                shared += result[name].SharedParts.Count;
            }
        }

        shared.Should().BeGreaterThan(graphs, "or nothing was compared");
    }

    [Fact]
    public async Task LoadAsync_PartThatFitsNoTable_FailsEachUnderItsOwnLimit()
    {
        const string Wide = "SELECT id, note, COUNT(*) AS n FROM orders GROUP BY id, note";
        await using CtasEngine engine = Engine(2, Loaded + $"""
            CREATE TABLE a WITH (memory.limit = 2000) AS SELECT COUNT(*) AS n, MAX(note) AS m FROM ({Wide}) AS q;
            CREATE TABLE b WITH (memory.limit = 3000) AS SELECT MAX(n) AS n, MAX(note) AS m FROM ({Wide}) AS q;
            CREATE TABLE c WITH (memory.limit = 30000000) AS SELECT MIN(n) AS n, MAX(note) AS m FROM ({Wide}) AS q;
            """);

        LoadResult result = await engine.LoadAsync();

        result["a"].Error!.Message.Should().Contain("memory").And.Contain("2000");
        result["b"].Error!.Message.Should().Contain("memory").And.Contain("3000");
        result["c"].State.Should().Be(TableState.Ready);
    }

    [Theory]
    [InlineData("SELECT user_id, COUNT(*) AS n FROM orders GROUP BY user_id", "SELECT note, COUNT(*) AS n FROM orders GROUP BY note")]
    [InlineData(
        "SELECT o.id, u.name FROM orders o JOIN users u ON o.user_id = u.id",
        "SELECT o.id, u.name FROM orders o JOIN users u ON o.user_id = u.id")]
    [InlineData("SELECT seen(amount) AS x FROM orders WHERE amount > 3", "SELECT seen(amount) AS x FROM orders WHERE amount > 3")]
    [InlineData("SELECT user_id, MAX(RANDOM()) AS r FROM orders GROUP BY user_id", "SELECT user_id, MAX(RANDOM()) AS r FROM orders GROUP BY user_id")]
    public async Task LoadAsync_QueriesThatDifferOrAreCheap_RunEach(string first, string second)
    {
        await using CtasEngine engine = Engine(2, Loaded + Script(("a", first), ("b", second)));

        LoadResult result = await engine.LoadAsync();

        result.ThrowIfFailed();
        result.Tables.Should().OnlyContain(table => table.SharedParts.Count == 0);
    }

    [Fact]
    public async Task LoadAsync_OtherPolicyForFailingRows_RunsEach()
    {
        const string Some = "SELECT user_id, SUM(10 / (amount % 3)) AS x FROM orders GROUP BY user_id";
        await using CtasEngine engine = Engine(2, Loaded + $"""
            CREATE TABLE a WITH (on_error = 'skip') AS SELECT x FROM ({Some}) AS q;
            CREATE TABLE b WITH (on_error = 'skip') AS SELECT COUNT(x) AS n FROM ({Some}) AS q;
            CREATE TABLE c AS SELECT MAX(x) AS n FROM ({Some}) AS q;
            """);

        LoadResult result = await engine.LoadAsync();

        long failing = Enumerable.Range(0, Orders).Count(i => Amount(i) % 3 == 0);
        result["a"].Rejected.Should().Be(failing);
        result["b"].Rejected.Should().Be(failing);
        result["a"].SharedParts.Should().ContainSingle();
        result["c"].Error!.Message.Should().Contain("division by zero");
        result["c"].SharedParts.Should().BeEmpty();
    }

    [Fact]
    public async Task Plan_TablesWithAnEqualPart_SaysWhichRunItOnce()
    {
        await using CtasEngine engine = Engine(2, Loaded + Script(
            ("a", "SELECT MAX(n) AS m FROM (SELECT user_id, COUNT(*) AS n FROM orders GROUP BY user_id) AS q"),
            ("b", "SELECT user_id, COUNT(*) AS n FROM orders GROUP BY user_id")));

        engine.Plan.Tables.Single(table => table.Name == "a").Explain.Should().Contain(
            "aggregate by user_id: COUNT(*) AS n  [retract, key user_id, run once for b too]");
    }

    private const string Slow = "SELECT user_id, SUM(slow(amount)) AS total FROM orders GROUP BY user_id";

    private const string Fast = "SELECT user_id, SUM(amount) AS total FROM orders GROUP BY user_id";

    private static string RandomSelect(Random random)
    {
        string orders = random.Next(4) == 0 ? "orders_in" : "orders";
        string users = random.Next(4) == 0 ? "users_in" : "users";
        string condition = random.Next(3) == 0 ? " WHERE o.amount > 40" : "";
        string[] parts =
        [
            $"SELECT o.user_id AS k, COUNT(*) AS n, MAX(o.amount) AS m FROM {orders} o{condition} GROUP BY o.user_id",
            $"SELECT u.name AS k, o.id AS n, o.amount AS m FROM {orders} o JOIN {users} u ON o.user_id = u.id{condition}",
            $"SELECT DISTINCT o.note AS k, o.user_id AS n, o.amount AS m FROM {orders} o{condition}",
            $"SELECT o.note AS k, o.amount AS n, SUM(o.amount) OVER (PARTITION BY o.user_id ORDER BY o.id) AS m FROM {orders} o{condition}",
            $"SELECT o.note AS k, o.id AS n, o.amount AS m FROM {orders} o{condition} ORDER BY o.amount DESC, o.id LIMIT 30",
        ];
        string part = parts[random.Next(parts.Length)];
        return random.Next(5) switch
        {
            0 => part,
            1 => $"SELECT k, n, m FROM ({part}) AS q WHERE m > 50",
            2 => $"SELECT k, MIN(n) AS n, MAX(m) AS m FROM ({part}) AS q GROUP BY k",
            3 => $"SELECT a.k, a.n, b.m FROM ({part}) AS a JOIN ({parts[0]}) AS b ON a.n = b.n",
            _ => $"WITH q AS ({part}) SELECT l.n, r.m, r.k FROM q AS l JOIN q AS r ON l.k = r.k AND l.n = r.n",
        };
    }

    private static string OverSources(string select) =>
        select.Replace("FROM orders", "FROM orders_in").Replace("JOIN users", "JOIN users_in");

    private static string Script(params (string Name, string Select)[] tables) =>
        string.Join('\n', tables.Select(table => $"CREATE TABLE {table.Name} AS {table.Select};"));

    private static long Amount(int order) => (order * 37) % 101;

    private static IEnumerable<object?[]> Users() => Enumerable.Range(0, 10).Select(i => new object?[] { (long)i, $"user{i % 7}" });

    private CtasEngineBuilder Builder() => new CtasEngineBuilder()
        .UseSource("orders_in", InMemorySource.FromRows("orders_in", OrderColumns, Enumerable.Range(0, Orders)
            .Select(i => new object?[] { (long)i, (long)(i % 13), Amount(i), i % 5 == 0 ? null : $"note {i}" })))
        .UseSource("users_in", InMemorySource.FromRows("users_in", UserColumns, Users()))
        .AddFunction("seen", (long x) =>
        {
            Interlocked.Increment(ref _seen);
            return x;
        });

    private CtasEngine Engine(int parallelism, string script) =>
        Builder().WithMaxParallelism(parallelism).AddScript(script).Build();

    /// <summary>What the SELECT gives when nobody else runs.</summary>
    private async Task<object?[][]> ApartAsync(string select)
    {
        await using CtasEngine engine = Engine(1, Loaded + $"CREATE TABLE alone AS {select};");
        (await engine.LoadAsync()).ThrowIfFailed();
        return Rows(engine.Tables["alone"]);
    }

    private static object?[][] Rows(ITable table) =>
    [
        .. from batch in table.Scan()
           from row in Enumerable.Range(0, batch.RowCount)
           select batch.Columns.ToArray().Select(column => column.GetValue(row)).ToArray(),
    ];

    private sealed class Watcher(Action<LoadProgress> watch) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => watch(value);
    }

    /// <summary>Gives rows until the load is cancelled, which its hundredth batch does.</summary>
    private sealed class EndlessSource(CancellationTokenSource cancellation) : ISource
    {
        private int _batches;

        public int Opened { get; private set; }

        public bool IsClosed { get; private set; }

        public SourceDefinition Definition { get; } = new("endless", new InMemoryLocation("endless"))
        {
            Columns = [new SourceColumn("n", DataType.BigInt)],
            Mode = ReadMode.Append,
        };

        public ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken)
        {
            Opened++;
            return ValueTask.FromResult<ISourceScan>(new Scan(this));
        }

        private async ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken)
        {
            if (++_batches == 100) { await cancellation.CancelAsync(); }

            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            Column n = new FixedColumn<long>(DataType.BigInt, [_batches % 7], 1);
            return new SourceBatch(new Schema([new Field("n", DataType.BigInt)]), new Batch([n], 1));
        }

        private sealed class Scan(EndlessSource source) : ISourceScan
        {
            public IReadOnlyList<SourcePartition> Partitions => [];

            public ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken) => source.ReadAsync(cancellationToken);

            public ScanStatistics GetStatistics() => new(0, 0, 0, 0, [], [], []);

            public ValueTask DisposeAsync()
            {
                source.IsClosed = true;
                return ValueTask.CompletedTask;
            }
        }
    }
}
