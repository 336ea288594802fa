using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Execution.Windows;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.Execution.Incremental;

/// <summary>A node that keeps state.</summary>
/// <param name="Plan">The node.</param>
/// <param name="State">Its state.</param>
internal sealed record MaintainedNode(LogicalPlan Plan, ITickState State);

/// <summary>Makes the operators that maintain a plan, from the output down to the scans.</summary>
/// <param name="log">Where rows that fail are noted.</param>
/// <param name="isFinal">True to give a row of a window once, when that closes.</param>
/// <param name="lookedUp">Tells the key and the indexes of tables in which joins may look rows up; null: of none.</param>
internal sealed class MaintainedPlanBuilder(
    RowErrorLog log, bool isFinal = false, Func<LogicalScan, RelationStatistics?>? lookedUp = null)
{
    /// <summary>GRACE PERIOD where EMIT FINAL asks for none: 24 hours, as in ksqlDB.</summary>
    private const long DefaultGrace = 86_400_000_000;

    private readonly Dictionary<LogicalTimeWindow, WindowClock> _windowClocks = new(ReferenceEqualityComparer.Instance);
    private readonly List<EventClock> _clocks = [];
    private readonly Dictionary<LogicalScan, IOperatorInput> _scans = [];
    private readonly Dictionary<LogicalScan, FanOut> _readers = [];
    private readonly Dictionary<LogicalScan, LookedUpTable> _lookedUp = [];
    private readonly List<MaintainedNode> _nodes = [];
    private readonly List<IOperatorInput> _constants = [];
    private readonly List<IOperatorInput> _empties = [];
    private readonly Dictionary<int, FanOut> _shared = [];

    /// <summary>The different scans, and where their changes go.</summary>
    public IReadOnlyDictionary<LogicalScan, IOperatorInput> Scans => _scans;

    /// <summary>The nodes with state.</summary>
    public IReadOnlyList<MaintainedNode> Nodes => _nodes;

    /// <summary>The tables in which joins look rows up.</summary>
    public IReadOnlyCollection<LookedUpTable> LookedUp => _lookedUp.Values;

    /// <summary>What takes the one row without columns, in the first tick only.</summary>
    public IReadOnlyList<IOperatorInput> Constants => _constants;

    /// <summary>What no change ever reaches.</summary>
    public IReadOnlyList<IOperatorInput> Empties => _empties;

    /// <summary>How far event time has come for the windows that close, and the joins that forget.</summary>
    public IReadOnlyList<EventClock> Clocks => _clocks;

    /// <summary>What lets rows go that become too old; null where none do.</summary>
    public RecentRows? Recent { get; private set; }

    /// <summary>
    /// Says that nothing more is built: who tells of keys holds the tables of that moment, and operators outlive them.
    /// </summary>
    public void Complete() => lookedUp = null;

    /// <summary>Makes the operators of a plan that feed <paramref name="output"/>.</summary>
    public void Build(LogicalPlan plan, IOperatorInput output)
    {
        switch (plan)
        {
            case LogicalScan scan: Scan(scan, output); break;
            case LogicalSingleRow: _constants.Add(output); break;
            case LogicalEmpty: _empties.Add(output); break;
            case LogicalValues values: _constants.Add(new ValuesOperator(values, log, output)); break;
            case LogicalFilter filter: Build(filter.Input, new FilterOperator(filter, log, output)); break;
            case LogicalProject project: Build(project.Input, new ProjectOperator(project, log, output)); break;
            case LogicalUnnest unnest: Build(unnest.Input, new UnnestOperator(unnest, log, output)); break;
            case LogicalTimeWindow { Window: not TimeWindowKind.Session } window:
                Build(window.Input, new TimeWindowOperator(window, log, InTime(window, output)));
                break;
            case LogicalTimeWindow session: BuildSession(session, output); break;
            case LogicalRetention retention:
                Recent = With(plan, new RecentRows(retention, log, output));
                Build(retention.Input, Recent);
                break;
            case LogicalLimit { Groups.Count: 0, Count: not null, Input: LogicalSort sort } limit:
                Build(sort.Input, With(plan, new MaintainedTop(limit, sort, log, output)));
                break;
            case LogicalSort { RowLimit: null } sort: Build(sort.Input, output); break;
            case LogicalDistinct distinct:
                Build(distinct.Input, With(plan, CountedRows.Distinct(distinct, output)).Left);
                break;
            case LogicalAggregate aggregate: BuildAggregate(aggregate, output); break;
            case LogicalSetOperation operation: BuildSetOperation(operation, output); break;
            case LogicalUnionAll union: BuildUnion(union, output); break;
            case LogicalJoin join: BuildJoin(join, output); break;
            case LogicalSharing sharing: BuildSharing(sharing, output); break;
            case LogicalSharedRead read: _shared[read.Number].Add(output); break;
            default: BuildRecomputed(plan, output); break;
        }
    }

    private void Scan(LogicalScan scan, IOperatorInput output)
    {
        if (_readers.TryGetValue(scan, out FanOut? readers))
        {
            readers.Add(output);
            return;
        }

        readers = new FanOut();
        readers.Add(output);
        _readers.Add(scan, readers);

        // A changelog names only what comes: the rows that go must be known here.
        bool isUpsert = scan is { IsSource: true, Kind: ChangeKind.Upsert };
        _scans.Add(scan, isUpsert ? With(scan, new UpsertRows(scan.Schema, readers)) : readers);
    }

    private void BuildSetOperation(LogicalSetOperation plan, IOperatorInput output)
    {
        CountedRows rows = With(plan, CountedRows.Of(plan, output));
        Build(plan.Right, rows.Right);
        Build(plan.Left, rows.Left);
    }

    private void BuildUnion(LogicalUnionAll plan, IOperatorInput output)
    {
        MaintainedUnion union = With(plan, new MaintainedUnion(plan.Inputs.Count, output));
        foreach (LogicalPlan input in plan.Inputs) { Build(input, union); }
    }

    private void BuildJoin(LogicalJoin plan, IOperatorInput output)
    {
        JoinClock? clock = plan.Within is { } within ? new JoinClock(plan, within) : null;
        MaintainedJoin join = With(plan, new MaintainedJoin(plan, clock, log, output));
        if (clock is null)
        {
            join.Left.LookedUp = RowsOf(plan, Planning.JoinSide.Left, join.Left);
            join.Right.LookedUp = RowsOf(plan, Planning.JoinSide.Right, join.Right);
            Build(plan.Right, join.Right);
            Build(plan.Left, join.Left);
            return;
        }

        _clocks.Add(clock);
        Build(plan.Right, new LateRows(plan.Within!.RightTime, plan.Right.Schema, clock, clock.RightLateBy, log, join.Right));
        Build(plan.Left, new LateRows(plan.Within.LeftTime, plan.Left.Schema, clock, clock.LeftLateBy, log, join.Left));
    }

    /// <summary>
    /// What gives a side rows that it need not keep; null where it must: NOT IN asks for rows of any key, and matches that a
    /// condition decides are counted for each row. A stream is not kept anyway.
    /// </summary>
    private LookedUpRows? RowsOf(LogicalJoin plan, Planning.JoinSide side, JoinSide rows)
    {
        bool isOpen = plan.IsNullAware || (plan.Residual is not null && plan.Join is not (JoinKind.Inner or JoinKind.Cross));
        if (lookedUp is null || isOpen || plan.StreamSide == side || JoinLookups.ExactOf(plan, side, lookedUp) is not var (scan, lookup)) { return null; }

        if (!_lookedUp.TryGetValue(scan, out LookedUpTable? table)) { _lookedUp.Add(scan, table = new LookedUpTable(scan)); }

        return new LookedUpRows(side == Planning.JoinSide.Left ? plan.Left : plan.Right, table, lookup, rows);
    }

    private void BuildSharing(LogicalSharing plan, IOperatorInput output)
    {
        foreach (LogicalShared shared in plan.Shared)
        {
            var readers = new FanOut();
            _shared.Add(shared.Number, readers);
            Build(shared.Input, readers);
        }

        Build(plan.Body, output);
    }

    private void BuildAggregate(LogicalAggregate plan, IOperatorInput output)
    {
        ClosedWindows? closed = null;
        if (EventTime.WindowOf(plan) is var (window, key) && ClockOf(window) is { } clock)
        {
            closed = new ClosedWindows(clock, key);
            if (isFinal) { output = With(plan, new FinalRows(plan, clock, key, output)); }
        }

        if (MaintainedAggregate.TryCreate(plan, closed, log, output) is { } groups) { Build(plan.Input, With(plan, groups)); }
        else { Build(plan.Input, With(plan, new RecomputedNode(plan, plan.Input, plan.Keys, log, output, closed))); }
    }

    private void BuildSession(LogicalTimeWindow plan, IOperatorInput output)
    {
        WindowClock? clock = ClockOf(plan);
        ClosedWindows? closed = clock is null ? null : new ClosedWindows(clock, plan.ClosingOrdinal);
        IOperatorInput rows = With(plan, new RecomputedNode(plan, plan.Input, plan.Keys, log, output, closed));
        Build(plan.Input, clock is null ? rows : new LateRows(plan.Time, plan.Input.Schema, clock, clock.LateBy, log, rows));
    }

    /// <summary>Leaves out what comes too late for its window, where windows close.</summary>
    private IOperatorInput InTime(LogicalTimeWindow window, IOperatorInput output) => ClockOf(window) is { } clock
        ? new LateRows(new ColumnReference(window.StartOrdinal, DataType.Timestamp), window.Schema, clock, clock.LateBy, log, output)
        : output;

    private WindowClock? ClockOf(LogicalTimeWindow window)
    {
        if (_windowClocks.TryGetValue(window, out WindowClock? clock)) { return clock; }

        long? grace = window.Grace ?? (isFinal ? DefaultGrace : null);
        if (grace is not { } time) { return null; }

        clock = new WindowClock(window, time);
        _windowClocks.Add(window, clock);
        _clocks.Add(clock);
        return clock;
    }

    private void BuildRecomputed(LogicalPlan plan, IOperatorInput output)
    {
        (LogicalPlan input, IReadOnlyList<ScalarExpression> keys) = plan switch
        {
            LogicalWindow window => (window.Input, window.PartitionBy),
            LogicalSort sort => (sort.Input, []),
            LogicalLimit limit => (BelowOrder(limit.Input), limit.Groups),
            _ => throw new UnreachableException($"No maintained operator for {plan.GetType().Name}."),
        };
        Build(input, With(plan, new RecomputedNode(plan, input, keys, log, output)));
    }

    // A LIMIT counts rows in the order that a sort below it makes.
    private static LogicalPlan BelowOrder(LogicalPlan plan) => plan is LogicalSort sort ? sort.Input : plan;

    private T With<T>(LogicalPlan plan, T state)
        where T : ITickState
    {
        _nodes.Add(new MaintainedNode(plan, state));
        return state;
    }
}
