using Ctas.Data;
using Ctas.Execution.Operators;

namespace Ctas.Execution.Incremental;

/// <summary>All changes of all inputs; a tick ends with that of the last input. Keeps nothing.</summary>
internal sealed class MaintainedUnion(int inputCount, IOperatorInput output) : IOperatorInput, ITickState
{
    private int _completed;

    public bool IsSatisfied => false;

    /// <inheritdoc/>
    public long SizeInBytes => 0;

    public void Push(ChangeBatch changes) => output.Push(changes);

    public void Complete()
    {
        if (++_completed == inputCount) { output.Complete(); }
    }

    /// <inheritdoc/>
    public void Commit() => _completed = 0;

    /// <inheritdoc/>
    public void Rollback() => _completed = 0;

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
    }

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
    }
}
