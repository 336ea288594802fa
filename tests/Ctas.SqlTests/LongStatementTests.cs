using System.Diagnostics;
using Ctas.Text;

namespace Ctas.SqlTests;

/// <summary>Statements as programs write them: planned in a time that grows with their length, or refused.</summary>
public sealed class LongStatementTests
{
    private const int Many = 10_000;

    private static readonly SqlDatabase Database = WithTable();

    public static TheoryData<string, string> TooDeep { get; } = new()
    {
        { "parentheses", $"SELECT {new string('(', Many)}1{new string(')', Many)}" },
        { "AND", $"SELECT * FROM t WHERE {string.Join(" AND ", Enumerable.Repeat("id > 0", Many))}" },
        { "UNION", string.Join(" UNION ALL ", Enumerable.Repeat("SELECT 1", Many)) },
        { "NOT", $"SELECT {string.Concat(Enumerable.Repeat("NOT ", Many))}TRUE" },
        { "signs", $"SELECT {string.Concat(Enumerable.Repeat("- ", Many))}1" },
        { "CASE", $"SELECT {string.Concat(Enumerable.Repeat("CASE WHEN TRUE THEN ", Many))}1{string.Concat(Enumerable.Repeat(" END", Many))}" },
        { "calls", $"SELECT {string.Concat(Enumerable.Repeat("ABS(", Many))}1{new string(')', Many)}" },
        { "sub-queries", $"SELECT * FROM {string.Concat(Enumerable.Repeat("(SELECT * FROM ", Many))}t{string.Concat(Enumerable.Repeat(") q", Many))}" },
        { "joins", $"SELECT 1 FROM t {string.Concat(Enumerable.Range(0, Many).Select(i => $"JOIN t a{i} ON TRUE "))}" },
        { "types", $"SELECT CAST(NULL AS {string.Concat(Enumerable.Repeat("ARRAY<", Many))}INT{new string('>', Many)})" },
    };

    public static TheoryData<string, string, long> Long { get; } = new()
    {
        { "OR", $"SELECT COUNT(*) FROM t WHERE {string.Join(" OR ", Enumerable.Range(0, 900).Select(i => $"id = {i}"))}", 3 },
        { "AND", $"SELECT COUNT(*) FROM t WHERE {string.Join(" AND ", Enumerable.Range(0, 900).Select(i => $"id <> {i + 2}"))}", 1 },
        { "IN", $"SELECT COUNT(*) FROM t WHERE id IN ({string.Join(", ", Enumerable.Range(0, 50_000))})", 3 },
        { "CASE of CASE", $"SELECT COUNT(*) FROM t WHERE {NestedCases(100)} = 3", 2 },
        { "BETWEEN of BETWEEN", $"SELECT COUNT(*) FROM t WHERE {NestedBetweens(100)}", 3 },
        { "EXCEPT", $"SELECT COUNT(*) FROM ({string.Join(" EXCEPT ", Enumerable.Range(0, 300).Select(i => $"SELECT {i}"))}) q", 1 },
        { "joins", $"SELECT COUNT(*) FROM t {string.Concat(Enumerable.Range(0, 100).Select(i => $"JOIN t a{i} ON t.id = a{i}.id "))}", 3 },
    };

    [Theory]
    [MemberData(nameof(TooDeep))]
    public void Query_NestedTooDeeply_IsRefused(string what, string sql)
    {
        var refused = Assert.Throws<CtasCompilationException>(() => Database.Query(sql));

        refused.Diagnostics.Should().ContainSingle(what).Which.Code.Should().Be("CTAS1015");
    }

    [Theory]
    [MemberData(nameof(Long))]
    public void Query_Long_IsPlannedInTimeLinearInItsLength(string what, string sql, long expected)
    {
        long start = Stopwatch.GetTimestamp();

        long count = (long)Database.Query(sql).Batches[0].Columns[0].GetValue(0)!;

        count.Should().Be(expected);

        // What doubles with every part would take longer than the universe is old.
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromMinutes(2), what);
    }

    private static string NestedCases(int depth) => Enumerable.Range(0, depth).Aggregate(
        "id", (inner, _) => $"CASE {inner} WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE 3 END");

    private static string NestedBetweens(int depth) => Enumerable.Range(0, depth).Aggregate(
        "(id > 0)", (inner, _) => $"({inner} BETWEEN FALSE AND TRUE)");

    private static SqlDatabase WithTable()
    {
        var database = new SqlDatabase();
        database.Execute("CREATE TABLE t AS SELECT * FROM (VALUES (1), (2), (3), (NULL)) AS v (id);");
        return database;
    }
}
