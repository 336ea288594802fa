using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Adds the weights of equal rows, and drops those that add up to 0. Reused; single-threaded.</summary>
/// <remarks>
/// Rows are equal when every bit of them is, so that what is retracted is what was inserted. Strings are told apart by
/// their codes where all of a column lie in one pool. Cost O(changes), whatever their pools hold.
/// </remarks>
/// <param name="types">Types of the columns.</param>
internal sealed class Consolidation(IReadOnlyList<DataType> types)
{
    private const long MaxKeptBytes = 16L << 20;

    private readonly RowWeights _rows = new([.. types.Select(type => type.IsByteString ? DataType.Int : type)], isExact: true);
    private readonly List<ChangeBatch> _changes = [];
    private bool _hasRetractions;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _rows.SizeInBytes;

    /// <summary>Adds changes.</summary>
    public void Add(ChangeBatch changes)
    {
        if (changes.Count == 0) { return; }

        _changes.Add(changes);
        _hasRetractions |= !changes.IsInsertOnly;
    }

    /// <summary>Adds changes with their signs turned.</summary>
    public void Subtract(ChangeBatch changes)
    {
        ChangeBatch dense = changes.Densify();
        var weights = new int[dense.Count];
        for (int row = 0; row < weights.Length; row++) { weights[row] = dense.Weights is null ? -1 : -dense.Weights[row]; }

        Add(dense with { Weights = weights });
    }

    /// <summary>The changes that are left, retractions first; a weight counts equal rows. Then there are none.</summary>
    public IReadOnlyList<ChangeBatch> Take()
    {
        ChangeBatch[] changes = [.. _changes];
        _changes.Clear();

        // While nothing is retracted nothing can cancel out, as in the first, large tick.
        if (!_hasRetractions) { return changes; }

        ChangeBatch left = Weigh(changes);
        Forget();
        return left.Count == 0 ? [] : [left];
    }

    /// <summary>Drops what was added.</summary>
    public void Forget()
    {
        _changes.Clear();
        _hasRetractions = false;
        _rows.Reset(MaxKeptBytes);
    }

    private ChangeBatch Weigh(ChangeBatch[] changes)
    {
        for (int batch = 0; batch < changes.Length; batch++) { changes[batch] = changes[batch].Densify(); }

        StringPool?[] pools = [.. types.Select((type, ordinal) => type.IsByteString ? OnePool(changes, ordinal) : null)];
        foreach (ChangeBatch batch in changes) { _rows.Add(batch with { Rows = Coded(batch.Rows, pools) }); }

        var places = new List<int>();
        var weights = new List<int>();
        Collect(places, weights, isInsertion: false);
        Collect(places, weights, isInsertion: true);
        Column[] columns = _rows.Rows.Columns(CollectionsMarshal.AsSpan(places));
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            if (pools[ordinal] is { } pool) { columns[ordinal] = Strings((FixedColumn<int>)columns[ordinal], types[ordinal], pool); }
        }

        return new ChangeBatch(new Batch(columns, places.Count), Selection: null, WeightsOf(weights));
    }

    /// <summary>The pool of a column where all batches share it and equal strings have one code there, else an empty one.</summary>
    private static StringPool OnePool(ChangeBatch[] changes, int ordinal)
    {
        StringPool pool = ((StringColumn)changes[0].Rows[ordinal]).Pool;
        bool isOne = pool.IsInterned && Array.TrueForAll(
            changes, batch => ReferenceEquals(((StringColumn)batch.Rows[ordinal]).Pool, pool));
        return isOne ? pool : new StringPool(isInterned: true);
    }

    /// <summary>The same rows with codes in the place of strings.</summary>
    private static Batch Coded(Batch rows, StringPool?[] pools)
    {
        Column[] columns = [.. rows.Columns];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            if (pools[ordinal] is { } pool) { columns[ordinal] = Codes((StringColumn)columns[ordinal], pool); }
        }

        return new Batch(columns, rows.RowCount);
    }

    private static FixedColumn<int> Codes(StringColumn strings, StringPool pool)
    {
        int[] codes = strings.Codes.ToArray();
        for (int row = 0; row < codes.Length && !ReferenceEquals(strings.Pool, pool); row++)
        {
            if (codes[row] >= 0) { codes[row] = pool.Add(strings.Pool.GetBytes(codes[row])); }
        }

        return new FixedColumn<int>(DataType.Int, codes, codes.Length);
    }

    private static StringColumn Strings(FixedColumn<int> codes, DataType type, StringPool pool)
    {
        var builder = new StringColumnBuilder(type, pool);
        foreach (int code in codes.Values)
        {
            if (code < 0) { builder.AppendNull(); }
            else { builder.AppendCode(code); }
        }

        return (StringColumn)builder.Finish();
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
