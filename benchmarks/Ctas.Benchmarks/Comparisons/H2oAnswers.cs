using System.Globalization;
using Ctas.Data;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Compares the result tables of both contenders: rows, and of every column values, sum and dependence on the first.</summary>
internal static class H2oAnswers
{
    private const double Tolerance = 1e-8;

    /// <summary>Throws when the tables named <c>result</c> differ.</summary>
    public static async Task CompareAsync(CtasEngine engine, DuckDBConnection duckdb, string question)
    {
        Schema schema = engine.Tables["result"].Schema;
        string sql = $"SELECT {string.Join(", ", Digests(schema))} FROM result";
        QueryResult answer = await engine.QueryAsync(sql);
        double[] ours = [.. Enumerable.Range(0, answer.Schema.Fields.Count).Select(ordinal => Number(answer.Batches[0][ordinal].GetValue(0)))];
        double[] theirs = Read(duckdb, sql, ours.Length);
        for (int digest = 0; digest < ours.Length; digest++)
        {
            double difference = Math.Abs(ours[digest] - theirs[digest]);
            if (difference > Tolerance * Math.Max(1, Math.Abs(theirs[digest])))
            {
                throw new InvalidOperationException(FormattableString.Invariant(
                    $"{question}: digest {digest} is {ours[digest]:R} here and {theirs[digest]:R} in DuckDB."));
            }
        }
    }

    private static IEnumerable<string> Digests(Schema schema)
    {
        yield return "CAST(COUNT(*) AS DOUBLE)";
        string? first = null;
        foreach (Field field in schema.Fields)
        {
            string value = field.Type.IsNumeric ? $"CAST({field.Name} AS DOUBLE)" : $"CAST(LENGTH({field.Name}) AS DOUBLE)";
            first ??= value;
            yield return $"CAST(COUNT({field.Name}) AS DOUBLE)";
            yield return $"SUM({value})";
            yield return $"SUM({value} * {first})";
        }
    }

    private static double[] Read(DuckDBConnection duckdb, string sql, int count)
    {
        using DuckDBCommand command = duckdb.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        reader.Read();
        return [.. Enumerable.Range(0, count).Select(ordinal => Number(reader.GetValue(ordinal)))];
    }

    private static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
