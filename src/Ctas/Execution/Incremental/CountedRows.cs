using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>
/// Maintains DISTINCT, INTERSECT and EXCEPT: given changes to L and R, gives the changes of how often each row is in the
/// result, which follows from how often it is in L and in R.
/// </summary>
/// <remarks>Cost O(changes). Equality is that of GROUP BY. Different rows are kept once.</remarks>
internal sealed class CountedRows : ITickState
{
    private readonly LogicalPlan _plan;
    private readonly IOperatorInput _output;
    private readonly Func<int, int, int> _timesOf;
    private readonly PackedRows<Count> _rows;
    private readonly RowChanges _lost = new();
    private readonly RowChanges _gained = new();
    private readonly List<int> _touched = [];
    private readonly int _inputCount;
    private int _open;

    private CountedRows(LogicalPlan plan, int inputCount, Func<int, int, int> timesOf, IOperatorInput output)
    {
        (_plan, _inputCount, _open, _timesOf, _output) = (plan, inputCount, inputCount, timesOf, output);
        _rows = new PackedRows<Count>([.. plan.Schema.Fields.Select(field => field.Type)], isExact: false);
        (Left, Right) = (new Input(this, isLeft: true), new Input(this, isLeft: false));
    }

    /// <summary>Takes the changes of the left or only input.</summary>
    public IOperatorInput Left { get; }

    /// <summary>Takes the changes of the right input.</summary>
    public IOperatorInput Right { get; }

    /// <inheritdoc/>
    public long SizeInBytes => _rows.SizeInBytes;

    /// <summary>One of equal rows.</summary>
    public static CountedRows Distinct(LogicalDistinct plan, IOperatorInput output) =>
        new(plan, 1, (left, _) => Math.Sign(left), output);

    /// <summary>INTERSECT and EXCEPT, with ALL or without.</summary>
    public static CountedRows Of(LogicalSetOperation plan, IOperatorInput output) => new(plan, 2, TimesOf(plan), output);

    /// <inheritdoc/>
    public void Commit() => Settle(isKept: true);

    /// <inheritdoc/>
    public void Rollback() => Settle(isKept: false);

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        int[] places = _rows.Places();
        state.Add(
        [
            .. _rows.Columns(places),
            StateWriter.Of(Array.ConvertAll(places, place => _rows.State(place).Left)),
            StateWriter.Of(Array.ConvertAll(places, place => _rows.State(place).Right)),
        ]);
    }

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
        Batch saved = state.Next([.. _plan.Schema.Fields.Select(field => field.Type), DataType.Int, DataType.Int]);
        var rows = new Batch([.. saved.Columns[..^2]], saved.RowCount);
        Add(new ChangeBatch(rows, Selection: null, [.. StateReader.Integers(saved.Columns[^2])]), isLeft: true);
        Add(new ChangeBatch(rows, Selection: null, [.. StateReader.Integers(saved.Columns[^1])]), isLeft: false);
        Commit();
    }

    private static Func<int, int, int> TimesOf(LogicalSetOperation plan) => plan switch
    {
        { Operation: SetOperation.Intersect, IsAll: true } => Math.Min,
        { Operation: SetOperation.Intersect } => (left, right) => left > 0 && right > 0 ? 1 : 0,
        { IsAll: true } => (left, right) => Math.Max(left - right, 0),
        _ => (left, right) => left > 0 && right == 0 ? 1 : 0,
    };

    private void Settle(bool isKept)
    {
        foreach (int place in _touched)
        {
            ref Count count = ref _rows.State(place);
            count = isKept
                ? new Count { Left = count.Left, LeftBefore = count.Left, Right = count.Right, RightBefore = count.Right }
                : new Count
                {
                    Left = count.LeftBefore,
                    LeftBefore = count.LeftBefore,
                    Right = count.RightBefore,
                    RightBefore = count.RightBefore,
                };
            if (count.Left == 0 && count.Right == 0) { _rows.Remove(place); }
        }

        _touched.Clear();
        _rows.Trim();
        _lost.TakeWeights();
        _gained.TakeWeights();
        _open = _inputCount;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ChangeBatch changes, bool isLeft)
    {
        ChangeBatch dense = changes.Densify();
        int[] rented = ArrayPool<int>.Shared.Rent(Math.Max(1, dense.Count));
        Span<int> places = rented.AsSpan(0, dense.Count);
        _rows.FindOrAdd(dense.Rows.Columns, places);
        for (int row = 0; row < places.Length; row++)
        {
            ref Count count = ref _rows.State(places[row]);
            int weight = dense.Weights is null ? 1 : dense.Weights[row];
            if (isLeft) { count.Left += weight; }
            else { count.Right += weight; }

            if (count.IsTouched) { continue; }

            count.IsTouched = true;
            _touched.Add(places[row]);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    private void CompleteInput()
    {
        if (--_open > 0) { return; }

        foreach (int place in _touched)
        {
            Count count = _rows.State(place);
            if (count.Left < 0 || count.Right < 0) { throw NegativeWeight.Of(_rows, place, _plan, _plan.Schema); }

            int change = _timesOf(count.Left, count.Right) - _timesOf(count.LeftBefore, count.RightBefore);
            if (change < 0) { _lost.Add(place, change); }
            else if (change > 0) { _gained.Add(place, change); }
        }

        Give(_lost);
        Give(_gained);
        _output.Complete();
    }

    private void Give(RowChanges changes)
    {
        if (changes.Count == 0) { return; }

        var rows = new Batch(_rows.Columns(changes.Places), changes.Count);
        _output.Push(new ChangeBatch(rows, Selection: null, changes.TakeWeights()));
    }

    private sealed class Input(CountedRows owner, bool isLeft) : IOperatorInput
    {
        public bool IsSatisfied => false;

        public void Push(ChangeBatch changes) => owner.Add(changes, isLeft);

        public void Complete() => owner.CompleteInput();
    }

    private struct Count
    {
        public int Left;
        public int LeftBefore;
        public int Right;
        public int RightBefore;
        public bool IsTouched;
    }
}
