using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>The state of one aggregate for all groups. Single-threaded.</summary>
internal abstract class Accumulator
{
    /// <summary>Bytes held.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>Adds rows.</summary>
    /// <param name="argument">The values; null for COUNT(*).</param>
    /// <param name="groups">Group of each row.</param>
    /// <param name="groupCount">Number of groups by now; all of <paramref name="groups"/> are below it.</param>
    public abstract void Add(Column? argument, ReadOnlySpan<int> groups, int groupCount);

    /// <summary>The results, a row for each group.</summary>
    public abstract Column Finish(int groupCount);

    /// <summary>Makes room for so many groups.</summary>
    private protected static void Grow<T>(ref T[] states, int groupCount)
    {
        if (groupCount > states.Length)
        {
            Array.Resize(ref states, Math.Max(groupCount, Math.Max(64, states.Length * 2)));
        }
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
}

/// <summary>COUNT(*) and COUNT(x).</summary>
internal sealed class CountAccumulator(DataType type) : Accumulator
{
    private long[] _counts = [];

    public override long SizeInBytes => _counts.Length * 8L;

    public override void Add(Column? argument, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _counts, groupCount);
        long[] counts = _counts;
        if (argument?.Validity is not { } validity)
        {
            foreach (int group in groups) { counts[group]++; }

            return;
        }

        for (int row = 0; row < groups.Length; row++) { counts[groups[row]] += validity[row] ? 1 : 0; }
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _counts, groupCount);
        return new FixedColumn<long>(type, _counts, groupCount);
    }
}
