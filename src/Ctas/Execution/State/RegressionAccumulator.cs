using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Counts, means and sums of products of distances from the means, of pairs (y, x) met one by one.</summary>
/// <remarks>As <see cref="Moments"/>, for two columns.</remarks>
internal struct PairMoments
{
    public long Count;
    public double MeanX;
    public double MeanY;
    public double SquaresX;
    public double SquaresY;
    public double Products;

    /// <summary>Adds a pair.</summary>
    public void Add(double y, double x)
    {
        Count++;
        double share = 1.0 / Count;
        double fromX = x - MeanX;
        double fromY = y - MeanY;
        MeanX += fromX * share;
        MeanY += fromY * share;
        SquaresX += fromX * (x - MeanX);
        SquaresY += fromY * (y - MeanY);
        Products += fromX * (y - MeanY);
    }

    /// <summary>Adds all pairs of another.</summary>
    public void Merge(in PairMoments other)
    {
        if (other.Count == 0) { return; }

        long count = Count + other.Count;
        double weight = (double)Count * other.Count / count;
        double distanceX = other.MeanX - MeanX;
        double distanceY = other.MeanY - MeanY;
        SquaresX += other.SquaresX + (distanceX * distanceX * weight);
        SquaresY += other.SquaresY + (distanceY * distanceY * weight);
        Products += other.Products + (distanceX * distanceY * weight);
        MeanX += distanceX * other.Count / count;
        MeanY += distanceY * other.Count / count;
        Count = count;
    }
}

/// <summary>COVAR_*, CORR and REGR_*: functions of pairs (y, x); pairs with a NULL do not count.</summary>
/// <param name="type">Type of the result; BIGINT for the number of pairs.</param>
/// <param name="result">The result from the moments of a group; null for NULL.</param>
internal sealed class RegressionAccumulator(DataType type, Func<PairMoments, double?> result) : Accumulator
{
    private const int BytesPerGroup = 48;

    private PairMoments[] _moments = [];

    public override long SizeInBytes => _moments.Length * (long)BytesPerGroup;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _moments, groupCount);
        var y = (FixedColumn<double>)arguments[0];
        var x = (FixedColumn<double>)arguments[1];
        ReadOnlySpan<double> ys = y.Values;
        ReadOnlySpan<double> xs = x.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (!y.IsNull(row) && !x.IsNull(row)) { _moments[groups[row]].Add(ys[row], xs[row]); }
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _moments, groupCount);
        PairMoments[] part = ((RegressionAccumulator)other)._moments;
        for (int group = 0; group < Math.Min(mapping.Length, part.Length); group++)
        {
            _moments[mapping[group]].Merge(part[group]);
        }
    }

    public override void Release() => PooledArrays.Release(ref _moments);

    public override Column Finish(int groupCount)
    {
        Grow(ref _moments, groupCount);
        if (type.Kind == DataTypeKind.BigInt)
        {
            long[] counts = ResultMemory.Allocate<long>(groupCount);
            for (int group = 0; group < groupCount; group++) { counts[group] = _moments[group].Count; }

            return ResultMemory.Column(type, counts, groupCount);
        }

        double[] results = ResultMemory.Allocate<double>(groupCount);
        Bitmap? validity = null;
        for (int group = 0; group < groupCount; group++)
        {
            if (result(_moments[group]) is { } value)
            {
                results[group] = value;
                continue;
            }

            validity ??= new Bitmap(groupCount, value: true);
            validity[group] = false;
            results[group] = 0;
        }

        return ResultMemory.Column(type, results, groupCount, validity);
    }
}

/// <summary>What can be said of pairs (y, x), by the names of the aggregates. Null is NULL.</summary>
internal static class Regression
{
    public static double? CovarPop(PairMoments m) => m.Count == 0 ? null : m.Products / m.Count;

    public static double? CovarSamp(PairMoments m) => m.Count < 2 ? null : m.Products / (m.Count - 1);

    /// <summary>NULL where one side does not vary.</summary>
    public static double? Corr(PairMoments m)
    {
        if (m.Count == 0 || m.SquaresX == 0 || m.SquaresY == 0) { return null; }

        // Rounding must not lead out of the range.
        double root = Math.Sqrt(m.SquaresX * m.SquaresY);
        double corr = root is > 0 and < double.PositiveInfinity
            ? m.Products / root
            : m.Products / Math.Sqrt(m.SquaresX) / Math.Sqrt(m.SquaresY);
        return double.IsNaN(corr) ? corr : Math.Clamp(corr, -1, 1);
    }

    public static double? AverageX(PairMoments m) => m.Count == 0 ? null : m.MeanX;

    public static double? AverageY(PairMoments m) => m.Count == 0 ? null : m.MeanY;

    public static double? SquaresX(PairMoments m) => m.Count == 0 ? null : m.SquaresX;

    public static double? SquaresY(PairMoments m) => m.Count == 0 ? null : m.SquaresY;

    public static double? Products(PairMoments m) => m.Count == 0 ? null : m.Products;

    /// <summary>Of the line through the pairs; NULL where x does not vary.</summary>
    public static double? Slope(PairMoments m) => m.Count == 0 || m.SquaresX == 0 ? null : m.Products / m.SquaresX;

    /// <summary>Where the line meets x = 0.</summary>
    public static double? Intercept(PairMoments m) => Slope(m) is { } slope ? m.MeanY - (slope * m.MeanX) : null;

    /// <summary>NULL where x does not vary, 1 where only y does not.</summary>
    public static double? R2(PairMoments m)
    {
        if (m.Count == 0 || m.SquaresX == 0) { return null; }

        return m.SquaresY == 0 ? 1 : m.Products * m.Products / (m.SquaresX * m.SquaresY);
    }
}
