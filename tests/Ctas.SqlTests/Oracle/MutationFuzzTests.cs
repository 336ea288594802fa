using System.Diagnostics;
using Ctas.Execution;
using Ctas.Text;

namespace Ctas.SqlTests.Oracle;

/// <summary>
/// Whatever becomes of valid SQL when words of it change, it is answered, or refused with a reason. CTAS_ORACLE_SEED,
/// CTAS_FUZZ_COUNT and CTAS_FUZZ_SECONDS choose other queries and more of them.
/// </summary>
public sealed class MutationFuzzTests
{
    private const int Mutations = 1_000;
    private const int QueriesPerDatabase = 20;

    // A mutated query may ask for far more rows than it was written for. However slow the machine is, some are answered.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(OracleSettings.Get("CTAS_FUZZ_SECONDS", 5));

    private static readonly string[] Words =
    [
        "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "NULL", "(", ")", ",", ".", "*", "1", "-1", "''", "'x'", "AND", "OR", "NOT",
        "IN", "EXISTS", "OVER", "(PARTITION BY 1)", "DISTINCT", "UNION", "EXCEPT ALL", "LIMIT", "CASE", "END", "AS", "AS INT)", "::",
        "CAST(", "COUNT(*)", "SUM(", "ARRAY[", "]", "[1]", "{", "INTERVAL", "DATE", "=", "<", "||", "/ 0", "99999999999999999999",
        "1e400", "JOIN", "ON", "USING (c0)", "QUALIFY", "HAVING", "WITH", "VALUES", ";", "--", "\u0000", "😀", "\"",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Query_WithWordsChanged_IsAnsweredOrRefused(int seed)
    {
        var random = new Random((OracleSettings.Get("CTAS_ORACLE_SEED", 1) * 100) + seed);
        int answered = 0;
        long started = Stopwatch.GetTimestamp();
        int databases = OracleSettings.Get("CTAS_FUZZ_COUNT", Mutations) / QueriesPerDatabase;
        for (int number = 0; number < databases && (answered == 0 || Stopwatch.GetElapsedTime(started) < Patience); number++)
        {
            OracleTable[] tables = [.. new[] { "t", "u", "v" }.Select(name => OracleTable.Random(name, random))];
            var database = new SqlDatabase();
            foreach (OracleTable table in tables) { database.Add(table.Name, table.Schema, table.Batches(random)); }

            var generator = new QueryGenerator(new Choices(random, new HashSet<string>()), tables);
            for (int query = 0; query < QueriesPerDatabase; query++)
            {
                string sql = Mutated(generator.Next().Sql.For(Engine.Ctas), random);
                answered += IsAnswered(database, sql) ? 1 : 0;
            }
        }

        answered.Should().BePositive("some mutations leave a query sound");
    }

    private static bool IsAnswered(SqlDatabase database, string sql)
    {
        try
        {
            database.Query(sql);
            return true;
        }
        catch (CtasCompilationException e)
        {
            e.Diagnostics.Should().OnlyContain(
                diagnostic => diagnostic.Span.Start >= 0 && diagnostic.Span.End <= sql.Length, "of {0}", sql);
            return false;
        }
        catch (ExecutionException)
        {
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"This is neither answered nor refused: {sql}", e);
        }
    }

    /// <summary>Words taken out, doubled, exchanged with their neighbours, or replaced; a character now and then.</summary>
    private static string Mutated(string sql, Random random)
    {
        List<string> words = [.. sql.Split(' ')];
        for (int change = random.Next(1, 4); change > 0 && words.Count > 1; change--)
        {
            int at = random.Next(words.Count - 1);
            switch (random.Next(7))
            {
                case 0: words.RemoveAt(at); break;
                case 1: words.Insert(at, words[at]); break;
                case 2: (words[at], words[at + 1]) = (words[at + 1], words[at]); break;
                case 3: words[at] = Words[random.Next(Words.Length)]; break;
                case 4: words.Insert(at, Words[random.Next(Words.Length)]); break;
                case 5: words[at] = words[random.Next(words.Count)]; break;
                default: words[at] = WithoutACharacter(words[at], random); break;
            }
        }

        return string.Join(' ', words);
    }

    private static string WithoutACharacter(string word, Random random) =>
        word.Length == 0 ? "(" : word.Remove(random.Next(word.Length), 1);
}
