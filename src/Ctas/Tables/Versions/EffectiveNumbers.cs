using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>Collects what a batch of changes really did to numbered rows. Single-threaded.</summary>
internal sealed class EffectiveNumbers
{
    private readonly List<int> _retracted = [];

    // Ascending; −1 − number of a row that did not survive the batch.
    private readonly List<int> _inserted = [];

    /// <summary>Forgets everything.</summary>
    public void Begin()
    {
        _retracted.Clear();
        _inserted.Clear();
    }

    /// <summary>One change: the row <paramref name="before"/> became <paramref name="after"/>; −1 is no row.</summary>
    public void Add(int before, int after)
    {
        if (before >= 0)
        {
            int place = _inserted.Count > 0 && before >= Number(0) ? Find(before) : -1;
            if (place >= 0) { _inserted[place] = ~before; }
            else { _retracted.Add(before); }
        }

        if (after >= 0) { _inserted.Add(after); }
    }

    /// <summary>The changes, retractions first; null when there are none.</summary>
    public ChangeBatch? ToChanges(Schema schema, RowStore store)
    {
        int retracted = _retracted.Count;
        int[] numbers = [.. _retracted, .. _inserted.Where(number => number >= 0)];
        if (numbers.Length == 0) { return null; }

        Batch rows = GatheredRows.Gather(schema, store, numbers);
        if (retracted == 0) { return new ChangeBatch(rows); }

        int[] weights = new int[numbers.Length];
        weights.AsSpan(0, retracted).Fill(-1);
        weights.AsSpan(retracted).Fill(1);
        return new ChangeBatch(rows, Selection: null, weights);
    }

    private int Number(int place) => _inserted[place] < 0 ? ~_inserted[place] : _inserted[place];

    private int Find(int number)
    {
        int low = 0;
        int high = _inserted.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int found = Number(middle);
            if (found == number) { return middle; }

            if (found < number) { low = middle + 1; }
            else { high = middle - 1; }
        }

        return -1;
    }
}
