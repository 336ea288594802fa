using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Takes changes of one input. Single-threaded.</summary>
internal interface IOperatorInput
{
    /// <summary>True when no further change can matter, so that reading can stop.</summary>
    bool IsSatisfied { get; }

    /// <summary>Takes the next changes.</summary>
    void Push(ChangeBatch changes);

    /// <summary>Says that the input has ended; called once.</summary>
    void Complete();
}

/// <summary>An operator with one input and one output that keeps no rows.</summary>
internal abstract class StreamingOperator(IOperatorInput output) : IOperatorInput
{
    /// <summary>Where the result goes.</summary>
    protected IOperatorInput Output { get; } = output;

    public virtual bool IsSatisfied => Output.IsSatisfied;

    public abstract void Push(ChangeBatch changes);

    public virtual void Complete() => Output.Complete();
}

/// <summary>What operators that keep state require of changes.</summary>
internal static class InsertOnly
{
    /// <summary>Throws when a change has a weight: retractions reach no such operator yet.</summary>
    public static void Require(ChangeBatch changes)
    {
        if (!changes.IsInsertOnly)
        {
            throw new System.Diagnostics.UnreachableException(
                "An operator of a snapshot load was given weighted changes.");
        }
    }
}
