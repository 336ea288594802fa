using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>What came of maintaining one query through a history.</summary>
internal enum MaintenanceOutcome
{
    /// <summary>The same as recomputed, after every tick.</summary>
    Agreed,

    /// <summary>The query cannot be maintained, or not be planned.</summary>
    Refused,

    /// <summary>The snapshot fails, maintained and recomputed.</summary>
    Failed,

    Different,
}

/// <summary>A query over changing tables. The same seed makes the same history.</summary>
/// <param name="tables">The tables as they are at first.</param>
/// <param name="sql">The query.</param>
/// <param name="seed">Chooses the history.</param>
/// <param name="isOptimised">True to optimise the plan.</param>
/// <param name="looksUp">True where joins may look rows up in versions of the tables.</param>
internal sealed class MaintenanceCase(
    IReadOnlyList<OracleTable> tables, string sql, int seed, bool isOptimised, bool looksUp = false) : IScanProvider
{
    public const int Ticks = 8;
    private const long MicrosPerDay = 86_400_000_000;

    private readonly Random _random = new(seed);
    private readonly List<ChangingTable> _tables = [];
    private readonly Dictionary<string, VersionedTable> _versions = new(StringComparer.OrdinalIgnoreCase);
    private readonly MaintainedRows _rows = new();
    private RowErrorPolicy _policy;
    private long _now;

    /// <summary>What is wrong; null when nothing is.</summary>
    public string? Difference { get; private set; }

    /// <summary>Why the query was refused, or its snapshot failed; null when neither.</summary>
    public string? Reason { get; private set; }

    /// <summary>Ticks that failed in both, and were rolled back.</summary>
    public int FailedTicks { get; private set; }

    /// <summary>Scans of which joins look rows up.</summary>
    public int LookedUp { get; private set; }

    /// <summary>How often the query was put in the place of itself by what it had saved.</summary>
    public int Restarts { get; private set; }

    /// <summary>Changes of the result.</summary>
    public int Changes { get; private set; }

    /// <summary>The plan, once the case has run.</summary>
    public LogicalPlan? Plan { get; private set; }

    public MaintenanceOutcome Run()
    {
        try
        {
            Plan = QueryPlanner.PlanQuery(
                sql,
                new QueryContext(Info)
                {
                    Optimiser = isOptimised ? new OptimiserOptions(ConstantEvaluator.Instance) : OptimiserOptions.Off,
                }).Plan;
        }
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

        Plan = Retained(Plan);
        _policy = seed % 2 == 0 ? RowErrorPolicy.Fail : RowErrorPolicy.Skip;
        _tables.AddRange(tables.Select(table => new ChangingTable(table, _random)));
        if (looksUp)
        {
            var random = new Random(seed);
            foreach (OracleTable table in tables) { _versions.Add(table.Name, new VersionedTable(table, random)); }
        }

        try { return Maintain(Plan); }
        catch (Exception e) when (e is not ExecutionException)
        {
            Difference ??= e.ToString();
            return MaintenanceOutcome.Different;
        }
    }

    public async IAsyncEnumerable<ChangeBatch> ReadAsync(
        LogicalScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new ChangeBatch(Table(scan.Relation).Rows.Select(scan.Columns.AsSpan()));
    }

    /// <summary>Of every third query whose rows have a time, the rows that are not too old, by a clock that goes on with the ticks.</summary>
    private LogicalPlan Retained(LogicalPlan plan)
    {
        int ordinal = plan.Schema.Fields.ToList().FindIndex(field => field.Type.Kind == DataTypeKind.Timestamp);
        if (seed % 3 != 0 || ordinal < 0) { return plan; }

        var random = new Random(seed);
        long length = random.NextInt64(1, 7) * MicrosPerDay;
        long now = (long)OracleTable.Value(random, ValueTag.Timestamp, nullsIn: 0)! + (length / 2);
        return new LogicalRetention(plan, new ColumnReference(ordinal, DataType.Timestamp), length, now);
    }

    private static LogicalPlan After(LogicalPlan plan, int ticks) => plan is LogicalRetention retention
        ? retention with { PlannedAt = retention.PlannedAt + (ticks * retention.Length / 10) }
        : plan;

    private MaintenanceOutcome Maintain(LogicalPlan snapshot)
    {
        var restarted = new RestartedQuery(
            () => new MaintainedQuery(
                snapshot, _policy, lookedUp: scan => _versions.TryGetValue(scan.Relation, out VersionedTable? table) ? table.Current.Statistics : null),
            seed);
        MaintainedQuery query = restarted.Make();
        LookedUp = query.LookedUp.Count;
        for (int tick = 0; tick <= Ticks; tick++)
        {
            var changes = _tables.ToDictionary(
                table => table.Table.Name, table => tick == 0 ? table.Start() : table.Change(), StringComparer.OrdinalIgnoreCase);
            LogicalPlan plan = After(snapshot, tick);
            _now = (plan as LogicalRetention)?.PlannedAt ?? 0;
            (List<object?[]>? expected, string? error) = Recompute(plan);
            bool isMaintained = TryTick(query, changes, out string? failure);
            if (Difference is not null) { return MaintenanceOutcome.Different; }

            if (isMaintained != expected is not null)
            {
                // The plain operators stop reading where no row can matter any more, and so miss errors of other rows.
                if (!isMaintained && tick == 0) { return MaintenanceOutcome.Failed; }

                if (isMaintained)
                {
                    Difference = $"tick {tick}: recomputed fails: {error}, maintained does not";
                    return MaintenanceOutcome.Different;
                }
            }

            if (!isMaintained && tick == 0) { return MaintenanceOutcome.Failed; }

            if (!isMaintained)
            {
                FailedTicks++;
                foreach (ChangingTable table in _tables) { table.Undo(); }

                // Time goes on all the same.
                if (query.Recent is not null) { TryTick(query, _tables.ToDictionary(table => table.Table.Name, _ => new List<ChangeBatch>()), out _); }

                expected = Recompute(plan).Rows;
            }

            if (!ResultComparison.AreEqual(_rows.Rows, expected!, isOrdered: false))
            {
                Difference = $"tick {tick}{(failure is null ? "" : " rolled back")}: maintained\n{Show(_rows.Rows)}\nrecomputed\n{Show(expected!)}";
                return MaintenanceOutcome.Different;
            }

            query = restarted.After(query);
            Show(query);
        }

        Restarts = restarted.Restarts;
        return MaintenanceOutcome.Agreed;
    }

    private void Show(MaintainedQuery query)
    {
        foreach (LookedUpTable table in query.LookedUp) { table.MoveTo(_versions[table.Scan.Relation].Current); }
    }

    private bool TryTick(MaintainedQuery query, Dictionary<string, List<ChangeBatch>> changes, out string? failure)
    {
        failure = null;
        try
        {
            IReadOnlyList<ChangeBatch> result = query.Complete(() => Push(query, changes), _random);
            Difference = _rows.Apply(result);
            Changes += result.Sum(batch => batch.Count);
            query.Commit();
            foreach ((string name, VersionedTable table) in _versions) { table.Keep(changes[name]); }

            Show(query);
            return true;
        }
        catch (ExecutionException e)
        {
            failure = Reason = e.Message;
            query.Rollback();
            return false;
        }
    }

    private void Push(MaintainedQuery query, Dictionary<string, List<ChangeBatch>> changes)
    {
        query.Recent?.Advance(_now);
        foreach (LogicalScan scan in query.Scans)
        {
            foreach (ChangeBatch batch in changes[scan.Relation])
            {
                query.Push(scan, batch with { Rows = batch.Rows.Select(scan.Columns.AsSpan()) });
            }
        }
    }

    private (List<object?[]>? Rows, string? Error) Recompute(LogicalPlan plan)
    {
        var result = new PlainRows();
        try
        {
            PlanExecutor.ExecuteAsync(plan, this, result, new ExecutionOptions(_policy), CancellationToken.None)
                .GetAwaiter().GetResult();
            return (result.All, null);
        }
        catch (ExecutionException e) { return (null, e.Message); }
    }

    private ChangingTable Table(string name) =>
        _tables.Single(table => table.Table.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private RelationInfo? Info(string name) => tables.FirstOrDefault(table => table.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        is { } table
            ? new RelationInfo(table.Name, IsSource: false, IsStream: false, table.Schema)
            {
                Statistics = new RowCountStatistics(table.Rows.Count),
            }
            : null;

    private static string Show(List<object?[]> rows) => string.Join('\n', rows.Take(40).Select(
        row => "  " + string.Join(" | ", row.Select(ComparableValue.Show))).Order(StringComparer.Ordinal).Append($"  ({rows.Count} rows)"));
}
