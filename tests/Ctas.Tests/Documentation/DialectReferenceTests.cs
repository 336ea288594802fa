using System.Globalization;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Sources;
using Ctas.Tests.Conventions;
using Ctas.Text;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Documentation;

/// <summary>
/// Every example of the dialect reference runs through the engine and gives what is written. UPDATE=1 rewrites results.
/// </summary>
public sealed class DialectReferenceTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public static TheoryData<int> Examples => [.. Enumerable.Range(0, Page().Examples.Count)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_Executed_GivesWhatIsWritten(int number)
    {
        DialectPage page = Page();
        DialectExample example = page.Examples[number];

        string[] actual = await RunAsync(page, example);

        if (Environment.GetEnvironmentVariable("UPDATE") == "1") { await File.WriteAllTextAsync(PagePath, page.With(number, actual)); }
        else { actual.Should().Equal(example.Expected, "line {0}: {1}\ngives\n{2}", example.Line, example.Sql, string.Join('\n', actual)); }
    }

    [Fact]
    public void Reference_EverySqlBlock_HasAResult() => Page().Unanswered.Should().BeEmpty("a result follows each example");

    [Theory]
    [InlineData("CREATE TABLE")]
    [InlineData("CREATE STREAM")]
    [InlineData("CREATE OR REPLACE")]
    [InlineData("DROP TABLE")]
    [InlineData("SHOW")]
    [InlineData("DESCRIBE")]
    [InlineData("EXPLAIN")]
    [InlineData("SET '")]
    [InlineData("WITH q")]
    [InlineData("LEFT JOIN")]
    [InlineData("FULL JOIN")]
    [InlineData("WITHIN")]
    [InlineData("UNION")]
    [InlineData("INTERSECT")]
    [InlineData("EXISTS")]
    [InlineData("HAVING")]
    [InlineData("OVER (")]
    [InlineData("QUALIFY")]
    [InlineData("TUMBLING")]
    [InlineData("HOPPING")]
    [InlineData("SESSION")]
    [InlineData("UNNEST")]
    [InlineData("TRY_CAST")]
    [InlineData("FILTER (")]
    [InlineData("INTERVAL")]
    [InlineData("ROWTIME")]
    [InlineData("IF NOT EXISTS")]
    [InlineData("HEADER('")]
    [InlineData("SHOW SOURCES")]
    [InlineData("CREATE INDEX")]
    [InlineData("kafka://")]
    [InlineData("file:///")]
    [InlineData("config_file")]
    [InlineData("EXPLAIN ANALYZE")]
    [InlineData(".type = 'file_source'")]
    [InlineData("RIGHT JOIN")]
    [InlineData("CROSS JOIN")]
    [InlineData("NATURAL JOIN")]
    [InlineData("LATERAL")]
    [InlineData("USING (")]
    [InlineData("GRACE PERIOD")]
    [InlineData("TUMBLING(INTERVAL")]
    [InlineData("UNION ALL")]
    [InlineData("IN (SELECT")]
    [InlineData("NOT EXISTS")]
    [InlineData("GROUPING SETS")]
    [InlineData("DISTINCT")]
    [InlineData("OFFSET")]
    [InlineData("CASE WHEN")]
    [InlineData("::")]
    [InlineData("BETWEEN")]
    [InlineData("ILIKE")]
    [InlineData("IS NULL")]
    [InlineData("IS DISTINCT FROM")]
    [InlineData("IS NOT DISTINCT FROM")]
    [InlineData("ROW_NUMBER")]
    [InlineData("RANK()")]
    [InlineData("DENSE_RANK")]
    [InlineData("LAG(")]
    [InlineData("LEAD(")]
    [InlineData("FIRST_VALUE")]
    [InlineData("LAST_VALUE")]
    [InlineData("ROWS BETWEEN")]
    [InlineData("RANGE BETWEEN")]
    [InlineData("WINDOWSTART")]
    [InlineData("WINDOWEND")]
    [InlineData("ROWKEY")]
    [InlineData("ROWPARTITION")]
    [InlineData("ROWOFFSET")]
    [InlineData("->")]
    [InlineData("->>")]
    [InlineData("['a']")]
    [InlineData("EXPLODE")]
    [InlineData("on_error")]
    [InlineData("table_model")]
    [InlineData("/*")]
    [InlineData("--")]
    [InlineData("`item`")]
    [InlineData("COLLECT_LIST")]
    [InlineData("LATEST_BY_OFFSET")]
    [InlineData("TOPK")]
    [InlineData("APPROX_COUNT_DISTINCT")]
    [InlineData("AT TIME ZONE")]
    public void Reference_Construct_HasAnExample(string construct) =>
        Page().Examples.Should().Contain(example => example.Sql.Contains(construct));

    [Theory]
    [InlineData("reading the common table")]
    [InlineData("grouping values that differ each time")]
    [InlineData("a sub-query that is asked for each item of a lambda")]
    [InlineData("a sub-query in ON of a FULL JOIN")]
    [InlineData("WITH RECURSIVE")]
    [InlineData("in FROM")]
    [InlineData("EXPLAIN of anything")]
    [InlineData("format AVRO")]
    public void Reference_WhatIsRefused_IsShown(string construct) => Page().Examples.Should().Contain(
        example => example.Expected.Any(line => line.Contains(construct) && line.Contains("is not supported")));

    private static string PagePath => Path.Combine(DirectionTests.RepositoryRoot(), "src", "Ctas", "docs", "dialect.md");

    private static DialectPage Page() => new(File.ReadAllText(PagePath));

    private static async Task<string[]> RunAsync(DialectPage page, DialectExample example)
    {
        string folder = Directory.CreateTempSubdirectory("ctas-dialect").FullName;
        try
        {
            var builder = new CtasEngineBuilder()
                .UseTimeProvider(new FakeTimeProvider(Now))
                .WithOptions(new CtasEngineOptions { BasePath = folder });
            foreach ((string name, string[] records) in page.Sources)
            {
                await File.WriteAllLinesAsync(Path.Combine(folder, name + ".ndjson"), records);
                builder.UseSource(name, InMemorySource.FromJson(name, records));
            }

            foreach ((string name, string[] lines) in page.Files) { await File.WriteAllLinesAsync(Path.Combine(folder, name), lines); }

            await using CtasEngine engine = builder.AddScript(page.Setup).Build();
            (await engine.LoadAsync()).ThrowIfFailed();
            QueryResult result = await engine.ExecuteAsync(example.Sql.Replace("file:///data", $"file://{folder}"));
            return [.. result.Rows.Select(row => string.Join(
                " | ", Enumerable.Range(0, result.Schema.Fields.Count).Select(column => Text(row[column]))))];
        }
        catch (CtasCompilationException e)
        {
            return e.Message.TrimEnd('\n').Split('\n');
        }
        catch (ExecutionException e)
        {
            return e.Message.Split('\n');
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        bool it => it ? "true" : "false",
        byte[] bytes => $"x'{Convert.ToHexString(bytes)}'",
        DateOnly it => it.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly it => it.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateTime it => it.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        object?[] items => $"[{string.Join(", ", items.Select(Text))}]",
        IDictionary<object, object?> map => $"{{{string.Join(", ", map.Select(e => $"{Text(e.Key)}: {Text(e.Value)}"))}}}",
        IFormattable it => it.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
