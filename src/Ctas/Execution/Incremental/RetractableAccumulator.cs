using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>The state of one aggregate for all groups, from which rows can be taken away again. Single-threaded.</summary>
/// <remarks>
/// Adding a row with weight −1 undoes adding it with +1, in any order and without a trace, so that a tick is undone by
/// adding its rows with the opposite weights. A group may lose a row before it gets it; only its result must wait.
/// </remarks>
internal abstract class RetractableAccumulator
{
    /// <summary>Bytes held.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>Adds weighted rows.</summary>
    /// <param name="arguments">The values, a column for each argument; none for COUNT(*).</param>
    /// <param name="groups">Group of each row.</param>
    /// <param name="weights">Weight of each row; null: all +1.</param>
    /// <param name="groupCount">All groups are below it; it never falls.</param>
    public abstract void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount);

    /// <summary>Asks for the states of groups that will be added to soon, as far as there are any yet.</summary>
    public abstract void Prefetch(ReadOnlySpan<int> groups);

    /// <summary>The results of some groups.</summary>
    /// <param name="groups">The groups; all have been added to.</param>
    /// <param name="failed">Gets a row set for each group whose result leaves the range of its type.</param>
    public abstract Column ResultOf(ReadOnlySpan<int> groups, ref Bitmap? failed);

    /// <summary>Forgets a group that has no rows any more.</summary>
    public virtual void Clear(int group)
    {
    }

    /// <summary>Forgets groups with all their rows.</summary>
    public abstract void Forget(ReadOnlySpan<int> groups);

    /// <summary>Writes what is known of groups, between two ticks.</summary>
    /// <param name="groups">All groups that there are.</param>
    /// <param name="state">Where to.</param>
    public abstract void Save(int[] groups, StateWriter state);

    /// <summary>Takes up what was saved of groups, before anything is added.</summary>
    /// <param name="groups">The groups, in the order in which they were saved; other numbers than then.</param>
    /// <param name="state">What was saved.</param>
    /// <param name="groupCount">All groups are below it.</param>
    public abstract void Restore(int[] groups, StateReader state, int groupCount);

    /// <summary>The place of each group among those that are saved; -1 for any other.</summary>
    private protected static int[] PlacesOf(int[] groups)
    {
        int[] places = new int[groups.Length == 0 ? 0 : groups.Max() + 1];
        Array.Fill(places, -1);
        for (int place = 0; place < groups.Length; place++) { places[groups[place]] = place; }

        return places;
    }

    /// <summary>Sets states of groups to their beginning, as far as there are any.</summary>
    private protected static void Reset<T>(T[] states, ReadOnlySpan<int> groups)
        where T : struct
    {
        foreach (int group in groups)
        {
            if (group < states.Length) { states[group] = default; }
        }
    }

    /// <summary>Asks for states of groups, as far as there are any.</summary>
    private protected static void Prefetch<T>(T[] states, ReadOnlySpan<int> groups)
        where T : struct
    {
        foreach (int group in groups)
        {
            if (group < states.Length) { CacheLines.Prefetch(ref states[group]); }
        }
    }

    /// <summary>Makes room for so many groups.</summary>
    private protected static void Grow<T>(ref T[] states, int groupCount)
        where T : struct
    {
        if (groupCount > states.Length)
        {
            LargePages.Resize(ref states, Math.Max(groupCount, Math.Max(64, states.Length * 2)));
        }
    }

    /// <summary>Weight of a row.</summary>
    private protected static int WeightOf(int[]? weights, int row) => weights is null ? 1 : weights[row];

    /// <summary>Notes that a group has no result.</summary>
    private protected static void Fail(ref Bitmap? failed, int row, int count)
    {
        failed ??= new Bitmap(count);
        failed[row] = true;
    }
}
