using Ctas.Data;
using Ctas.Execution.Operators;

namespace Ctas.Execution.Analysis;

/// <summary>Stands between two operators and notes what goes through. Single-threaded.</summary>
internal sealed class WatchedInput(
    PlanProfile profile, NodeProfile giver, NodeProfile reader, IOperatorInput input) : IOperatorInput
{
    public bool IsSatisfied => input.IsSatisfied;

    public bool KeepsColumns => input.KeepsColumns;

    public void Push(ChangeBatch changes)
    {
        giver.Rows += changes.Count;
        giver.Batches++;
        NodeProfile? before = profile.Switch(reader);
        try { input.Push(changes); }
        finally { profile.Switch(before); }
    }

    public void Complete()
    {
        giver.Loops++;
        NodeProfile? before = profile.Switch(reader);
        try { input.Complete(); }
        finally { profile.Switch(before); }
    }
}
