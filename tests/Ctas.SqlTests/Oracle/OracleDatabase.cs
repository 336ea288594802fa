using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning.Rewrites;
using Ctas.Text;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Ctas.SqlTests.Oracle;

/// <summary>What an engine made of a query.</summary>
/// <param name="Rows">The result; null when the query failed.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
internal sealed record Answer(List<object?[]>? Rows, string? Error)
{
    /// <summary>True when the query failed with anything that is not said to the user as a mistake or a failing row.</summary>
    public bool IsCrash { get; init; }

    public static Answer Failed(string error) => new(null, error);
}

/// <summary>The same tables in both engines.</summary>
internal sealed class OracleDatabase : IDisposable
{
    private readonly SqlDatabase _ours = new();
    private readonly SqlDatabase _unoptimised = new(OptimiserOptions.Off);
    private readonly DuckDBConnection _theirs = new("DataSource=:memory:");

    public OracleDatabase(IReadOnlyList<OracleTable> tables, int seed)
    {
        var random = new Random(seed);
        _theirs.Open();

        // Without its optimizer DuckDB evaluates what the SQL says, also where a row's error cannot reach the result.
        Execute("PRAGMA disable_optimizer; SET threads = 1; SET order_by_non_integer_literal = true; SET default_null_order = 'nulls_last_on_asc_first_on_desc'");
        foreach (OracleTable table in tables)
        {
            Batch[] batches = [.. table.Batches(random)];
            _ours.Add(table.Name, table.Schema, batches);
            _unoptimised.Add(table.Name, table.Schema, batches);
            Execute(table.DuckDbScript());
        }
    }

    public Answer Ask(Engine engine, string sql) => engine == Engine.Ctas ? AskOurs(_ours, sql) : AskTheirs(sql);

    /// <summary>Our answer with plans as they are lowered, which rewrites must not change.</summary>
    public Answer AskUnoptimised(string sql) => AskOurs(_unoptimised, sql);

    public void Dispose() => _theirs.Dispose();

    private static Answer AskOurs(SqlDatabase ours, string sql)
    {
        try
        {
            return new Answer(
                [.. ours.Query(sql).Batches.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row => Row(batch, row)))],
                null);
        }
        catch (ExecutionException e)
        {
            return Answer.Failed(e.Message);
        }
        catch (CtasCompilationException e)
        {
            return Answer.Failed(e.Message);
        }
        catch (Exception e)
        {
            return Answer.Failed(e.ToString()) with { IsCrash = true };
        }
    }

    private Answer AskTheirs(string sql)
    {
        try
        {
            using DuckDBCommand command = _theirs.CreateCommand();
            command.CommandText = sql;
            using DuckDBDataReader reader = command.ExecuteReader();
            var rows = new List<object?[]>();
            while (reader.Read())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => Value(reader, column))]);
            }

            return new Answer(rows, null);
        }
        catch (DuckDBException e)
        {
            return Answer.Failed(e.Message);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // A date that .NET does not have.
            return Answer.Failed(e.Message);
        }
    }

    private static object?[] Row(Batch batch, int row) =>
        [.. Enumerable.Range(0, batch.Columns.Length).Select(column => ComparableValue.Of(batch[column].GetValue(row)))];

    private static object? Value(DuckDBDataReader reader, int column)
    {
        if (reader.IsDBNull(column)) { return null; }

        Type type = reader.GetFieldType(column);
        if (type == typeof(TimeSpan)) { return ComparableValue.Of(reader.GetFieldValue<DuckDBInterval>(column)); }

        // A list may hold NULLs, which the type that it reads by default cannot.
        return ComparableValue.Of(type == typeof(List<int>)
            ? reader.GetFieldValue<List<int?>>(column)
            : reader.GetValue(column));
    }

    private void Execute(string sql)
    {
        using DuckDBCommand command = _theirs.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
