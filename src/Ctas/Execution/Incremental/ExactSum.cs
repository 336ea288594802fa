using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>An exact sum of DOUBLEs, from which any of them can be taken away again; rounded once, when it is read.</summary>
/// <remarks>
/// A whole number of units of 2^−1074, the least DOUBLE, in digits of 32 bits that are kept in 64, so that carries wait;
/// only the digits that some value has reached are held. Infinities and NaN are counted. Cost of an addition O(1); the
/// sum does not depend on the order of additions. Source: Neal, Fast exact summation using small and large
/// superaccumulators, 2015.
/// </remarks>
internal struct ExactSum
{
    private const int DigitBits = 32;
    private const int MantissaBits = 52;
    private const int ExponentMask = 0x7FF;

    // So many digits, the highest with its carries, fit 128 bits.
    private const int ShortDigits = 3;

    // A digit takes values below 2^32 from each addition: so many leave room for its sign and for carries.
    private const int MaxAdditions = 1 << 29;

    // What is saved of a sum before its digits, their number among it.
    private const int SavedNumbers = 6;

    private long[]? _digits;
    private int _first;
    private int _additions;
    private int _nans;
    private int _positiveInfinities;
    private int _negativeInfinities;

    /// <summary>Bytes held beside the structure itself.</summary>
    public readonly long DigitBytes => _digits is null ? 0 : 24 + (_digits.Length * 8L);

    /// <summary>Asks for the digits.</summary>
    public readonly void Prefetch()
    {
        if (_digits is not null) { CacheLines.Prefetch(ref MemoryMarshal.GetArrayDataReference(_digits)); }
    }

    /// <summary>Adds a value with a weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(double value, int weight)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> MantissaBits) & ExponentMask;
        ulong mantissa = (ulong)bits & ((1UL << MantissaBits) - 1);
        if (exponent == ExponentMask)
        {
            AddSpecial(value, weight);
            return;
        }

        if (exponent == 0) { exponent = 1; }
        else { mantissa |= 1UL << MantissaBits; }

        if (mantissa == 0) { return; }

        int position = exponent - 1;
        UInt128 units = (UInt128)mantissa * (uint)Math.Abs(weight) << (position % DigitBits);
        AddUnits(units, position / DigitBits, isNegative: bits < 0 != weight < 0);
    }

    /// <summary>The sum, rounded to the nearest DOUBLE, ties to even.</summary>
    public readonly double Round()
    {
        bool hasPositive = _positiveInfinities > 0;
        bool hasNegative = _negativeInfinities > 0;
        if (_nans > 0 || (hasPositive && hasNegative)) { return double.NaN; }

        if (hasPositive || hasNegative) { return hasPositive ? double.PositiveInfinity : double.NegativeInfinity; }

        if (_digits is null) { return 0; }

        int exponent = (_first * DigitBits) - 1074;
        if (_digits.Length > ShortDigits) { return Round(Total<BigInteger>(), exponent); }

        // Values of like size, as columns mostly have, need no large numbers.
        return Round(Total<Int128>(), exponent);
    }

    /// <summary>Adds what <see cref="Restore"/> makes the same sum of to a list.</summary>
    public readonly void Save(List<long> numbers)
    {
        numbers.AddRange([_first, _additions, _nans, _positiveInfinities, _negativeInfinities, _digits?.Length ?? 0]);
        numbers.AddRange(_digits ?? []);
    }

    /// <summary>The sum that was saved.</summary>
    /// <param name="numbers">What was saved; goes on to what comes behind it.</param>
    /// <exception cref="InvalidDataException">It is too short.</exception>
    public static ExactSum Restore(ref ReadOnlySpan<long> numbers)
    {
        int digits = numbers.Length < SavedNumbers ? -1 : (int)numbers[SavedNumbers - 1];
        if (digits < 0 || digits > numbers.Length - SavedNumbers) { throw new InvalidDataException("A saved sum is too short."); }

        var sum = new ExactSum
        {
            _first = (int)numbers[0],
            _additions = (int)numbers[1],
            _nans = (int)numbers[2],
            _positiveInfinities = (int)numbers[3],
            _negativeInfinities = (int)numbers[4],
            _digits = digits == 0 ? null : [.. numbers.Slice(SavedNumbers, digits)],
        };
        numbers = numbers[(SavedNumbers + digits)..];
        return sum;
    }

    /// <summary>A whole number times a power of two, rounded to the nearest DOUBLE, ties to even.</summary>
    private static double Round<T>(T units, int exponent)
        where T : IBinaryInteger<T>
    {
        T magnitude = T.Abs(units);
        int excess = magnitude.GetShortestBitLength() - 64;
        if (excess > 0)
        {
            // The bits that are cut off leave a trace in the last one, so that the second rounding is right.
            T kept = magnitude >> excess;
            bool isExact = kept << excess == magnitude;
            magnitude = isExact ? kept : kept | T.One;
            exponent += excess;
        }

        // Below the normal range the unit is 2^−1074 itself: nothing is cut there.
        double rounded = Math.ScaleB((double)ulong.CreateTruncating(magnitude), exponent);
        return T.IsNegative(units) ? -rounded : rounded;
    }

    private void AddSpecial(double value, int weight)
    {
        if (double.IsNaN(value)) { _nans += weight; }
        else if (value > 0) { _positiveInfinities += weight; }
        else { _negativeInfinities += weight; }
    }

    private void AddUnits(UInt128 units, int digit, bool isNegative)
    {
        int width = 0;
        for (UInt128 rest = units; rest != 0; rest >>= DigitBits) { width++; }

        Reserve(digit, width + 1);
        for (int place = digit - _first; units != 0; place++, units >>= DigitBits)
        {
            long part = (uint)units;
            _digits![place] += isNegative ? -part : part;
        }

        if (++_additions == MaxAdditions) { Carry(); }
    }

    private void Reserve(int digit, int width)
    {
        if (_digits is null)
        {
            _first = digit;
            _digits = new long[width];
            return;
        }

        int first = Math.Min(_first, digit);
        int end = Math.Max(_first + _digits.Length, digit + width);
        if (end - first == _digits.Length) { return; }

        var grown = new long[end - first];
        _digits.CopyTo(grown, _first - first);
        (_digits, _first) = (grown, first);
    }

    private void Carry()
    {
        long carry = 0;
        long[] digits = _digits!;
        for (int place = 0; place < digits.Length; place++)
        {
            long value = digits[place] + carry;
            carry = value >> DigitBits;
            digits[place] = value & uint.MaxValue;
        }

        // What is carried out of the last digit is its sign, or fits beside it.
        digits[^1] += carry << DigitBits;
        _additions = 0;
        if (carry is not (0 or -1)) { Array.Resize(ref _digits, digits.Length + 1); }
    }

    private readonly T Total<T>()
        where T : IBinaryInteger<T>
    {
        T total = T.Zero;
        for (int place = _digits!.Length - 1; place >= 0; place--)
        {
            total = (total << DigitBits) + T.CreateTruncating(_digits[place]);
        }

        return total;
    }
}
