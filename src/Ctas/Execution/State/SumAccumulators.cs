using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>How values are added up. A struct, so that loops over it are compiled for it.</summary>
internal interface ISummation<T, TSum>
{
    /// <summary>Adds a value; false when the sum leaves its range.</summary>
    static abstract bool TryAdd(ref TSum sum, T value);
}

internal readonly struct IntSummation : ISummation<int, long>
{
    public static bool TryAdd(ref long sum, int value) => default(AddBigInt).TryApply(sum, value, out sum);
}

internal readonly struct BigIntSummation : ISummation<long, long>
{
    public static bool TryAdd(ref long sum, long value) => default(AddBigInt).TryApply(sum, value, out sum);
}

internal readonly struct DoubleSummation : ISummation<double, double>
{
    public static bool TryAdd(ref double sum, double value)
    {
        sum += value;
        return true;
    }
}

/// <summary>Two values of 38 digits have a sum below 2^127, so checking after every addition is enough.</summary>
internal readonly struct DecimalSummation : ISummation<Int128, Int128>
{
    public static bool TryAdd(ref Int128 sum, Int128 value)
    {
        sum += value;
        return DecimalArithmetic.Fits(sum, DataType.MaxDecimalPrecision);
    }
}

/// <summary>SUM. NULL of no values; a sum that leaves its range fails the query, whichever row it was.</summary>
/// <param name="call">Text of the aggregate, for that error.</param>
internal sealed class SumAccumulator<T, TSum, TSummation>(DataType type, string call) : Accumulator
    where T : unmanaged
    where TSum : unmanaged
    where TSummation : struct, ISummation<T, TSum>
{
    private TSum[] _sums = [];
    private long[] _counts = [];

    public override long SizeInBytes => (_sums.Length * (long)Unsafe.SizeOf<TSum>()) + (_counts.Length * 8L);

    public override void Add(Column? argument, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _sums, groupCount);
        Grow(ref _counts, groupCount);
        var column = (FixedColumn<T>)argument!;
        if (!(column.Validity is null ? AddAll(column.Values, groups) : AddValid(column, groups)))
        {
            throw ExecutionErrors.SumOverflow(call);
        }
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _sums, groupCount);
        Grow(ref _counts, groupCount);
        return new FixedColumn<TSum>(type, _sums, groupCount, WhereAny(_counts, groupCount));
    }

    private bool AddAll(ReadOnlySpan<T> values, ReadOnlySpan<int> groups)
    {
        bool passed = true;
        TSum[] sums = _sums;
        long[] counts = _counts;
        values = values[..groups.Length];
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            passed &= TSummation.TryAdd(ref sums[group], values[row]);
            counts[group]++;
        }

        return passed;
    }

    private bool AddValid(FixedColumn<T> column, ReadOnlySpan<int> groups)
    {
        bool passed = true;
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            passed &= TSummation.TryAdd(ref _sums[groups[row]], column.Values[row]);
            _counts[groups[row]]++;
        }

        return passed;
    }
}

/// <summary>AVG of numbers, as DOUBLE. NULL of no values. Whole and exact numbers are added up exactly.</summary>
/// <param name="scale">Scale of a DECIMAL argument, else 0.</param>
internal sealed class AverageAccumulator<T>(DataType type, int scale) : Accumulator
    where T : unmanaged, INumber<T>
{
    private Int128[] _exact = [];
    private double[] _sums = [];
    private long[] _counts = [];

    public override long SizeInBytes => (_exact.Length * 16L) + ((_sums.Length + _counts.Length) * 8L);

    private static bool IsExact => typeof(T) != typeof(double);

    public override void Add(Column? argument, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _counts, groupCount);
        if (IsExact) { Grow(ref _exact, groupCount); }
        else { Grow(ref _sums, groupCount); }

        var column = (FixedColumn<T>)argument!;
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            int group = groups[row];
            if (IsExact) { _exact[group] += Int128.CreateTruncating(values[row]); }
            else { _sums[group] += double.CreateTruncating(values[row]); }

            _counts[group]++;
        }
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _counts, groupCount);
        var averages = new double[groupCount];
        for (int group = 0; group < groupCount; group++)
        {
            if (_counts[group] == 0) { continue; }

            double sum = IsExact ? NumberCasts.ToDouble(_exact[group], scale) : _sums[group];
            averages[group] = sum / _counts[group];
        }

        return new FixedColumn<double>(type, averages, groupCount, WhereAny(_counts, groupCount));
    }
}
