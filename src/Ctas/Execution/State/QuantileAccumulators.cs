using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>PERCENTILE_CONT and MEDIAN: the value at a fraction of the ordered values, between two of them where needed.</summary>
/// <remarks>Keeps all values. The place is found by selection, not by sorting: cost O(rows) in the mean.</remarks>
/// <param name="type">Type of the result.</param>
/// <param name="fraction">From 0 (the least value) to 1 (the greatest).</param>
internal sealed class ContinuousQuantileAccumulator(DataType type, double fraction) : Accumulator
{
    // Fewer values are selected from before another thread has begun.
    private const int MinShareValues = 50_000;

    private double[] _values = [];
    private int[] _groups = [];
    private int _count;

    public override long SizeInBytes => (_values.Length * 8L) + (_groups.Length * 4L);

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        PooledArrays.GrowUncleared(ref _values, _count + groups.Length, _count);
        PooledArrays.GrowUncleared(ref _groups, _count + groups.Length, _count);
        var column = (FixedColumn<double>)arguments[0];
        ReadOnlySpan<double> values = column.Values;
        if (column.Validity is null)
        {
            values.CopyTo(_values.AsSpan(_count));
            groups.CopyTo(_groups.AsSpan(_count));
            _count += groups.Length;
            return;
        }

        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            _values[_count] = values[row];
            _groups[_count++] = groups[row];
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        var part = (ContinuousQuantileAccumulator)other;
        PooledArrays.GrowUncleared(ref _values, _count + part._count, _count);
        PooledArrays.GrowUncleared(ref _groups, _count + part._count, _count);
        part._values.AsSpan(0, part._count).CopyTo(_values.AsSpan(_count));
        for (int row = 0; row < part._count; row++) { _groups[_count + row] = mapping[part._groups[row]]; }

        _count += part._count;
    }

    public override Column Finish(int groupCount) => Finish(groupCount, maxThreads: 1);

    public override Column Finish(int groupCount, int maxThreads)
    {
        // Counting sort brings the values of a group together.
        int[] starts = PooledArrays.RentCleared<int>(groupCount + 1);
        foreach (int group in _groups.AsSpan(0, _count)) { starts[group + 1]++; }

        for (int group = 0; group < groupCount; group++) { starts[group + 1] += starts[group]; }

        double[] values = PooledArrays.Rent<double>(_count);
        int[] ends = PooledArrays.Rent<int>(groupCount);
        starts.AsSpan(0, groupCount).CopyTo(ends);
        for (int row = 0; row < _count; row++) { values[ends[_groups[row]]++] = _values[row]; }

        // The groups of a share have about as many values as those of any other.
        double[] results = ResultMemory.Allocate<double>(groupCount);
        results.AsSpan(0, groupCount).Clear();
        int shares = (int)Math.Clamp((long)_count / MinShareValues, 1, maxThreads);
        int EndOf(int share) => share == shares
            ? groupCount
            : LowerBound(starts.AsSpan(0, groupCount), (int)((long)_count * share / shares));
        if (shares == 1) { Select(0, groupCount, values, starts, ends, results); }
        else
        {
            Parallel.For(0, shares, new ParallelOptions { MaxDegreeOfParallelism = shares }, share =>
                Select(EndOf(share), EndOf(share + 1), values, starts, ends, results));
        }

        Bitmap? validity = null;
        for (int group = 0; group < groupCount; group++)
        {
            if (starts[group] < ends[group]) { continue; }

            validity ??= new Bitmap(groupCount, value: true);
            validity[group] = false;
        }

        PooledArrays.Release(ref starts);
        PooledArrays.Release(ref ends);
        PooledArrays.Release(ref values);
        return ResultMemory.Column(type, results, groupCount, validity);
    }

    public override void Release()
    {
        PooledArrays.Release(ref _values);
        PooledArrays.Release(ref _groups);
    }

    private void Select(int first, int end, double[] values, int[] starts, int[] ends, double[] results)
    {
        for (int group = first; group < end; group++)
        {
            Span<double> own = values.AsSpan(starts[group], ends[group] - starts[group]);
            if (!own.IsEmpty) { results[group] = QuantileOf(own); }
        }
    }

    private static int LowerBound(ReadOnlySpan<int> ascending, int value)
    {
        int low = 0;
        for (int high = ascending.Length; low < high;)
        {
            int middle = (low + high) / 2;
            if (ascending[middle] < value) { low = middle + 1; }
            else { high = middle; }
        }

        return low;
    }

    private double QuantileOf(Span<double> values)
    {
        double place = fraction * (values.Length - 1);
        int below = (int)Math.Floor(place);
        double low = Selection.Select(values, below);
        if (below == place) { return low; }

        // Everything after the place is not less: the next value is the least of it.
        double high = Selection.Least(values[(below + 1)..]);
        return low + ((high - low) * (place - below));
    }
}

