using Ctas.Data;
using Ctas.Execution;
using Ctas.Loading;
using Ctas.Text;

namespace Ctas.SqlTests.Oracle;

/// <summary>
/// CREATE TABLE … AS gives the rows that the query gives ad hoc, whatever the models of the tables and the parallelism.
/// </summary>
public sealed class CreateTableOracleTests
{
    private const int QueriesPerDatabase = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task CreateTable_RandomQueries_HoldsWhatTheQueryGives(int seed)
    {
        for (int number = 0; number < 2; number++)
        {
            int databaseSeed = (seed * 7919) + number;
            var random = new Random(databaseSeed);
            OracleTable[] tables = [.. new[] { "t", "u", "v" }.Select(name => OracleTable.Random(name, random))];
            string[] names = [.. ConstructCatalog.Names];
            random.Shuffle(names);
            var generator = new QueryGenerator(new Choices(random, names.Take(12).ToHashSet()), tables);
            await using CtasEngine standard = await LoadAsync(tables, "standard", parallelism: 1);
            await using CtasEngine compact = await LoadAsync(tables, "compact", parallelism: 2);
            for (int query = 0; query < QueriesPerDatabase; query++)
            {
                string sql = generator.Next().Sql.For(Engine.Ctas);
                await CompareAsync(sql, query, standard, compact);
            }
        }
    }

    private static async Task CompareAsync(string sql, int number, CtasEngine standard, CtasEngine compact)
    {
        (string How, CtasEngine Engine, bool IsCompact)[] others =
        [
            ("standard of standard", standard, false), ("compact of standard", standard, true),
            ("standard of compact", compact, false), ("compact of compact", compact, true),
        ];
        Answer expected = await AskAsync(() => standard.QueryAsync(sql));
        Answer again = await AskAsync(() => compact.QueryAsync(sql));
        Compare(sql, "ad hoc over compact", expected, again);
        foreach ((string how, CtasEngine engine, bool isCompact) in others)
        {
            string name = $"r{number}_{(isCompact ? "c" : "s")}";
            string create = $"CREATE TABLE {name} WITH (table_model = '{(isCompact ? "compact" : "standard")}') AS {sql}";
            Answer loaded = await AskAsync(async () =>
            {
                await engine.ExecuteAsync(create);
                return await engine.QueryAsync($"SELECT * FROM {name}");
            });
            Compare(create, how, expected, loaded);
        }
    }

    private static void Compare(string sql, string how, Answer expected, Answer actual)
    {
        bool areEqual = expected.Rows is { } rows && actual.Rows is { } others
            ? ResultComparison.AreEqual(others, rows, isOrdered: false)
            : expected.Rows is null && actual.Rows is null && !expected.IsCrash && !actual.IsCrash;
        areEqual.Should().BeTrue(
            "{0}: {1}\nad hoc: {2}\nloaded: {3}\n", how, sql, Show(expected), Show(actual));
    }

    private static string Show(Answer answer) => answer.Error ?? string.Join(
        '\n', answer.Rows!.Take(10).Select(row => string.Join(" | ", row.Select(ComparableValue.Show))));

    private static async Task<Answer> AskAsync(Func<Task<QueryResult>> ask)
    {
        try
        {
            QueryResult result = await ask();
            return new Answer([.. result.Rows.Select(Values)], null);
        }
        catch (Exception e) when (e is ExecutionException or CtasCompilationException or LoadException)
        {
            return Answer.Failed(e.Message);
        }
        catch (Exception e)
        {
            return Answer.Failed(e.ToString()) with { IsCrash = true };
        }
    }

    // A table of windows has their bounds in its key, beside what was asked for.
    private static object?[] Values(Row row) =>
    [
        .. Enumerable.Range(0, row.ColumnCount)
            .Where(column => row.Schema?.Fields[column].Name is not ("WINDOWSTART" or "WINDOWEND"))
            .Select(column => ComparableValue.Of(row[column])),
    ];

    private static async Task<CtasEngine> LoadAsync(IReadOnlyList<OracleTable> tables, string model, int parallelism)
    {
        var builder = new CtasEngineBuilder().WithMaxParallelism(parallelism).WithProperty("table_model", model);
        foreach (OracleTable table in tables) { builder.AddTable(table.CtasScript()); }

        CtasEngine engine = builder.Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
