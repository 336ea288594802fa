using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Incremental;

/// <summary>
/// For every row of one side of a join, how many rows of the other side match it, before the tick and now.
/// Single-threaded.
/// </summary>
/// <remarks>Needed where a condition over pairs decides; where keys alone do, the rows of the key are the matches.</remarks>
internal sealed class MatchCounts
{
    private readonly List<int> _touched = [];
    private Count[] _counts = [];

    /// <summary>Rows whose counts the tick may have changed, each once.</summary>
    public List<int> Touched => _touched;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _counts.Length * 40L;

    /// <summary>What the matches make of a row now.</summary>
    public Match Now(int place) => place < _counts.Length ? Of(_counts[place].Yes, _counts[place].Unknown) : Match.No;

    /// <summary>What the matches made of a row before the tick.</summary>
    public Match Before(int place) =>
        place < _counts.Length ? Of(_counts[place].YesBefore, _counts[place].UnknownBefore) : Match.No;

    /// <summary>How many rows match a row now.</summary>
    public long CountNow(int place) => place < _counts.Length ? _counts[place].Yes : 0;

    /// <summary>Asks for the count of a row.</summary>
    public void Prefetch(int place)
    {
        if (place < _counts.Length) { CacheLines.Prefetch(ref _counts[place]); }
    }

    /// <summary>Adds matches of a row, or what is left open.</summary>
    public void Add(int place, Match match, long weight)
    {
        if (match == Match.No) { return; }

        if (place >= _counts.Length) { LargePages.Resize(ref _counts, Math.Max(place + 1, Math.Max(64, _counts.Length * 2))); }

        ref Count count = ref _counts[place];
        if (match == Match.Yes) { count.Yes += weight; }
        else { count.Unknown += weight; }

        if (count.IsTouched) { return; }

        count.IsTouched = true;
        _touched.Add(place);
    }

    /// <summary>Forgets a row that has gone.</summary>
    public void Clear(int place)
    {
        if (place >= _counts.Length) { return; }

        bool isTouched = _counts[place].IsTouched;
        _counts[place] = new Count { IsTouched = isTouched };
    }

    /// <summary>Writes the counts of rows, between two ticks.</summary>
    public void Save(StateWriter state, int[] places) => state.Add(
        StateWriter.Of(Array.ConvertAll(places, CountNow)),
        StateWriter.Of(Array.ConvertAll(places, place => place < _counts.Length ? _counts[place].Unknown : 0)));

    /// <summary>Takes up the counts of rows, before the first tick.</summary>
    public void Restore(StateReader state, int[] places)
    {
        Batch saved = state.Next(DataType.BigInt, DataType.BigInt);
        for (int row = 0; row < saved.RowCount; row++)
        {
            Add(places[row], Match.Yes, StateReader.Numbers(saved[0])[row]);
            Add(places[row], Match.Unknown, StateReader.Numbers(saved[1])[row]);
        }

        Commit();
    }

    /// <summary>Keeps what the tick has changed.</summary>
    public void Commit() => Settle(isKept: true);

    /// <summary>Undoes what the tick has changed.</summary>
    public void Rollback() => Settle(isKept: false);

    private void Settle(bool isKept)
    {
        foreach (int place in _touched)
        {
            ref Count count = ref _counts[place];
            long yes = isKept ? count.Yes : count.YesBefore;
            long unknown = isKept ? count.Unknown : count.UnknownBefore;
            count = new Count { Yes = yes, YesBefore = yes, Unknown = unknown, UnknownBefore = unknown };
        }

        _touched.Clear();
    }

    private static Match Of(long yes, long unknown) => yes > 0 ? Match.Yes : unknown > 0 ? Match.Unknown : Match.No;

    private struct Count
    {
        public long Yes;
        public long Unknown;
        public long YesBefore;
        public long UnknownBefore;
        public bool IsTouched;
    }
}
