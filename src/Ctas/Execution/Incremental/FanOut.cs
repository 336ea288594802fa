using Ctas.Data;
using Ctas.Execution.Operators;

namespace Ctas.Execution.Incremental;

/// <summary>Gives the changes of a plan that is read several times to every reader. Keeps nothing.</summary>
internal sealed class FanOut : IOperatorInput
{
    private readonly List<IOperatorInput> _readers = [];

    public bool IsSatisfied => false;

    /// <summary>Adds a reader; before the first change.</summary>
    public void Add(IOperatorInput reader) => _readers.Add(reader);

    public void Push(ChangeBatch changes)
    {
        foreach (IOperatorInput reader in _readers) { reader.Push(changes); }
    }

    public void Complete()
    {
        foreach (IOperatorInput reader in _readers) { reader.Complete(); }
    }
}
