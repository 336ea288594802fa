using System.Globalization;
using System.Numerics;
using Ctas.Data;
using Ctas.Execution;
using DuckDB.NET.Data;

namespace Ctas.SqlTests.Oracle;

/// <summary>SELECT gives what DuckDB gives, on random tables and queries.</summary>
public sealed class DuckDbOracleTests
{
    private const int DatabasesPerSeed = 10;
    private const int QueriesPerDatabase = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void Select_RandomQueries_GiveWhatDuckDbGives(int seed)
    {
        int compared = 0;
        for (int number = 0; number < DatabasesPerSeed; number++)
        {
            compared += CompareDatabase(new Random((seed * 1000) + number));
        }

        // Queries that both engines refuse (overflow) compare nothing; they must stay few.
        compared.Should().BeGreaterThan(DatabasesPerSeed * QueriesPerDatabase * 3 / 4);
    }

    private static int CompareDatabase(Random random)
    {
        RandomTable[] tables = [.. new[] { "t", "u", "v" }.Select(name => new RandomTable(name, random))];
        var ours = new SqlDatabase();
        using var theirs = new DuckDBConnection("DataSource=:memory:");
        theirs.Open();

        // Without its optimizer DuckDB evaluates what the SQL says, also where a row's error cannot reach the result.
        Run(theirs, "PRAGMA disable_optimizer");
        foreach (RandomTable table in tables)
        {
            ours.Add(table.Name, table.Schema, table.Batches(random));
            Run(theirs, table.DuckDbScript());
        }

        var queries = new RandomQuery(random, tables);
        int compared = 0;
        for (int query = 0; query < QueriesPerDatabase; query++)
        {
            string sql = query % 5 == 4 ? queries.Ordered() : queries.Next();
            compared += Compare(ours, theirs, sql, queries.IsOrdered) ? 1 : 0;
        }

        return compared;
    }

    private static void Run(DuckDBConnection database, string sql)
    {
        using DuckDBCommand command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static bool Compare(SqlDatabase ours, DuckDBConnection theirs, string sql, bool isOrdered)
    {
        string ourSql = RandomExpressions.For(sql, ours: true);
        List<string>? actual = RunOurs(ours, ourSql, out string? ourError);
        List<string>? expected = RunTheirs(theirs, RandomExpressions.For(sql, ours: false), out string? theirError);
        if (expected is null || actual is null)
        {
            (expected is null).Should().Be(actual is null,
                "both engines refuse {0} or neither (ours: {1}, theirs: {2})", ourSql, ourError, theirError);
            return false;
        }

        if (!isOrdered)
        {
            actual.Sort(StringComparer.Ordinal);
            expected.Sort(StringComparer.Ordinal);
        }

        actual.SequenceEqual(expected).Should().BeTrue(
            "{0}\nours:\n{1}\ntheirs:\n{2}\n",
            ourSql,
            string.Join('\n', actual.Take(20)),
            string.Join('\n', expected.Take(20)));
        return true;
    }

    private static List<string>? RunOurs(SqlDatabase database, string sql, out string? error)
    {
        error = null;
        try
        {
            return [.. database.Query(sql).Batches.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row =>
                Line(Enumerable.Range(0, batch.Columns.Length).Select(column => batch[column].GetValue(row)))))];
        }
        catch (ExecutionException e)
        {
            error = e.Message;
            return null;
        }
    }

    private static List<string>? RunTheirs(DuckDBConnection database, string sql, out string? error)
    {
        error = null;
        try
        {
            using DuckDBCommand command = database.CreateCommand();
            command.CommandText = sql;
            using DuckDBDataReader reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
            {
                rows.Add(Line(Enumerable.Range(0, reader.FieldCount).Select(
                    column => reader.IsDBNull(column) ? null : reader.GetValue(column))));
            }

            return rows;
        }
        catch (DuckDBException e)
        {
            error = e.Message;
            return null;
        }
    }

    private static string Line(IEnumerable<object?> values) => string.Join(" | ", values.Select(Text));

    // One spelling for a number whatever its type; DOUBLE to twelve digits, because sums may be added in another order.
    private static string Text(object? value) => value switch
    {
        null => "NULL",
        bool it => it ? "true" : "false",
        double it =>
            Math.Round(it, 9).ToString(
                "G12", CultureInfo.InvariantCulture).Replace("-0", "0", StringComparison.Ordinal),
        decimal it => (it / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        BigInteger it => it.ToString(CultureInfo.InvariantCulture),
        DateOnly it => it.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime it => it.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        IFormattable it => it.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
