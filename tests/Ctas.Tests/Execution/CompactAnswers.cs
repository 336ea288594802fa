namespace Ctas.Tests.Execution;

/// <summary>Answers as text, to be compared: the rows in any order.</summary>
internal static class CompactAnswers
{
    /// <summary>The rows of a query.</summary>
    public static async Task<string> OfAsync(CtasEngine engine, string query)
    {
        QueryResult result = await engine.QueryAsync(query);
        return string.Join('\n', result.Batches.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(
            row => string.Join('|', Enumerable.Range(0, batch.ColumnCount).Select(column => batch[column].GetJson(row))))).Order());
    }

    /// <summary>The rows of a table that is made of a query.</summary>
    public static async Task<string> OfTableAsync(CtasEngine engine, string name, string model, string query)
    {
        await engine.ExecuteAsync($"CREATE OR REPLACE TABLE {name} WITH (table_model = '{model}') AS {query}");
        return await OfAsync(engine, $"SELECT * FROM {name}");
    }
}
