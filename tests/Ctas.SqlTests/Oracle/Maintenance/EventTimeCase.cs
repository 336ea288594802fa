using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>
/// A query that goes by event time over streams that come out of order. After every tick its rows are those of the plain query over
/// the rows that were not late. The same seed makes the same history.
/// </summary>
/// <param name="tables">The streams <c>s</c> and <c>r</c>, to whose columns ROWTIME is added, and the table <c>t</c>.</param>
/// <param name="query">The query.</param>
/// <param name="seed">Chooses the history.</param>
internal sealed class EventTimeCase(IReadOnlyList<OracleTable> tables, EventTimeQuery query, int seed) : IScanProvider
{
    public const int Ticks = 8;

    private readonly Random _random = new(seed);
    private readonly MaintainedRows _rows = new();
    private Dictionary<string, List<object?[]>> _scanned = [];

    /// <summary>What is wrong; null when nothing is.</summary>
    public string? Difference { get; private set; }

    /// <summary>Why the query was refused; null when it was not.</summary>
    public string? Reason { get; private set; }

    /// <summary>How often the query was put in the place of itself by what it had saved.</summary>
    public int Restarts { get; private set; }

    /// <summary>Changes of the result.</summary>
    public int Changes { get; private set; }

    /// <summary>Rows that came too late.</summary>
    public long LateRows { get; private set; }

    /// <summary>The plan, once the case has run.</summary>
    public LogicalPlan? Plan { get; private set; }

    public MaintenanceOutcome Run()
    {
        try { Plan = PlanOf(query.Maintained); }
        catch (CtasCompilationException e)
        {
            Reason = e.Diagnostics[0].Message;
            return MaintenanceOutcome.Refused;
        }

        if (Maintainability.ObstaclesOf(Plan) is { Count: > 0 } obstacles)
        {
            Reason = obstacles[0].ToString();
            return MaintenanceOutcome.Refused;
        }

        try { Maintain(EventTimeModel.Of(Plan, query, Rows)); }
        catch (Exception e) { Difference ??= e.ToString(); }

        return Difference is null ? MaintenanceOutcome.Agreed : MaintenanceOutcome.Different;
    }

    public async IAsyncEnumerable<ChangeBatch> ReadAsync(
        LogicalScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        OracleTable table = Table(scan.Relation);
        yield return new ChangeBatch(ToBatch(table, _scanned[table.Name]).Select(scan.Columns.AsSpan()));
    }

    private void Maintain(EventTimeModel model)
    {
        var restarted = new RestartedQuery(() => new MaintainedQuery(Plan!, RowErrorPolicy.Skip, query.IsFinal), seed);
        MaintainedQuery maintained = restarted.Make();
        var history = new EventHistory(tables, model.Scale, model.TakesRetractions, _random);
        for (int tick = 0; tick <= Ticks && Difference is null; tick++)
        {
            EventStep step = history.Next(tick);
            IReadOnlyList<ChangeBatch> changes = maintained.Complete(() => Push(maintained, step), _random);
            Difference = _rows.Apply(changes) ?? (query.IsFinal && changes.Any(batch => batch.Weights?.Contains(-1) == true) ? "took back what was final" : null);
            Changes += changes.Sum(batch => batch.Count);
            maintained.Commit();
            List<object?[]> expected = model.Apply(step);
            Difference ??= Compare(tick, step, maintained, model, expected);
            maintained = restarted.After(maintained);
        }

        LateRows = maintained.LateRows;
        Restarts = restarted.Restarts;
    }

    private string? Compare(int tick, EventStep step, MaintainedQuery maintained, EventTimeModel model, List<object?[]> expected)
    {
        if (!ResultComparison.AreEqual(_rows.Rows, expected, isOrdered: false))
        {
            return $"tick {tick}, event time {step.EventTime}: maintained\n{Show(_rows.Rows)}\nrecomputed\n{Show(expected)}";
        }

        return query.CountsAllLateRows && maintained.LateRows != model.LateRows
            ? $"tick {tick}: {maintained.LateRows} late rows, and {model.LateRows} are"
            : null;
    }

    private void Push(MaintainedQuery maintained, EventStep step)
    {
        foreach (EventClock clock in maintained.Clocks) { clock.Advance(step.EventTime); }

        foreach (LogicalScan scan in maintained.Scans)
        {
            OracleTable table = Table(scan.Relation);
            List<(object?[] Row, int Weight)> changes = step.Changes[table.Name];
            if (changes.Count == 0) { continue; }

            Batch rows = ToBatch(table, [.. changes.Select(change => change.Row)]).Select(scan.Columns.AsSpan());
            maintained.Push(scan, new ChangeBatch(rows, Selection: null, [.. changes.Select(change => change.Weight)]));
        }
    }

    /// <summary>The rows of a plain query over some rows.</summary>
    private List<object?[]> Rows(string sql, Dictionary<string, List<object?[]>> scanned)
    {
        _scanned = scanned;
        var result = new PlainRows();
        PlanExecutor.ExecuteAsync(PlanOf(sql), this, result, new ExecutionOptions(RowErrorPolicy.Skip), CancellationToken.None)
            .GetAwaiter().GetResult();
        return result.All;
    }

    private LogicalPlan PlanOf(string sql)
    {
        LogicalPlan plan = QueryPlanner.PlanQuery(
            sql,
            new QueryContext(Info)
            {
                Optimiser = seed % 3 > 0 ? new OptimiserOptions(ConstantEvaluator.Instance) : OptimiserOptions.Off,
            }).Plan;
        return query.Name.StartsWith("stream-table", StringComparison.Ordinal) ? StreamJoins.Apply(plan) : plan;
    }

    private OracleTable Table(string name) => tables.Single(table => table.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private RelationInfo? Info(string name) => tables.FirstOrDefault(table => table.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        is not { } table ? null : new RelationInfo(
            table.Name,
            IsSource: false,
            IsStream: EventHistory.IsStream(table) && !query.Name.StartsWith("window", StringComparison.Ordinal),
            !EventHistory.IsStream(table) ? table.Schema : new Schema([.. table.Schema.Fields, new Field("ROWTIME", DataType.Timestamp)], []));

    private static Batch ToBatch(OracleTable table, List<object?[]> rows)
    {
        IEnumerable<DataType> columns = table.Columns.Select(tag => tag.Type);
        DataType[] types = EventHistory.IsStream(table) ? [.. columns, DataType.Timestamp] : [.. columns];
        return new Batch([.. types.Select((type, column) => OracleTable.Build(type, rows.Select(row => row[column])))], rows.Count);
    }

    private static string Show(List<object?[]> rows) => string.Join('\n', rows.Take(40).Select(
        row => "  " + string.Join(" | ", row.Select(ComparableValue.Show))).Order(StringComparer.Ordinal).Append($"  ({rows.Count} rows)"));
}
