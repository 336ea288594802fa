using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>How cost grows with size, and what scheduling adds to the critical path.</summary>
internal sealed class ScalingComparisons : IComparisonSuite
{
    private static readonly (string Kind, Func<int, IReadOnlyList<H2oTable>> Tables, IReadOnlyList<H2oQuestion> All)[] Statements =
    [
        ("group-by", rows => [H2oData.GroupBy(rows)], H2oQuestions.GroupBy),
        ("join", H2oData.Join, H2oQuestions.Join),
    ];

    public string Name => "scaling";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        int small = options.Rows / 10;
        if (options.Only is null) { yield return await AggregateGrowthAsync(small, options); }

        await foreach (Comparison growth in LoadGrowth.RunAsync(options)) { yield return growth; }

        // The same over loaded tables, two powers of ten: groups grow with the rows, and leave the caches.
        (int From, int To) sizes = (small, checked(options.Rows * 10));
        foreach ((string kind, Func<int, IReadOnlyList<H2oTable>> tables, IReadOnlyList<H2oQuestion> all) in Statements)
        {
            H2oQuestion[] questions = [.. all.Where(question => options.Asks(question.Name))];
            if (questions.Length == 0) { continue; }

            double from = await StatementSecondsAsync(tables(sizes.From), questions, options);
            double to = await StatementSecondsAsync(tables(sizes.To), questions, options);
            yield return new Comparison(
                $"{kind} CTAS cost growth, {sizes.From:N0} → {sizes.To:N0} rows", "linear", Math.Log10(to / from) / 2, 1,
                "exponent", new Target(1.1, IsAtLeast: false));
        }

        if (options.Only is not null) { yield break; }

        // A graph whose critical path is known: each table takes a fixed time, chains of three beside short tables.
        var tick = TimeSpan.FromMilliseconds(100);
        double[] waves = await Measure.SecondsAsync(1, () => RunGraphAsync(tick));
        yield return new Comparison(
            "wave scheduling, 12 tables", "critical path", waves[0], 3 * tick.TotalSeconds, "s", new Target(1.05, IsAtLeast: false));
    }

    private static async Task<Comparison> AggregateGrowthAsync(int small, ComparisonOptions options)
    {
        InMemorySource few = OrderSources.Orders(small);
        InMemorySource many = OrderSources.Orders(options.Rows);
        double[] seconds = await Measure.SecondsAsync(
            options.Repetitions, () => LoadAsync(few), () => LoadAsync(many));
        double exponent = Math.Log10(seconds[1] / seconds[0]);
        return new Comparison(
            $"cost growth, {small:N0} → {options.Rows:N0} rows", "linear", exponent, 1, "exponent", new Target(1.1, IsAtLeast: false));
    }

    private static async Task<double> StatementSecondsAsync(
        IReadOnlyList<H2oTable> tables, H2oQuestion[] questions, ComparisonOptions options)
    {
        await using CtasEngine engine = await H2oTables.LoadAsync(tables, options.Threads, options.Model);
        double total = 0;
        foreach (H2oQuestion question in questions)
        {
            string sql = $"CREATE OR REPLACE TABLE result WITH (table_model = '{options.Model}') AS {question.Sql}";
            total += (await Measure.SecondsAsync(options.Repetitions, () => engine.ExecuteAsync(sql)))[0];
        }

        return total;
    }

    private static async Task LoadAsync(InMemorySource source)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders_in", source)
            .AddTable("CREATE TABLE totals WITH (table_model = 'compact') AS SELECT customer, SUM(amount) AS total FROM orders_in WHERE quantity > 10 GROUP BY customer")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
    }

    private static async Task RunGraphAsync(TimeSpan tick)
    {
        ScheduledTable[] tables =
        [
            .. from chain in Enumerable.Range(0, 4)
               from wave in Enumerable.Range(1, 3)
               select new ScheduledTable(
                   $"t{chain}_{wave}", wave, Priority: 0, wave == 1 ? [] : [$"t{chain}_{wave - 1}"]),
        ];
        await TableScheduler.RunAsync(tables, new FixedTimeRunner(tick), maxParallelism: 4, failFast: false, CancellationToken.None);
    }

    private sealed class FixedTimeRunner(TimeSpan time) : ITableRunner
    {
        public async Task<RunOutcome> RunAsync(string table, CancellationToken cancellationToken)
        {
            await Task.Delay(time, cancellationToken);
            return RunOutcome.Loaded;
        }

        public void Skip(string table, string cause) => throw new InvalidOperationException($"{table} was skipped.");

        public void Cancel(string table) => throw new InvalidOperationException($"{table} was cancelled.");
    }
}
