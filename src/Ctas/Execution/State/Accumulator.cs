using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>The state of one aggregate for all groups. Single-threaded.</summary>
/// <remarks>
/// Groups are numbered 0, 1, 2 …; the owner numbers them. Rows may be spread over several accumulators of one kind, each
/// with groups of its own, and merged afterwards: the rows of the one merged in count as coming later, so that parts of
/// the input that are merged in their order give what one accumulator would have given (sums of DOUBLE aside, which are
/// rounded in another order).
/// </remarks>
internal abstract class Accumulator
{
    /// <summary>Bytes held.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>True when the result depends on the order in which rows are added and parts are merged.</summary>
    public virtual bool IsOrderSensitive => false;

    /// <summary>False when parts of the input cannot be aggregated apart.</summary>
    public virtual bool CanMerge => true;

    /// <summary>True when a row counts even if its first argument is NULL.</summary>
    public virtual bool TakesNulls => false;

    /// <summary>The groups that <see cref="Finish(int)"/> could compute no result for; null when there are none.</summary>
    public virtual GroupFailures? Failures => null;

    /// <summary>Of what the results are made, where that is up to the owner: who lets them be lent gives them back.</summary>
    public ColumnMemory ResultMemory { get; set; }

    /// <summary>Adds rows.</summary>
    /// <param name="arguments">The values, a column for each argument; none for COUNT(*).</param>
    /// <param name="groups">Group of each row.</param>
    /// <param name="groupCount">Number of groups by now; all of <paramref name="groups"/> are below it.</param>
    public abstract void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount);

    /// <summary>Adds the rows that another accumulator of the same aggregate has taken; it is not used afterwards.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="mapping">For each group of the other one, the group here.</param>
    /// <param name="groupCount">Number of groups by now; all of <paramref name="mapping"/> are below it.</param>
    public abstract void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount);

    /// <summary>
    /// An accumulator with the rows of some groups of this one: group i has those of <c>groups[i]</c>, which may come
    /// several times. Null when this kind cannot be copied; it stays as it is.
    /// </summary>
    /// <remarks>Lets functions over windows put frames together from parts.</remarks>
    public virtual Accumulator? Copy(ReadOnlySpan<int> groups) => null;

    /// <summary>The results, a row for each group; called once, at the end.</summary>
    public abstract Column Finish(int groupCount);

    /// <summary>As <see cref="Finish(int)"/>, on several threads where that pays.</summary>
    public virtual Column Finish(int groupCount, int maxThreads) => Finish(groupCount);

    /// <summary>Gives the memory of the states back; nothing is called afterwards. Results stay as they are.</summary>
    public virtual void Release()
    {
    }

    /// <summary>Makes room for so many groups.</summary>
    private protected static void Grow<T>(ref T[] states, int groupCount) => PooledArrays.Grow(ref states, groupCount);

    /// <summary>The states of some groups; those that have not been grown to are empty.</summary>
    private protected static T[] Gathered<T>(T[] states, ReadOnlySpan<int> groups)
    {
        var gathered = new T[groups.Length];
        for (int group = 0; group < gathered.Length; group++)
        {
            if (groups[group] < states.Length) { gathered[group] = states[groups[group]]; }
        }

        return gathered;
    }

    /// <summary>Set where the number of values is not 0; null when it is 0 nowhere.</summary>
    private protected static Bitmap? WhereAny(ReadOnlySpan<long> counts, int groupCount)
    {
        Bitmap? validity = null;
        for (int group = 0; group < groupCount; group++)
        {
            if (counts[group] != 0) { continue; }

            validity ??= new Bitmap(groupCount, value: true);
            validity[group] = false;
        }

        return validity;
    }

    /// <summary>Set where a group has a value; null when all have.</summary>
    private protected static Bitmap? ValidWhere(ReadOnlySpan<bool> isSet)
    {
        Bitmap? validity = null;
        for (int group = 0; group < isSet.Length; group++)
        {
            if (isSet[group]) { continue; }

            validity ??= new Bitmap(isSet.Length, value: true);
            validity[group] = false;
        }

        return validity;
    }
}

/// <summary>Groups without a result.</summary>
/// <param name="Groups">Set bits are such groups.</param>
/// <param name="First">Why the first of them has none.</param>
internal sealed record GroupFailures(Bitmap Groups, ExecutionException First);

/// <summary>COUNT_IF: rows for which a condition is TRUE.</summary>
internal sealed class CountIfAccumulator(DataType type) : Accumulator
{
    private long[] _counts = [];

    public override long SizeInBytes => _counts.Length * 8L;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _counts, groupCount);

        // NULL rows hold false.
        ReadOnlySpan<bool> isTrue = ((FixedColumn<bool>)arguments[0]).Values;
        for (int row = 0; row < groups.Length; row++) { _counts[groups[row]] += isTrue[row] ? 1 : 0; }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _counts, groupCount);
        long[] part = ((CountIfAccumulator)other)._counts;
        for (int group = 0; group < Math.Min(mapping.Length, part.Length); group++)
        {
            _counts[mapping[group]] += part[group];
        }
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _counts, groupCount);
        return ResultMemory.Column(type, PooledArrays.Copy(_counts, groupCount, ResultMemory), groupCount);
    }

    public override void Release() => PooledArrays.Release(ref _counts);
}
