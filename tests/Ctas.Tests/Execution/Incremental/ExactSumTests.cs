using System.Numerics;
using Ctas.Execution.Incremental;

namespace Ctas.Tests.Execution.Incremental;

public sealed class ExactSumTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Round_OfAnyDoublesInAnyOrder_IsTheNearestToTheTrueSum(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            double[] values = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Value(random, round % 3))];
            var sum = default(ExactSum);
            foreach (double value in values) { sum.Add(value, 1); }

            sum.Round().Should().Be(Reference(values));
            double[] kept = [.. values.Where((_, i) => i % 2 == 0)];
            foreach (double value in values.Where((_, i) => i % 2 == 1).Reverse()) { sum.Add(value, -1); }

            BitConverter.DoubleToInt64Bits(sum.Round()).Should().Be(BitConverter.DoubleToInt64Bits(Reference(kept)));
        }
    }

    [Fact]
    public void Round_AfterInfinitiesAndNaNHaveGone_IsTheSumOfTheRest()
    {
        var sum = default(ExactSum);
        sum.Add(1.5, 2);
        sum.Add(double.PositiveInfinity, 1);
        sum.Round().Should().Be(double.PositiveInfinity);
        sum.Add(double.NegativeInfinity, 1);
        sum.Round().Should().Be(double.NaN);
        sum.Add(double.PositiveInfinity, -1);
        sum.Add(double.NegativeInfinity, -1);
        sum.Round().Should().Be(3);
    }

    // Narrow, wild, and around the least values.
    private static double Value(Random random, int kind) => kind switch
    {
        0 => (random.NextDouble() - 0.5) * 1000,
        1 => Math.ScaleB(random.NextDouble() - 0.5, random.Next(-1060, 1000)),
        _ => BitConverter.Int64BitsToDouble(random.NextInt64(1L << 55)) * (random.Next(2) == 0 ? 1 : -1),
    };

    // In units of 2^-1074, rounded by division.
    private static double Reference(double[] values)
    {
        BigInteger total = BigInteger.Zero;
        foreach (double value in values)
        {
            long bits = BitConverter.DoubleToInt64Bits(value);
            int exponent = (int)(bits >> 52) & 0x7FF;
            BigInteger mantissa = bits & ((1L << 52) - 1);
            if (exponent > 0) { mantissa += 1L << 52; }

            BigInteger units = mantissa << Math.Max(exponent - 1, 0);
            total += bits < 0 ? -units : units;
        }

        BigInteger magnitude = BigInteger.Abs(total);
        int cut = Math.Max(0, (int)magnitude.GetBitLength() - 53);
        BigInteger quotient = magnitude >> cut;
        BigInteger rest = magnitude - (quotient << cut);
        BigInteger half = cut == 0 ? BigInteger.One : BigInteger.One << (cut - 1);
        if (rest > half || (rest == half && !quotient.IsEven)) { quotient++; }

        double rounded = Math.ScaleB((double)quotient, cut - 1074);
        return total.Sign < 0 ? -rounded : rounded;
    }
}
