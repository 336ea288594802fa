using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Operators;

/// <summary>Keeps the rows of a plan that is read several times, until the last reader has read them.</summary>
internal sealed class SpoolOperator(Schema schema, MemoryMeter memory) : IOperatorInput
{
    private const int PortionRows = 65_536;

    private readonly DataType[] _types = [.. schema.Fields.Select(field => field.Type)];
    private readonly List<RowBuffer> _portions = [];
    private int _readers;
    private long _charged;

    public bool IsSatisfied => false;

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        if (_portions.Count == 0 || _portions[^1].Count >= PortionRows) { _portions.Add(new RowBuffer(_types)); }

        _portions[^1].Append(changes.Densify().Rows);
        long bytes = _portions.Sum(portion => portion.SizeInBytes);
        memory.Charge(bytes - _charged);
        _charged = bytes;
    }

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
        foreach (RowBuffer portion in _portions)
        {
            if (output.IsSatisfied) { break; }

            output.Push(new ChangeBatch(portion.View()));
        }

        if (--_readers > 0) { return; }

        _portions.Clear();
        memory.Charge(-_charged);
        _charged = 0;
    }

    private sealed class Reader(SpoolOperator spool, IOperatorInput output) : IOperatorInput
    {
        public bool IsSatisfied => false;

        // The one row that is pushed says that it is this reader's turn.
        public void Push(ChangeBatch changes) => spool.Read(output);

        public void Complete() => output.Complete();
    }
}
