using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>How values are added up. A struct, so that loops over it are compiled for it.</summary>
internal interface ISummation<T, TSum>
{
    /// <summary>Adds a value, modulo the width of the sum.</summary>
    /// <returns>0, or by how many widths the true sum is off now: +1 or −1.</returns>
    static abstract int Add(ref TSum sum, T value);

    /// <summary>Adds two sums, modulo their width.</summary>
    /// <returns>As <see cref="Add"/>.</returns>
    static abstract int Merge(ref TSum sum, TSum other);

    /// <summary>True when a sum that is off by no width is a value of the result's type.</summary>
    static abstract bool Fits(TSum sum);
}

internal readonly struct IntSummation : ISummation<int, long>
{
    public static int Add(ref long sum, int value) => BigIntSummation.Add(ref sum, value);

    public static int Merge(ref long sum, long other) => BigIntSummation.Add(ref sum, other);

    public static bool Fits(long sum) => true;
}

internal readonly struct BigIntSummation : ISummation<long, long>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref long sum, long value)
    {
        long before = sum;
        sum = unchecked(before + value);

        // Both operands have a sign that the sum has not.
        return ((before ^ sum) & (value ^ sum)) >= 0 ? 0 : value < 0 ? -1 : 1;
    }

    public static int Merge(ref long sum, long other) => Add(ref sum, other);

    public static bool Fits(long sum) => true;
}

internal readonly struct DoubleSummation : ISummation<double, double>
{
    public static int Add(ref double sum, double value)
    {
        sum += value;
        return 0;
    }

    public static int Merge(ref double sum, double other) => Add(ref sum, other);

    public static bool Fits(double sum) => true;
}

/// <summary>DECIMAL sums have 38 digits, and room for a little more on the way.</summary>
internal readonly struct DecimalSummation : ISummation<Int128, Int128>
{
    public static int Add(ref Int128 sum, Int128 value)
    {
        Int128 before = sum;
        sum = unchecked(before + value);
        return ((before ^ sum) & (value ^ sum)) >= 0 ? 0 : value < 0 ? -1 : 1;
    }

    public static int Merge(ref Int128 sum, Int128 other) => Add(ref sum, other);

    public static bool Fits(Int128 sum) => DecimalArithmetic.Fits(sum, DataType.MaxDecimalPrecision);
}

/// <summary>Sums of DECIMALs of so few digits that no number of rows there can be makes them leave 128 bits.</summary>
internal readonly struct ShortDecimalSummation : ISummation<Int128, Int128>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref Int128 sum, Int128 value)
    {
        sum = unchecked(sum + value);
        return 0;
    }

    // Merged and copied sums may be of more rows.
    public static int Merge(ref Int128 sum, Int128 other) => DecimalSummation.Add(ref sum, other);

    public static bool Fits(Int128 sum) => DecimalSummation.Fits(sum);
}

/// <summary>By how many widths a sum is off; nearly always nothing, and then it holds nothing.</summary>
internal struct SumWraps
{
    private int[]? _wraps;

    /// <summary>Bytes held.</summary>
    public readonly long SizeInBytes => (_wraps?.Length ?? 0) * 4L;

    /// <summary>By how many widths the sum of a group is off.</summary>
    public readonly int this[int group] => _wraps is not null && group < _wraps.Length ? _wraps[group] : 0;

    /// <summary>Notes wraps of a group.</summary>
    public void Add(int group, int wraps)
    {
        if (group >= (_wraps?.Length ?? 0)) { Array.Resize(ref _wraps, (group + 1) * 2); }

        _wraps![group] += wraps;
    }

    /// <summary>The wraps of some groups.</summary>
    public readonly SumWraps Copy(ReadOnlySpan<int> groups)
    {
        var copy = default(SumWraps);
        for (int group = 0; _wraps is not null && group < groups.Length; group++)
        {
            if (this[groups[group]] != 0) { copy.Add(group, this[groups[group]]); }
        }

        return copy;
    }

    /// <summary>Adds the wraps of another part.</summary>
    public void Merge(SumWraps other, ReadOnlySpan<int> mapping)
    {
        for (int group = 0; other._wraps is not null && group < mapping.Length; group++)
        {
            if (other[group] != 0) { Add(mapping[group], other[group]); }
        }
    }
}

/// <summary>SUM. NULL of no values; a group whose sum leaves the range of its type has no result.</summary>
/// <remarks>Sums of whole and exact numbers are exact on the way too: only the last value must fit, in any order.</remarks>
/// <param name="type">Type of the result.</param>
/// <param name="call">Text of the aggregate, for that error.</param>
internal sealed class SumAccumulator<T, TSum, TSummation>(DataType type, string call) : Accumulator
    where T : unmanaged
    where TSum : unmanaged
    where TSummation : struct, ISummation<T, TSum>
{
    private TSum[] _sums = [];
    private long[] _counts = [];
    private SumWraps _wraps;
    private GroupFailures? _failures;

    public override long SizeInBytes =>
        (_sums.Length * (long)Unsafe.SizeOf<TSum>()) + (_counts.Length * 8L) + _wraps.SizeInBytes;

    public override GroupFailures? Failures => _failures;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _sums, groupCount);
        Grow(ref _counts, groupCount);
        var column = (FixedColumn<T>)arguments[0];
        if (column.Validity is null) { AddAll(column.Values, groups); }
        else { AddValid(column, groups); }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _sums, groupCount);
        Grow(ref _counts, groupCount);
        var part = (SumAccumulator<T, TSum, TSummation>)other;
        Grow(ref part._sums, mapping.Length);
        Grow(ref part._counts, mapping.Length);
        for (int group = 0; group < mapping.Length; group++)
        {
            int wraps = TSummation.Merge(ref _sums[mapping[group]], part._sums[group]);
            if (wraps != 0) { _wraps.Add(mapping[group], wraps); }

            _counts[mapping[group]] += part._counts[group];
        }

        _wraps.Merge(part._wraps, mapping);
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _sums, groupCount);
        Grow(ref _counts, groupCount);
        Bitmap? failed = null;
        for (int group = 0; group < groupCount; group++)
        {
            if (_wraps[group] == 0 && TSummation.Fits(_sums[group])) { continue; }

            failed ??= new Bitmap(groupCount);
            failed[group] = true;
        }

        _failures = failed is null ? null : new GroupFailures(failed, ExecutionErrors.SumOverflow(call));
        TSum[] sums = PooledArrays.Copy(_sums, groupCount);
        return new FixedColumn<TSum>(type, sums, groupCount, WhereAny(_counts, groupCount));
    }

    public override void Release()
    {
        PooledArrays.Release(ref _sums);
        PooledArrays.Release(ref _counts);
    }

    public override Accumulator Copy(ReadOnlySpan<int> groups) => new SumAccumulator<T, TSum, TSummation>(type, call)
    {
        _sums = Gathered(_sums, groups),
        _counts = Gathered(_counts, groups),
        _wraps = _wraps.Copy(groups),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddAll(ReadOnlySpan<T> values, ReadOnlySpan<int> groups)
    {
        TSum[] sums = _sums;
        long[] counts = _counts;
        values = values[..groups.Length];
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            int wraps = TSummation.Add(ref sums[group], values[row]);
            if (wraps != 0) { _wraps.Add(group, wraps); }

            counts[group]++;
        }
    }

    private void AddValid(FixedColumn<T> column, ReadOnlySpan<int> groups)
    {
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            int wraps = TSummation.Add(ref _sums[groups[row]], values[row]);
            if (wraps != 0) { _wraps.Add(groups[row], wraps); }

            _counts[groups[row]]++;
        }
    }
}
