using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Hands the result of a plan to its consumer.</summary>
internal sealed class ConsumerOperator(IChangeConsumer consumer) : IOperatorInput
{
    /// <summary>Changes handed over.</summary>
    public long RowsEmitted { get; private set; }

    public bool IsSatisfied => false;

    public bool KeepsColumns => consumer.KeepsColumns;

    public void Push(ChangeBatch changes)
    {
        if (changes.Count == 0) { return; }

        RowsEmitted += changes.Count;
        consumer.Consume(changes);
    }

    public void Complete()
    {
    }
}
