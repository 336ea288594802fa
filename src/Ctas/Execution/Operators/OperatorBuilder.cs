using System.Diagnostics;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>A scan, and the operator it feeds.</summary>
/// <param name="Scan">What to read; null for the one row without columns.</param>
/// <param name="Input">Where it goes.</param>
internal sealed record PlannedScan(LogicalScan? Scan, IOperatorInput Input);

/// <summary>Makes the operators of a plan, from the output down to the scans.</summary>
internal sealed class OperatorBuilder(RowErrorLog log, MemoryMeter memory)
{
    private readonly List<PlannedScan> _scans = [];

    /// <summary>The scans, in the order in which they must run: a join's right input before its left one.</summary>
    public IReadOnlyList<PlannedScan> Scans => _scans;

    /// <summary>Makes the operators of a plan that feed <paramref name="output"/>.</summary>
    public void Build(LogicalPlan plan, IOperatorInput output)
    {
        switch (plan)
        {
            case LogicalScan scan: _scans.Add(new PlannedScan(scan, output)); break;
            case LogicalSingleRow: _scans.Add(new PlannedScan(null, output)); break;
            case LogicalEmpty: _scans.Add(new PlannedScan(null, new NoRowsOperator(output))); break;
            case LogicalFilter filter: Build(filter.Input, new FilterOperator(filter, log, output)); break;
            case LogicalProject project:
                Build(project.Input, new ProjectOperator(project, log, output));
                break;
            case LogicalAggregate aggregate:
                Build(aggregate.Input, new AggregateOperator(aggregate, log, memory, output));
                break;
            case LogicalDistinct distinct:
                Build(distinct.Input, new DistinctOperator(distinct.Schema, memory, output));
                break;
            case LogicalSort sort: Build(sort.Input, new SortOperator(sort, log, memory, output)); break;
            case LogicalLimit limit: Build(limit.Input, new LimitOperator(limit.Offset, limit.Count, output)); break;
            case LogicalUnionAll union: BuildUnion(union, output); break;
            case LogicalJoin join: BuildJoin(join, output); break;
            default: throw new UnreachableException($"No operator for {plan.GetType().Name}.");
        }
    }

    private void BuildUnion(LogicalUnionAll union, IOperatorInput output)
    {
        var inputs = new UnionAllOperator(union.Inputs.Count, output);
        foreach (LogicalPlan input in union.Inputs) { Build(input, inputs); }
    }

    private void BuildJoin(LogicalJoin plan, IOperatorInput output)
    {
        var join = new JoinOperator(plan, log, memory, output);
        Build(plan.Right, join.Build);
        Build(plan.Left, join.Probe);
    }
}