/// <summary>Finds the value at a place of the ascending order without sorting. NaN is the greatest value.</summary>
internal static class Selection
{
    private const int SortedLength = 24;

    /// <summary>The value at <paramref name="place"/>; no value before it is greater then, none after it less.</summary>
    public static double Select(Span<double> values, int place)
    {
        int nans = MoveNaNsToEnd(values);
        int start = 0;
        int end = values.Length - nans;
        if (place >= end) { return double.NaN; }

        while (end - start > SortedLength)
        {
            double pivot = MiddleOf(values[start], values[start + ((end - start) / 2)], values[end - 1]);
            int low = start;
            int high = end - 1;
            while (low <= high)
            {
                while (values[low] < pivot) { low++; }

                while (values[high] > pivot) { high--; }

                if (low > high) { break; }

                (values[low], values[high]) = (values[high], values[low]);
                low++;
                high--;
            }

            // [start, high] is not greater than the pivot, [low, end) not less, and what lies between is equal.
            if (place <= high) { end = high + 1; }
            else if (place >= low) { start = low; }
            else { return values[place]; }
        }

        values[start..end].Sort();
        return values[place];
    }

    /// <summary>The least of at least one value.</summary>
    public static double Least(ReadOnlySpan<double> values)
    {
        double least = double.NaN;
        foreach (double value in values)
        {
            if (!(least <= value) && !double.IsNaN(value)) { least = value; }
        }

        return least;
    }

    private static int MoveNaNsToEnd(Span<double> values)
    {
        int nans = 0;
        for (int i = 0; i < values.Length - nans; i++)
        {
            while (double.IsNaN(values[i]) && i < values.Length - nans)
            {
                nans++;
                (values[i], values[^nans]) = (values[^nans], values[i]);
            }
        }

        return nans;
    }

    private static double MiddleOf(double a, double b, double c) =>
        a < b ? (b < c ? b : Math.Max(a, c)) : (a < c ? a : Math.Max(b, c));
}

/// <summary>PERCENTILE_DISC: the first of the ordered values that at least a fraction of them does not exceed.</summary>
/// <param name="type">Type of argument and result.</param>
/// <param name="fraction">From 0 to 1.</param>
/// <param name="isDescending">True for the order from the greatest down.</param>
internal sealed class DiscreteQuantileAccumulator(DataType type, double fraction, bool isDescending) : Accumulator
{
    private readonly GroupRows _rows = new([type]);

    public override long SizeInBytes => _rows.SizeInBytes;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount) =>
        _rows.AppendValues(arguments, groups);

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount) =>
        _rows.Merge(((DiscreteQuantileAccumulator)other)._rows, mapping);

    public override Column Finish(int groupCount)
    {
        GroupedRows sorted = _rows.ByGroupOrdered(groupCount, isDescending);
        var picked = new int[groupCount];
        for (int group = 0; group < groupCount; group++)
        {
            ReadOnlySpan<int> rows = sorted.Of(group);
            int place = Math.Max(0, (int)Math.Ceiling(fraction * rows.Length) - 1);
            picked[group] = rows.IsEmpty ? -1 : rows[place];
        }

        return _rows.View()[0].Gather(picked);
    }
}
