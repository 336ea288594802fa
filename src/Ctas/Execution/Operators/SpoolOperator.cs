using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Keeps the rows of a plan that is read several times, until the last reader has read them.</summary>
internal sealed class SpoolOperator(Schema schema, MemoryMeter memory) : IOperatorInput
{
    private readonly SpooledRows _rows = new(schema, memory);
    private int _readers;

    public bool IsSatisfied => false;

    public bool KeepsColumns => _rows.KeepsColumns;

    public void Push(ChangeBatch changes) => _rows.Consume(changes);

    public void Complete()
    {
    }

    /// <summary>A reader that gives the rows to <paramref name="output"/> when its turn comes.</summary>
    public IOperatorInput AddReader(IOperatorInput output)
    {
        _readers++;
        return new Reader(this, output);
    }

    private void Read(IOperatorInput output)
    {
        foreach (Batch rows in _rows.View())
        {
            if (output.IsSatisfied) { break; }

            output.Push(new ChangeBatch(rows));
        }

        if (--_readers == 0) { _rows.Clear(); }
    }

    private sealed class Reader(SpoolOperator spool, IOperatorInput output) : IOperatorInput
    {
        public bool IsSatisfied => false;

        // The one row that is pushed says that it is this reader's turn.
        public void Push(ChangeBatch changes) => spool.Read(output);

        public void Complete() => output.Complete();
    }
}
