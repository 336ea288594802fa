using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Takes changes of one input. Single-threaded.</summary>
/// <remarks>
/// <b>Whose memory columns are.</b> What is pushed is lent until <see cref="Push"/> returns, to an input that says that it keeps
/// no columns: <see cref="KeepsColumns"/>. Then it is again that of who pushed it, who gives it back to the pool if he rented it:
/// an operator what it has gathered (<see cref="Column.GiveBack"/>), a scan what was decoded (<see cref="Column.GiveBackDecoded"/>).
/// What says which rows of a batch count (<see cref="ChangeBatch.Selection"/>) and which values are NULL
/// (<see cref="Column.Validity"/>) is lent in the same way: a selection is given back by whoever made it, a validity with its column.
/// To an input that keeps columns goes no rented memory, and of columns that are decoded on demand it alone may give back, once it
/// has copied them, what was decoded. Whoever passes columns on, or what shares their memory, says what its output says.
/// String pools are no memory of columns, and live as long as somebody refers to them.
/// </remarks>
internal interface IOperatorInput
{
    /// <summary>True when no further change can matter, so that reading can stop.</summary>
    bool IsSatisfied { get; }

    /// <summary>
    /// True when columns that were pushed, or what shares their memory, may be read later; false when what matters of them has been
    /// copied once <see cref="Push"/> returns. Never changes.
    /// </summary>
    bool KeepsColumns => true;

    /// <summary>
    /// True when each row changes a place in a large state, which costs more when several cores take turns. Never changes.
    /// </summary>
    bool IsQuickerOnOneThread => false;

    /// <summary>Takes the next changes.</summary>
    void Push(ChangeBatch changes);

    /// <summary>Says that the input has ended; called once.</summary>
    void Complete();
}

/// <summary>An operator with one input and one output that keeps no rows; it passes columns on.</summary>
internal abstract class StreamingOperator(IOperatorInput output) : IOperatorInput
{
    /// <summary>Where the result goes.</summary>
    protected IOperatorInput Output { get; } = output;

    public virtual bool IsSatisfied => Output.IsSatisfied;

    public virtual bool KeepsColumns => Output.KeepsColumns;

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
