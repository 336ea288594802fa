using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>How values are added up. A struct, so that loops over it are compiled for it.</summary>
internal interface ISummation<T>
{
    /// <summary>Adds a value, modulo the width of the sum.</summary>
    /// <returns>0, or by how many widths the true sum is off now: +1 or −1.</returns>
    static abstract int Add(ref T sum, T value);
}

internal readonly struct BigIntSummation : ISummation<long>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref long sum, long value)
    {
        long before = sum;
        sum = unchecked(before + value);

        // Both operands have a sign that the sum has not.
        return ((before ^ sum) & (value ^ sum)) >= 0 ? 0 : value < 0 ? -1 : 1;
    }
}

/// <summary>DECIMAL sums have 38 digits, and room for a little more on the way.</summary>
internal readonly struct DecimalSummation : ISummation<Int128>
{
    public static int Add(ref Int128 sum, Int128 value)
    {
        Int128 before = sum;
        sum = unchecked(before + value);
        return ((before ^ sum) & (value ^ sum)) >= 0 ? 0 : value < 0 ? -1 : 1;
    }

    /// <summary>True when a sum that is off by no width is a value of its type.</summary>
    public static bool Fits(Int128 sum) => DecimalArithmetic.Fits(sum, DataType.MaxDecimalPrecision);
}

/// <summary>Sums of DECIMALs of so few digits that no number of rows there can be makes them leave 128 bits.</summary>
internal readonly struct ShortDecimalSummation : ISummation<Int128>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref Int128 sum, Int128 value)
    {
        sum = unchecked(sum + value);
        return 0;
    }
}

/// <summary>By how many widths a sum is off; nearly always nothing, and then it holds nothing.</summary>
internal struct SumWraps
{
    private int[]? _wraps;

    /// <summary>Bytes held.</summary>
    public readonly long SizeInBytes => (_wraps?.Length ?? 0) * 4L;

    /// <summary>True when some sum has wrapped around.</summary>
    public readonly bool HasAny => _wraps is not null;

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
