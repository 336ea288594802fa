using System.Globalization;
using Ctas.Cli.Results;
using Ctas.Data;
using Ctas.Loading;

namespace Ctas.Cli.Demo;

/// <summary>Compares what the demo printed with what it must print. Collects mismatches; single-threaded.</summary>
internal sealed class DemoCheck(DemoExpectation expectation)
{
    private readonly List<string> _mismatches = [];

    /// <summary>Every mismatch so far, one line each; empty when all is well.</summary>
    public IReadOnlyList<string> Mismatches => _mismatches;

    /// <summary>How many values were compared so far.</summary>
    public int Comparisons { get; private set; }

    /// <summary>The waves and their tables.</summary>
    public void Plan(LoadPlan plan)
    {
        Compare("number of waves", expectation.Tables().Max(table => table.Wave), plan.Waves.Count);
        foreach (IGrouping<int, DemoTable> wave in expectation.Tables().GroupBy(table => table.Wave))
        {
            IEnumerable<string> planned = plan.Tables.Where(table => table.Wave == wave.Key).Select(table => table.Name);
            Compare($"tables of wave {wave.Key}", Names(wave.Select(table => table.Name)), Names(planned));
        }

        Compare("model of table \"orders\"", "compact", plan.Tables.FirstOrDefault(table => table.Name == "orders")?.Model);
    }

    /// <summary>State, rows, records and bytes of every table.</summary>
    public void Load(LoadResult result)
    {
        Compare("number of loaded tables", expectation.Tables().Count, result.Successful.Count());
        foreach (DemoTable expected in expectation.Tables())
        {
            if (result.Tables.FirstOrDefault(table => table.Name == expected.Name) is not { IsLoaded: true } table)
            {
                _mismatches.Add($"table \"{expected.Name}\": not loaded");
                continue;
            }

            Compare($"table \"{expected.Name}\": wave", expected.Wave, table.Wave);
            Compare($"table \"{expected.Name}\": rows", expected.Rows, table.Rows);
            Compare($"table \"{expected.Name}\": records", expected.Records, table.Records);
            if (expected.Bytes is { } bytes) { Compare($"table \"{expected.Name}\": bytes read", bytes, table.Bytes); }
        }
    }

    /// <summary>Every cell of an answer.</summary>
    public void Query(DemoQuery query, QueryResult result)
    {
        Compare($"\"{query.Title}\": columns", Names(query.Columns), Names(result.Schema.Fields.Select(field => field.Name)));
        List<string?[]> rows = [.. result.Batches.SelectMany(Texts)];
        Compare($"\"{query.Title}\": number of rows", query.Rows.Count, rows.Count);
        for (int row = 0; row < Math.Min(query.Rows.Count, rows.Count); row++)
        {
            for (int ordinal = 0; ordinal < query.Columns.Count; ordinal++)
            {
                Compare(
                    $"\"{query.Title}\": row {row + 1}, {query.Columns[ordinal]}",
                    query.Rows[row][ordinal],
                    ordinal < rows[row].Length ? rows[row][ordinal] : "no such column");
            }
        }
    }

    private static IEnumerable<string?[]> Texts(Batch batch) => Enumerable.Range(0, batch.RowCount).Select(row =>
        batch.Columns.ToArray().Select(column => column.IsNull(row) ? null : ValueText.Of(column, row)).ToArray());

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);

    private void Compare<T>(string what, T expected, T found)
    {
        Comparisons++;
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            _mismatches.Add(string.Create(
                CultureInfo.InvariantCulture, $"{what}: expected {Show(expected)}, found {Show(found)}"));
        }
    }

    private static object Show<T>(T value) => value is null ? "NULL" : value;
}
