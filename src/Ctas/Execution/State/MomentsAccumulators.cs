using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Count, mean and sum of squared distances from the mean of numbers met one by one.</summary>
/// <remarks>
/// Source: Welford 1962; merging after Chan, Golub and LeVeque 1979. No great sums are subtracted from each other, so
/// values far from 0 cost no digits.
/// </remarks>
internal struct Moments
{
    public long Count;
    public double Mean;
    public double Squares;

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        Count++;
        double before = value - Mean;
        Mean += before / Count;
        Squares += before * (value - Mean);
    }

    /// <summary>Adds all values of another.</summary>
    public void Merge(in Moments other)
    {
        if (other.Count == 0) { return; }

        double distance = other.Mean - Mean;
        long count = Count + other.Count;
        Squares += other.Squares + (distance * distance * ((double)Count * other.Count / count));
        Mean += distance * other.Count / count;
        Count = count;
    }
}

/// <summary>The variance and its root; NULL of too few values.</summary>
/// <param name="type">Type of the result.</param>
/// <param name="isSample">True to divide by one less than the number of values.</param>
/// <param name="isDeviation">True for the root.</param>
internal sealed class VarianceAccumulator(DataType type, bool isSample, bool isDeviation) : Accumulator
{
    private const int BytesPerGroup = 24;

    private Moments[] _moments = [];

    public override long SizeInBytes => _moments.Length * (long)BytesPerGroup;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _moments, groupCount);
        var column = (FixedColumn<double>)arguments[0];
        ReadOnlySpan<double> values = column.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (!column.IsNull(row)) { _moments[groups[row]].Add(values[row]); }
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _moments, groupCount);
        Moments[] part = ((VarianceAccumulator)other)._moments;
        for (int group = 0; group < Math.Min(mapping.Length, part.Length); group++)
        {
            _moments[mapping[group]].Merge(part[group]);
        }
    }

    public override Accumulator Copy(ReadOnlySpan<int> groups) =>
        new VarianceAccumulator(type, isSample, isDeviation) { _moments = Gathered(_moments, groups) };

    public override void Release() => PooledArrays.Release(ref _moments);

    public override Column Finish(int groupCount)
    {
        Grow(ref _moments, groupCount);
        double[] results = ResultMemory.Allocate<double>(groupCount);
        Bitmap? validity = null;
        for (int group = 0; group < groupCount; group++)
        {
            long divisor = _moments[group].Count - (isSample ? 1 : 0);
            if (divisor <= 0)
            {
                validity ??= new Bitmap(groupCount, value: true);
                validity[group] = false;
                results[group] = 0;
                continue;
            }

            double variance = _moments[group].Squares / divisor;
            results[group] = isDeviation ? Math.Sqrt(variance) : variance;
        }

        return ResultMemory.Column(type, results, groupCount, validity);
    }
}
