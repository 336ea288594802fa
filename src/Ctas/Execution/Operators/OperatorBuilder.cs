using System.Diagnostics;
using Ctas.Execution.Analysis;
using Ctas.Execution.Windows;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>A scan, and the operator it feeds.</summary>
/// <param name="Scan">What to read; null for the one row without columns.</param>
/// <param name="Input">Where it goes.</param>
internal sealed record PlannedScan(LogicalScan? Scan, IOperatorInput Input)
{
    /// <summary>The keys by which its rows are looked up, which earlier scans have brought; null: all rows are read.</summary>
    public LookupKeys? Keys { get; init; }
}

/// <summary>Makes the operators of a plan, from the output down to the scans.</summary>
/// <param name="log">Where rows that fail are noted.</param>
/// <param name="execution">What the states hold.</param>
/// <param name="profile">Where to note what each operator does; null: nowhere.</param>
internal sealed partial class OperatorBuilder(RowErrorLog log, MemoryMeter execution, PlanProfile? profile = null)
{
    private readonly List<PlannedScan> _scans = [];
    private LogicalPlan? _reader;
    private ColumnReaders? _readers;
    private readonly Dictionary<int, SpoolOperator> _spools = [];

    /// <summary>The scans, in the order in which they must run: a join's right input before its left one.</summary>
    public IReadOnlyList<PlannedScan> Scans => _scans;

    /// <summary>Makes the operators of a plan that feed <paramref name="output"/>.</summary>
    public void Build(LogicalPlan plan, IOperatorInput output)
    {
        _readers ??= new ColumnReaders(plan);
        if (TryBuildStage(plan, output)) { return; }

        LogicalPlan? reader = _reader;
        _reader = plan;
        BuildNode(plan, profile is null ? output : profile.Watch(plan, reader, output));
        _reader = reader;
    }

    private void BuildNode(LogicalPlan plan, IOperatorInput output)
    {
        switch (plan)
        {
            case LogicalScan scan: AddScan(scan, output); break;
            case LogicalSingleRow: _scans.Add(new PlannedScan(null, output)); break;
            case LogicalEmpty: _scans.Add(new PlannedScan(null, new NoRowsOperator(output))); break;
            case LogicalUnnest unnest: Build(unnest.Input, new UnnestOperator(unnest, log, output)); break;
            case LogicalFilter filter: Build(filter.Input, new FilterOperator(filter, log, output)); break;
            case LogicalProject project:
                Build(project.Input, new ProjectOperator(project, log, output));
                break;
            case LogicalRetention retention:
                var recent = new LogicalFilter(retention.Input, retention.Condition, retention.Kind);
                Build(retention.Input, new FilterOperator(recent, log, output));
                break;
            case LogicalAggregate aggregate:
                Build(aggregate.Input, new AggregateOperator(aggregate, log, Memory(plan), output));
                break;
            case LogicalDistinct distinct:
                Build(distinct.Input, new DistinctOperator(distinct.Schema, Memory(plan), output));
                break;
            case LogicalSort sort: Build(sort.Input, new SortOperator(sort, log, Memory(plan), output)); break;
            case LogicalLimit { Groups.Count: > 0 } limit:
                Build(limit.Input, new GroupLimitOperator(limit, log, Memory(plan), output));
                break;
            case LogicalLimit limit: Build(limit.Input, new LimitOperator(limit, output)); break;
            case LogicalValues values: _scans.Add(new PlannedScan(null, new ValuesOperator(values, log, output))); break;
            case LogicalSetOperation operation: BuildSetOperation(operation, output); break;
            case LogicalWindow window:
                Build(window.Input, Windows(window, output));
                break;
            case LogicalTimeWindow { Window: TimeWindowKind.Session } window:
                Build(window.Input, new SessionOperator(window, log, Memory(plan), output));
                break;
            case LogicalTimeWindow window: Build(window.Input, new TimeWindowOperator(window, log, output)); break;
            case LogicalUnionAll union: BuildUnion(union, output); break;
            case LogicalJoin join: BuildJoin(join, output); break;
            case LogicalSharing sharing: BuildSharing(sharing, output); break;
            case LogicalSharedRead read: _scans.Add(new PlannedScan(null, _spools[read.Number].AddReader(output))); break;
            default: throw new UnreachableException($"No operator for {plan.GetType().Name}.");
        }
    }

    private IOperatorInput Windows(LogicalWindow plan, IOperatorInput output)
    {
        MemoryMeter memory = Memory(plan);
        return plan.RowLimit is null
            ? new WindowOperator(plan, log, memory, output)
            : new PartitionTopOperator(plan, log, memory, output);
    }

    private void BuildUnion(LogicalUnionAll union, IOperatorInput output)
    {
        var inputs = new UnionAllOperator(union.Inputs.Count, output);
        foreach (LogicalPlan input in union.Inputs) { Build(input, inputs); }
    }

    private void BuildSharing(LogicalSharing sharing, IOperatorInput output)
    {
        foreach (LogicalShared shared in sharing.Shared)
        {
            var spool = new SpoolOperator(shared.Schema, Memory(shared));
            _spools.Add(shared.Number, spool);
            Build(shared.Input, spool);
        }

        Build(sharing.Body, output);
    }

    private void BuildSetOperation(LogicalSetOperation plan, IOperatorInput output)
    {
        var operation = new SetOperationOperator(plan, Memory(plan), output);
        Build(plan.Right, operation.Build);
        Build(plan.Left, operation.Probe);
    }

    private void BuildJoin(LogicalJoin plan, IOperatorInput output)
    {
        (IOperatorInput build, IOperatorInput probe) = JoinInputs(plan, output);
        if (plan.Lookup is { Side: JoinSide.Right })
        {
            BuildLookedUp(plan, build, probe);
            return;
        }

        LookupKeys? keys = KeysOf(plan);
        Build(plan.Right, keys?.Watch(build) ?? build);
        _keys = keys;
        Build(plan.Left, probe);
    }

    private (IOperatorInput Build, IOperatorInput Probe) JoinInputs(LogicalJoin plan, IOperatorInput output)
    {
        switch (plan.Join)
        {
            case JoinKind.Semi or JoinKind.Anti or JoinKind.Mark:
                var match = new MatchJoinOperator(plan, log, Memory(plan), output);
                return (match.Build, match.Probe);
            case JoinKind.Single:
                var single = new SingleJoinOperator(plan, log, Memory(plan), output);
                return (single.Build, single.Probe);
            default:
                var join = new JoinOperator(plan, ColumnsOf(plan), log, Memory(plan), output);
                return (join.Build, join.Probe);
        }
    }

    private JoinColumns ColumnsOf(LogicalJoin join) => new(join, _readers!.Of(join));

    /// <summary>Counts what the state of an operator holds.</summary>
    private MemoryMeter Memory(LogicalPlan plan)
    {
        if (profile is null) { return execution.For(() => ExplainText.Describe(plan)); }

        return profile[plan].Memory ??= execution.For(() => ExplainText.Describe(plan));
    }
}
