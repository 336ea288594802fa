using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>AVG of numbers, as DOUBLE. NULL of no values. Whole and exact numbers are added up exactly.</summary>
/// <param name="type">Type of the result.</param>
/// <param name="scale">Scale of a DECIMAL argument, else 0.</param>
/// <param name="isShort">True when exact sums of as many values as a table has rows need no more than 128 bits.</param>
internal sealed class AverageAccumulator<T>(DataType type, int scale, bool isShort = true) : Accumulator
    where T : unmanaged, INumber<T>
{
    // 2^128 as a DOUBLE: the width of an exact sum.
    private const double Width = 340282366920938463463374607431768211456.0;

    private Int128[] _exact = [];
    private double[] _sums = [];
    private long[] _counts = [];

    // Sums of INT values not yet added to the exact ones.
    private const long MaxShortRows = int.MaxValue;
    private long[] _short = [];
    private long _shortRows;
    private SumWraps _wraps;

    public override long SizeInBytes =>
        (_exact.Length * 16L) + ((_sums.Length + _counts.Length + _short.Length) * 8L) + _wraps.SizeInBytes;

    private static bool IsExact => typeof(T) != typeof(double);

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        GrowTo(groupCount);
        var column = (FixedColumn<T>)arguments[0];
        if (column.Validity is not null) { AddValid(column, groups); }
        else if (typeof(T) == typeof(double)) { AddDoubles(((FixedColumn<double>)(Column)column).Values, groups); }
        else if (typeof(T) == typeof(Int128) && isShort)
        {
            AddShortDecimals(((FixedColumn<Int128>)(Column)column).Values, groups);
        }
        else if (typeof(T) == typeof(int)) { AddInts(((FixedColumn<int>)(Column)column).Values, groups); }
        else { AddValid(column, groups); }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        GrowTo(groupCount);
        var part = (AverageAccumulator<T>)other;
        part.GrowTo(mapping.Length);
        part.MoveShort();
        for (int group = 0; group < mapping.Length; group++)
        {
            if (IsExact) { AddExact(mapping[group], part._exact[group]); }
            else { _sums[mapping[group]] += part._sums[group]; }

            _counts[mapping[group]] += part._counts[group];
        }

        _wraps.Merge(part._wraps, mapping);
    }

    public override Column Finish(int groupCount)
    {
        GrowTo(groupCount);
        MoveShort();
        var averages = new double[groupCount];
        for (int group = 0; group < groupCount; group++)
        {
            if (_counts[group] != 0) { averages[group] = Average(group); }
        }

        return new FixedColumn<double>(type, averages, groupCount, WhereAny(_counts, groupCount));
    }

    public override void Release()
    {
        PooledArrays.Release(ref _exact);
        PooledArrays.Release(ref _sums);
        PooledArrays.Release(ref _counts);
        PooledArrays.Release(ref _short);
    }

    private void AddValid(FixedColumn<T> column, ReadOnlySpan<int> groups)
    {
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            int group = groups[row];
            if (IsExact) { AddExact(group, Int128.CreateTruncating(values[row])); }
            else { _sums[group] += double.CreateTruncating(values[row]); }

            _counts[group]++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddDoubles(ReadOnlySpan<double> values, ReadOnlySpan<int> groups)
    {
        double[] sums = _sums;
        long[] counts = _counts;
        values = values[..groups.Length];
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            sums[group] += values[row];
            counts[group]++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddShortDecimals(ReadOnlySpan<Int128> values, ReadOnlySpan<int> groups)
    {
        Int128[] sums = _exact;
        long[] counts = _counts;
        values = values[..groups.Length];
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            sums[group] += values[row];
            counts[group]++;
        }
    }

    // Sums of so few INT values as a batch has fit 64 bits: these are added here, and moved when they could grow large.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddInts(ReadOnlySpan<int> values, ReadOnlySpan<int> groups)
    {
        if (_shortRows > MaxShortRows - groups.Length) { MoveShort(); }

        Grow(ref _short, _counts.Length);
        _shortRows += groups.Length;
        long[] sums = _short;
        long[] counts = _counts;
        values = values[..groups.Length];
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            sums[group] += values[row];
            counts[group]++;
        }
    }

    private void MoveShort()
    {
        for (int group = 0; group < _short.Length; group++)
        {
            _exact[group] += _short[group];
            _short[group] = 0;
        }

        _shortRows = 0;
    }

    public override Accumulator Copy(ReadOnlySpan<int> groups)
    {
        MoveShort();
        return new AverageAccumulator<T>(type, scale, isShort)
        {
            _exact = IsExact ? Gathered(_exact, groups) : [],
            _sums = IsExact ? [] : Gathered(_sums, groups),
            _counts = Gathered(_counts, groups),
            _wraps = _wraps.Copy(groups),
        };
    }

    private void AddExact(int group, Int128 value)
    {
        // Only values of 38 digits can leave the width.
        if (typeof(T) != typeof(Int128)) { _exact[group] += value; }
        else
        {
            int wraps = DecimalSummation.Add(ref _exact[group], value);
            if (wraps != 0) { _wraps.Add(group, wraps); }
        }
    }

    private double Average(int group)
    {
        long count = _counts[group];
        if (!IsExact) { return _sums[group] / count; }

        return _wraps[group] == 0
            ? NumberCasts.Divide(_exact[group], scale, count)
            : (NumberCasts.ToDouble(_exact[group], scale) + (_wraps[group] * Width / Math.Pow(10, scale))) / count;
    }

    private void GrowTo(int groupCount)
    {
        Grow(ref _counts, groupCount);
        if (IsExact) { Grow(ref _exact, groupCount); }
        else { Grow(ref _sums, groupCount); }
    }
}
