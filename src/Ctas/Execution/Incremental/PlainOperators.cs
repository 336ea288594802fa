using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>Runs the plain operators of a node over rows that are all there.</summary>
internal static class PlainOperators
{
    /// <summary>A scan that stands for an input of the node.</summary>
    /// <param name="input">The input.</param>
    /// <param name="name">Tells it from the others.</param>
    public static LogicalScan InPlaceOf(LogicalPlan input, string name) =>
        new(name, IsSource: false, OrdinalList.Empty, input.Schema, ChangeKind.Retract);

    /// <summary>Computes a plan.</summary>
    /// <param name="plan">Operators over scans from <see cref="InPlaceOf"/>.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="rowsOf">The rows of a scan.</param>
    /// <param name="take">Takes the result.</param>
    public static void Run(
        LogicalPlan plan, RowErrorLog log, Func<LogicalScan, IEnumerable<ChangeBatch>> rowsOf, Action<ChangeBatch> take)
    {
        var builder = new OperatorBuilder(log, new MemoryMeter(MemoryLimit.None));
        builder.Build(plan, new Taker(take));
        foreach (PlannedScan scan in builder.Scans)
        {
            foreach (ChangeBatch rows in rowsOf(scan.Scan!)) { scan.Input.Push(rows); }

            scan.Input.Complete();
        }
    }

    private sealed class Taker(Action<ChangeBatch> take) : IOperatorInput
    {
        public bool IsSatisfied => false;

        public void Push(ChangeBatch changes) => take(changes);

        public void Complete()
        {
        }
    }
}
