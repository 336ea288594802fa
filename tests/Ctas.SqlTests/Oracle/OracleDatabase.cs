using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning.Rewrites;
using Ctas.Text;
using DuckDB.NET.Data;

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

/// <summary>How our tables are held, and on how many threads we answer.</summary>
internal enum OracleStorage
{
    /// <summary>Batches as an operator would give them; one thread.</summary>
    Batches,

    /// <summary>Batches; three threads, however few rows there are.</summary>
    Parallel,

    /// <summary>Loaded tables of the model "standard".</summary>
    Standard,

    /// <summary>Loaded tables of the model "compact".</summary>
    Compact,
}

/// <summary>The same tables in both engines.</summary>
internal sealed class OracleDatabase : IDisposable
{
    private const long TooManyBytes = 2L << 30;
    private static readonly ExecutionOptions Parallel = new() { MaxDegreeOfParallelism = 3, MinRowsPerThread = 1 };

    private readonly SqlDatabase _ours;
    private readonly SqlDatabase _unoptimised = new(OptimiserOptions.Off);
    private readonly CtasEngine? _engine;
    private readonly DuckDBConnection _theirs = new("DataSource=:memory:");

    /// <param name="tables">The tables.</param>
    /// <param name="seed">Chooses how rows lie in batches, and how tables are held.</param>
    public OracleDatabase(IReadOnlyList<OracleTable> tables, int seed)
    {
        var random = new Random(seed);
        Storage = (OracleStorage)(Math.Abs(seed) % 4);
        _ours = new SqlDatabase(options: Storage == OracleStorage.Parallel ? Parallel : null);
        _theirs.Open();

        // Without its optimizer DuckDB evaluates what the SQL says, also where a row's error cannot reach the result.
        Execute("PRAGMA disable_optimizer; SET threads = 1; SET memory_limit = '2GB'; SET order_by_non_integer_literal = true; SET default_null_order = 'nulls_last_on_asc_first_on_desc'");
        foreach (OracleTable table in tables)
        {
            Batch[] batches = [.. table.Batches(random)];
            _ours.Add(table.Name, table.Schema, batches);
            _unoptimised.Add(table.Name, table.Schema, batches);
            Execute(table.DuckDbScript());
        }

        if (Storage is OracleStorage.Standard or OracleStorage.Compact) { _engine = Load(tables); }
    }

    /// <summary>How our tables are held.</summary>
    public OracleStorage Storage { get; }

    public Answer Ask(Engine engine, string sql) => engine == Engine.Ctas
        ? AskOurs(() => _engine is null ? _ours.Query(sql).Batches : _engine.QueryAsync(sql).GetAwaiter().GetResult().Batches)
        : AskTheirs(sql);

    /// <summary>Our answer with plans as they are lowered, which rewrites must not change.</summary>
    public Answer AskUnoptimised(string sql) => AskOurs(() => _unoptimised.Query(sql).Batches);

    public void Dispose()
    {
        _theirs.Dispose();
        _engine?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private CtasEngine Load(IReadOnlyList<OracleTable> tables)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .WithMaxParallelism(2)
            .WithProperty("table_model", Storage == OracleStorage.Compact ? "compact" : "standard");
        foreach (OracleTable table in tables) { builder.AddTable(table.CtasScript()); }

        CtasEngine engine = builder.Build();
        engine.LoadAsync().GetAwaiter().GetResult().ThrowIfFailed();
        return engine;
    }

    private static Answer AskOurs(Func<IReadOnlyList<Batch>> ask)
    {
        try
        {
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 3; attempt++)
            {
                long before = GC.GetTotalAllocatedBytes();
                IReadOnlyList<Batch> batches = ask();
                long allocated = GC.GetTotalAllocatedBytes() - before;
                if (allocated < TooManyBytes) { return new Answer(Rows(batches), null); }

                // Other tests may have allocated it meanwhile; what the query itself takes, it takes every time.
                least = Math.Min(least, allocated);
            }

            return Answer.Failed($"{least >> 20} MB were allocated") with { IsCrash = true };
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
            return new Answer(TheirRows.Read(_theirs, sql), null);
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

    /// <summary>Our rows as comparable values.</summary>
    public static List<object?[]> Rows(IReadOnlyList<Batch> batches) =>
        [.. batches.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row => Row(batch, row)))];

    private static object?[] Row(Batch batch, int row) =>
        [.. Enumerable.Range(0, batch.Columns.Length).Select(
            column => ComparableValue.Of(batch[column].GetValue(row), batch[column].Type))];

    private void Execute(string sql)
    {
        using DuckDBCommand command = _theirs.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
