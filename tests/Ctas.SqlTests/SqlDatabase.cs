using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.SqlTests;

/// <summary>
/// Tables in memory that SQL is run over: parser, planner and operators, without sources and loading.
/// </summary>
/// <param name="optimiser">How plans are made better; null: with everything there is.</param>
/// <param name="options">How plans are executed; null: as by default.</param>
internal sealed class SqlDatabase(OptimiserOptions? optimiser = null, ExecutionOptions? options = null) : IScanProvider
{
    private readonly ExecutionOptions _options = options ?? new ExecutionOptions();

    private readonly OptimiserOptions _optimiser = optimiser ?? new OptimiserOptions(ConstantEvaluator.Instance);

    private readonly Dictionary<string, StoredTable> _tables = new(StringComparer.OrdinalIgnoreCase);

    public void Add(string name, Schema schema, IReadOnlyList<Batch> batches) =>
        _tables[name] = new StoredTable(name, schema, batches);

    /// <summary>Runs CREATE TABLE … AS SELECT statements.</summary>
    public void Execute(string sql)
    {
        var context = new PlanningContext([.. _tables.Values.Select(table => table.Info)], ".", _ => null);
        ScriptPlan script = ScriptPlanner.Plan(new SourceText(sql), context);
        script.ThrowIfAny();
        foreach (TablePlan table in script.Tables)
        {
            (Schema schema, List<Batch> batches) = Run(QueryPlanner.Plan(table, new QueryContext(Find) { Optimiser = _optimiser }).Plan);
            Add(table.Name, schema, batches);
        }
    }

    /// <summary>Runs a SELECT.</summary>
    public (Schema Schema, List<Batch> Batches) Query(string sql) => Run(QueryPlanner.PlanQuery(
        sql, new QueryContext(Find) { Names = () => _tables.Keys, Optimiser = _optimiser }).Plan);

    public async IAsyncEnumerable<ChangeBatch> ReadAsync(
        LogicalScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (Batch batch in _tables[scan.Relation].Batches)
        {
            yield return new ChangeBatch(batch.Select(scan.Columns.AsSpan()));
        }
    }

    private RelationInfo? Find(string name) => _tables.GetValueOrDefault(name)?.Info;

    private (Schema Schema, List<Batch> Batches) Run(LogicalPlan plan)
    {
        var result = new BatchConsumer();
        PlanExecutor.ExecuteAsync(
            plan, this, result, _options, CancellationToken.None).GetAwaiter().GetResult();
        return (plan.Schema, result.Batches);
    }

    private sealed record StoredTable(string Name, Schema Schema, IReadOnlyList<Batch> Batches)
    {
        public RelationInfo Info { get; } = new(Name, IsSource: false, IsStream: false, Schema)
        {
            Statistics = new RowCountStatistics(Batches.Sum(batch => batch.RowCount)),
        };
    }

    private sealed class BatchConsumer : IChangeConsumer
    {
        public List<Batch> Batches { get; } = [];

        public void Consume(ChangeBatch changes) => Batches.Add(changes.Densify().Rows);
    }
}
