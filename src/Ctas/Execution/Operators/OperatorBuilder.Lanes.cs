using System.Diagnostics;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <content>Stretches of a plan that several threads run side by side.</content>
internal sealed partial class OperatorBuilder
{
    /// <summary>How to spread work over threads; null: one thread does everything.</summary>
    public LaneSettings? Lanes { get; init; }

    private bool TryBuildStage(LogicalPlan plan, IOperatorInput output)
    {
        // What a LIMIT reads first is all it reads: lanes would compute the rest in vain.
        bool isStage = Lanes is not null && output is not LimitOperator && plan switch
        {
            LogicalAggregate aggregate => IsChain(aggregate.Input) && aggregate.Aggregates.All(CanMerge),
            LogicalFilter or LogicalProject or LogicalJoin => IsChain(plan),
            _ => false,
        };
        if (isStage) { BuildStage(plan, output); }

        return isStage;
    }

    private void BuildStage(LogicalPlan plan, IOperatorInput output)
    {
        var aggregate = plan as LogicalAggregate;
        LogicalPlan chain = aggregate?.Input ?? plan;
        var joins = new Dictionary<LogicalPlan, JoinOperator>(ReferenceEqualityComparer.Instance);
        LogicalPlan node = chain;
        LookupKeys? keys = null;
        while (node is not LogicalScan)
        {
            // Build sides are read first, as without lanes.
            if (node is LogicalJoin join)
            {
                var made = new JoinOperator(join, ColumnsOf(join), log, Memory(join), output);
                joins.Add(join, made);
                keys = KeysOf(join);
                Build(join.Right, keys?.Watch(made.Build) ?? made.Build);
            }

            node = node.Children[0];
        }

        _keys ??= keys;
        AddScan((LogicalScan)node, aggregate is null ? Rows(chain, joins, output) : Groups(aggregate, joins, output));
    }

    private RowStage Rows(LogicalPlan chain, Dictionary<LogicalPlan, JoinOperator> joins, IOperatorInput output) =>
        new((laneLog, exit) => LaneOf(chain, joins, laneLog, exit), Lanes!, [.. joins.Values], output);

    private AggregateStage Groups(LogicalAggregate plan, Dictionary<LogicalPlan, JoinOperator> joins, IOperatorInput output)
    {
        MemoryMeter memory = Memory(plan);
        (IOperatorInput Input, ILaneEnd End) MakeLane(RowErrorLog laneLog)
        {
            var groups = new AggregateOperator(plan, laneLog, memory, output, Lanes!.MaxLanes);
            return (LaneOf(plan.Input, joins, laneLog, groups), groups);
        }

        return new AggregateStage(MakeLane, Lanes!, [.. joins.Values], output);
    }

    // Without a merge of its own, an aggregate of the host takes all rows one after another.
    private static bool CanMerge(AggregateCall call) => call.Host is null or { CanMerge: true };

    private static bool IsChain(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => !scan.IsSource,
        LogicalFilter filter => IsChain(filter.Input),
        LogicalProject project => IsChain(project.Input),
        LogicalJoin { Lookup.Side: JoinSide.Right } => false,
        LogicalJoin { Join: JoinKind.Inner or JoinKind.Left or JoinKind.Cross } join => IsChain(join.Left),
        _ => false,
    };

    private static IOperatorInput LaneOf(
        LogicalPlan plan, Dictionary<LogicalPlan, JoinOperator> joins, RowErrorLog log, IOperatorInput output) =>
        plan switch
        {
            LogicalScan => output,
            LogicalFilter filter => LaneOf(filter.Input, joins, log, new FilterOperator(filter, log, output)),
            LogicalProject project => LaneOf(project.Input, joins, log, new ProjectOperator(project, log, output)),
            LogicalJoin join => LaneOf(join.Left, joins, log, joins[join].ProbeOfLane(log, output)),
            _ => throw new UnreachableException($"No lane for {plan.GetType().Name}."),
        };
}
