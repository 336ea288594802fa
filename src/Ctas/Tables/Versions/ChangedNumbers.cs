using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>Collects what changes really did to numbered rows: one pair for each row that was there or is. Single-threaded.</summary>
internal sealed class ChangedNumbers
{
    private readonly List<(int Old, int New)> _pairs = [];

    // Rows that came since the beginning, ascending, each with its pair.
    private readonly List<(int Number, int Pair)> _born = [];

    /// <summary>Forgets everything.</summary>
    public void Begin()
    {
        _pairs.Clear();
        _born.Clear();
    }

    /// <summary>One change: the row <paramref name="before"/> became <paramref name="after"/>; −1 is no row.</summary>
    public void Add(int before, int after)
    {
        int pair = before < 0 || _born.Count == 0 || before < _born[0].Number ? -1 : Find(before);
        if (pair >= 0) { _pairs[pair] = (_pairs[pair].Old, after); }
        else
        {
            pair = _pairs.Count;
            _pairs.Add((before, after));
        }

        if (after >= 0) { _born.Add((after, pair)); }
    }

    /// <summary>The pairs; rows that came and went are not among them.</summary>
    public List<(int Old, int New)> ToPairs() => _pairs.FindAll(pair => pair is not ( < 0, < 0));

    /// <summary>The changes, retractions first; null when there are none.</summary>
    public ChangeBatch? ToChanges(Schema schema, RowStore store)
    {
        List<(int Old, int New)> pairs = ToPairs();
        int[] retracted = [.. pairs.Where(pair => pair.Old >= 0).Select(pair => pair.Old)];
        int[] numbers = [.. retracted, .. pairs.Where(pair => pair.New >= 0).Select(pair => pair.New)];
        if (numbers.Length == 0) { return null; }

        Batch rows = GatheredRows.Gather(schema, store, numbers);
        if (retracted.Length == 0) { return new ChangeBatch(rows); }

        int[] weights = new int[numbers.Length];
        weights.AsSpan(0, retracted.Length).Fill(-1);
        weights.AsSpan(retracted.Length).Fill(1);
        return new ChangeBatch(rows, Selection: null, weights);
    }

    private int Find(int number)
    {
        int low = 0;
        int high = _born.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (_born[middle].Number == number) { return _born[middle].Pair; }

            if (_born[middle].Number < number) { low = middle + 1; }
            else { high = middle - 1; }
        }

        return -1;
    }
}
