using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>All changes of all inputs, in the order in which they come; ends with the last input.</summary>
internal sealed class UnionAllOperator(int inputCount, IOperatorInput output) : IOperatorInput
{
    private int _open = inputCount;

    public bool IsSatisfied => output.IsSatisfied;

    public bool KeepsColumns => output.KeepsColumns;

    public void Push(ChangeBatch changes) => output.Push(changes);

    public void Complete()
    {
        if (--_open == 0) { output.Complete(); }
    }
}
