using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Codes for the numbers of a template: the fields are the digits of the code, each in its own range. Immutable.</summary>
internal sealed class NumberRange
{
    private readonly long[] _mins;
    private readonly int[] _ranges;

    private NumberRange(long[] mins, int[] ranges, int count)
    {
        _mins = mins;
        _ranges = ranges;
        Count = count;
    }

    /// <summary>Codes are less than this.</summary>
    public int Count { get; }

    /// <summary>Codes for numbers between bounds, both inclusive; null when there would be too many.</summary>
    public static NumberRange? Of(ReadOnlySpan<(long Min, long Max)> bounds, int maxCount)
    {
        long[] mins = new long[bounds.Length];
        int[] ranges = new int[bounds.Length];
        long count = 1;
        for (int field = 0; field < ranges.Length; field++)
        {
            Int128 range = (Int128)bounds[field].Max - bounds[field].Min + 1;
            if (range > maxCount || (count *= (long)range) > maxCount) { return null; }

            mins[field] = bounds[field].Min;
            ranges[field] = (int)range;
        }

        return new NumberRange(mins, ranges, (int)count);
    }

    /// <summary>The code of numbers, −1 when one is out of its range.</summary>
    public int CodeOf(ReadOnlySpan<long> numbers)
    {
        int code = 0;
        for (int field = 0; field < _ranges.Length; field++)
        {
            ulong digit = unchecked((ulong)(numbers[field] - _mins[field]));
            if (digit >= (ulong)_ranges[field]) { return -1; }

            code = (code * _ranges[field]) + (int)digit;
        }

        return code;
    }

    /// <summary>The codes of numbers from <paramref name="start"/> on, all of which are in range.</summary>
    public void CodesOf(EncodedIntegers[] numbers, int start, Span<int> codes)
    {
        if (numbers.Length == 0)
        {
            codes.Clear();
            return;
        }

        // A difference that fits an int is that of the low halves.
        numbers[0].CopyTo(start, codes);
        Subtract(codes, unchecked((int)_mins[0]));
        if (numbers.Length == 1) { return; }

        int[] rented = ArrayPool<int>.Shared.Rent(codes.Length);
        Span<int> digits = rented.AsSpan(0, codes.Length);
        for (int field = 1; field < numbers.Length; field++)
        {
            numbers[field].CopyTo(start, digits);
            Subtract(digits, unchecked((int)_mins[field]));
            for (int row = 0; row < codes.Length; row++) { codes[row] = (codes[row] * _ranges[field]) + digits[row]; }
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    /// <summary>The numbers of codes that are not negative: all of the first field, then those of the next.</summary>
    public void NumbersOf(ReadOnlySpan<int> codes, Span<long> numbers)
    {
        if (_ranges.Length == 1)
        {
            for (int row = 0; row < codes.Length; row++) { numbers[row] = _mins[0] + codes[row]; }

            return;
        }

        Span<long> one = stackalloc long[_ranges.Length + 1];
        for (int row = 0; row < codes.Length; row++)
        {
            NumbersOf(codes[row], one);
            for (int field = 0; field < _ranges.Length; field++) { numbers[(field * codes.Length) + row] = one[field]; }
        }
    }

    /// <summary>The numbers of a code.</summary>
    public void NumbersOf(int code, Span<long> numbers)
    {
        for (int field = _ranges.Length - 1; field > 0; field--)
        {
            (code, int digit) = Math.DivRem(code, _ranges[field]);
            numbers[field] = _mins[field] + digit;
        }

        if (_ranges.Length > 0) { numbers[0] = _mins[0] + code; }
    }

    /// <summary>What to add to codes of another range of one field for the codes here of equal numbers.</summary>
    public bool TryGetDistance(NumberRange other, out int distance)
    {
        distance = 0;
        if (_ranges.Length != 1 || other._ranges.Length != 1) { return false; }

        Int128 difference = (Int128)other._mins[0] - _mins[0];
        bool fits = Int128.Abs(difference) <= int.MaxValue / 2;
        distance = fits ? (int)difference : 0;
        return fits;
    }

    /// <summary>The least number of a field.</summary>
    public long MinOf(int field) => _mins[field];

    private static void Subtract(Span<int> values, int subtrahend)
    {
        Span<Vector<int>> vectors = MemoryMarshal.Cast<int, Vector<int>>(values);
        foreach (ref Vector<int> vector in vectors) { vector -= new Vector<int>(subtrahend); }

        for (int row = vectors.Length * Vector<int>.Count; row < values.Length; row++) { values[row] -= subtrahend; }
    }
}
