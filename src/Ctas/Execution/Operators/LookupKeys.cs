using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>
/// Notes the keys of the side of a join that is read first, so that rows of the other can be looked up. Single-threaded.
/// </summary>
/// <param name="lookup">What is looked up.</param>
/// <param name="keys">The keys of the side that is read first.</param>
/// <param name="input">Columns of that side.</param>
/// <param name="log">Where rows that fail are noted; none does.</param>
internal sealed class LookupKeys(
    JoinLookup lookup, IReadOnlyList<ScalarExpression> keys, Schema input, RowErrorLog log)
{
    private readonly Evaluator _keys = new(lookup.Keys.Select(key => keys[key]), input, log, reusesResults: true);

    // Null once there are too many, and once they were taken.
    private RowBuffer? _rows = new([.. lookup.Keys.Select(key => keys[key].Type)]);
    private long _count;

    /// <summary>Notes the keys of all that goes on to an input.</summary>
    public IOperatorInput Watch(IOperatorInput input) => new NotingInput(this, input);

    /// <summary>The keys; null when there are too many for looking up.</summary>
    public ScanKeys? Take()
    {
        ScanKeys? taken = _rows is null ? null : new ScanKeys(lookup, [_rows.View()]);
        _rows = null;
        return taken;
    }

    private void Add(ChangeBatch changes)
    {
        _count += changes.Count;
        if (_count > lookup.MaxKeys) { _rows = null; }

        _rows?.Append(_keys.Evaluate(changes).Columns);
    }

    private sealed class NotingInput(LookupKeys keys, IOperatorInput input) : IOperatorInput
    {
        public bool IsSatisfied => input.IsSatisfied;

        public bool KeepsColumns => input.KeepsColumns;

        public void Push(ChangeBatch changes)
        {
            keys.Add(changes);
            input.Push(changes);
        }

        public void Complete() => input.Complete();
    }
}
