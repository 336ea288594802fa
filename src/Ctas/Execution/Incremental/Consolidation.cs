using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Adds the weights of equal rows, and drops those that add up to 0. Reused; single-threaded.</summary>
/// <remarks>Rows are equal when every bit of them is, so that what is retracted is what was inserted.</remarks>
/// <param name="types">Types of the columns.</param>
internal sealed class Consolidation(IReadOnlyList<DataType> types)
{
    // Strings of rows long gone are given up when there are many.
    private const long MaxKeptBytes = 16L << 20;

    private readonly RowWeights _rows = new(types, isExact: true);
    private readonly List<ChangeBatch> _insertions = [];

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _rows.SizeInBytes;

    /// <summary>Adds changes.</summary>
    public void Add(ChangeBatch changes)
    {
        if (changes.Count == 0) { return; }

        // While nothing is retracted nothing can cancel out, as in the first, large tick.
        if (changes.IsInsertOnly && _rows.Touched.Count == 0) { _insertions.Add(changes); }
        else { AddWeighted(changes); }
    }

    /// <summary>Adds changes with their signs turned.</summary>
    public void Subtract(ChangeBatch changes)
    {
        ChangeBatch dense = changes.Densify();
        var weights = new int[dense.Count];
        for (int row = 0; row < weights.Length; row++) { weights[row] = dense.Weights is null ? -1 : -dense.Weights[row]; }

        if (weights.Length > 0) { AddWeighted(dense with { Weights = weights }); }
    }

    /// <summary>The changes that are left, retractions first; a weight counts equal rows. Then there are none.</summary>
    public IEnumerable<ChangeBatch> Take()
    {
        if (_rows.Touched.Count == 0)
        {
            ChangeBatch[] insertions = [.. _insertions];
            _insertions.Clear();
            return insertions;
        }

        var places = new List<int>();
        var weights = new List<int>();
        Collect(places, weights, isInsertion: false);
        Collect(places, weights, isInsertion: true);
        var rows = new Batch(_rows.Rows.Columns([.. places]), places.Count);
        Forget();
        return rows.RowCount == 0 ? [] : [new ChangeBatch(rows, Selection: null, WeightsOf(weights))];
    }

    /// <summary>Drops what was added.</summary>
    public void Forget()
    {
        _insertions.Clear();
        _rows.Reset(MaxKeptBytes);
    }

    private void AddWeighted(ChangeBatch changes)
    {
        foreach (ChangeBatch earlier in _insertions) { _rows.Add(earlier); }

        _insertions.Clear();
        _rows.Add(changes);
    }

    private void Collect(List<int> places, List<int> weights, bool isInsertion)
    {
        foreach (int place in _rows.Touched)
        {
            int weight = _rows.Now(place);
            if (weight == 0 || weight > 0 != isInsertion) { continue; }

            places.Add(place);
            weights.Add(weight);
        }
    }

    private static int[]? WeightsOf(List<int> weights) => weights.TrueForAll(weight => weight == 1) ? null : [.. weights];
}
