using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Incremental;

/// <summary>
/// For every row of one side of a join, how many rows of the other side match it, before the tick and now.
/// Single-threaded.
/// </summary>
/// <remarks>
/// Needed where a condition over pairs decides; where keys alone do, the rows of the key are the matches. What a tick changes
/// is kept apart until it ends, so that a row takes 16 bytes, which never lie across two cache lines.
/// </remarks>
internal sealed class MatchCounts
{
    private readonly List<int> _touched = [];

    // Of each touched row.
    private readonly List<Change> _changes = [];
    private Count[] _counts = [];

    /// <summary>Rows whose counts the tick may have changed, each once.</summary>
    public List<int> Touched => _touched;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => (_counts.Length * (long)Unsafe.SizeOf<Count>())
        + (_touched.Capacity * 4L) + (_changes.Capacity * (long)Unsafe.SizeOf<Change>());

    /// <summary>What the matches make of a row now.</summary>
    public Match Now(int place) => ChangeOf(place).Now.Match;

    /// <summary>What the matches made of a row before the tick.</summary>
    public Match Before(int place) => ChangeOf(place).Before.Match;

    /// <summary>How many rows match a row now.</summary>
    public long CountNow(int place) => ChangeOf(place).Now.Yes;

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
        if (!count.IsChange)
        {
            _touched.Add(place);
            _changes.Add(new Change { Now = count, Before = count });
            count = Count.OfChange(_changes.Count - 1);
        }

        ref Count now = ref CollectionsMarshal.AsSpan(_changes)[count.Change].Now;
        if (match == Match.Yes) { now.Yes += weight; }
        else { now.Unknown += weight; }
    }

    /// <summary>Forgets a row that has gone.</summary>
    public void Clear(int place)
    {
        if (place >= _counts.Length) { return; }

        if (_counts[place].IsChange) { _changes[_counts[place].Change] = default; }
        else { _counts[place] = default; }
    }

    /// <summary>Writes the counts of rows, between two ticks.</summary>
    public void Save(StateWriter state, int[] places) => state.Add(
        StateWriter.Of(Array.ConvertAll(places, CountNow)),
        StateWriter.Of(Array.ConvertAll(places, place => ChangeOf(place).Now.Unknown)));

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
        for (int touched = 0; touched < _touched.Count; touched++)
        {
            Change change = _changes[touched];
            _counts[_touched[touched]] = isKept ? change.Now : change.Before;
        }

        _touched.Clear();
        _changes.Clear();
        if (_touched.Capacity <= RowWeights.MaxKeptTouched) { return; }

        _touched.TrimExcess();
        _changes.TrimExcess();
    }

    private Change ChangeOf(int place)
    {
        if (place >= _counts.Length) { return default; }

        Count count = _counts[place];
        return count.IsChange ? _changes[count.Change] : new Change { Now = count, Before = count };
    }

    private struct Change
    {
        public Count Now;
        public Count Before;
    }

    private struct Count
    {
        // In the place of what is unknown, as no number of rows is: then the other is the number of a change.
        private const long ChangeMark = long.MinValue;

        public long Yes;
        public long Unknown;

        public readonly bool IsChange => Unknown == ChangeMark;

        public readonly int Change => (int)Yes;

        public readonly Match Match => Yes > 0 ? Match.Yes : Unknown > 0 ? Match.Unknown : Match.No;

        public static Count OfChange(int number) => new() { Yes = number, Unknown = ChangeMark };
    }
}
