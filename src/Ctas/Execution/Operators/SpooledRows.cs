using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Operators;

/// <summary>Rows of a plan, kept to be read several times. Filled by one thread; once it is full, safe for many readers.</summary>
internal sealed class SpooledRows(Schema schema, MemoryMeter memory) : IChangeConsumer
{
    private const int PortionRows = 65_536;

    private readonly DataType[] _types = [.. schema.Fields.Select(field => field.Type)];
    private readonly List<RowBuffer> _portions = [];

    /// <summary>Bytes held, which are charged as they grow.</summary>
    public long SizeInBytes { get; private set; }

    public bool KeepsColumns => false;

    /// <summary>Appends rows.</summary>
    public void Consume(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        if (_portions.Count == 0 || _portions[^1].Count >= PortionRows) { _portions.Add(new RowBuffer(_types)); }

        _portions[^1].Append(changes.Densify().Rows);
        Charge(_portions.Sum(portion => portion.SizeInBytes));
    }

    /// <summary>The rows in the order in which they came; nothing is copied.</summary>
    public IEnumerable<Batch> View() => _portions.Select(portion => portion.View());

    /// <summary>Lets go of the rows.</summary>
    public void Clear()
    {
        _portions.Clear();
        Charge(0);
    }

    private void Charge(long bytes)
    {
        memory.Charge(bytes - SizeInBytes);
        SizeInBytes = bytes;
    }
}
