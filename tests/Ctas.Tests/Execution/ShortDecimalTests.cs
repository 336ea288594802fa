using CsCheck;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Tests.Execution;

/// <summary>Arithmetic on short DECIMALs gives what that on any DECIMAL gives.</summary>
public sealed class ShortDecimalTests
{
    private static readonly Gen<DataType> Types =
        Gen.Select(Gen.Int[1, 18], Gen.Int[0, 18]).Select((precision, scale) =>
            DataType.Decimal(precision, Math.Min(precision, scale)));

    [Fact]
    public void Add_ShortDecimals_GivesWhatAnyDecimalsGive() =>
        Gen.Select(Types, Types, Gen.Long, Gen.Long, Gen.Bool).Sample((left, right, a, b, isSubtraction) =>
        {
            int scale = Math.Max(left.Scale, right.Scale);
            int whole = Math.Max(left.Precision - left.Scale, right.Precision - right.Scale);
            DataType type = DataType.Decimal(whole + scale + 1, scale);
            if (!AddShortDecimal.Suits(left, right, type)) { return; }

            AssertSame(
                new AddShortDecimal(left, right, type, isSubtraction), new AddDecimal(left, right, type, isSubtraction),
                Fitted(a, left), Fitted(b, right));
        });

    [Fact]
    public void Multiply_ShortDecimals_GivesWhatAnyDecimalsGive() =>
        Gen.Select(Types, Types, Gen.Long, Gen.Long).Sample((left, right, a, b) =>
        {
            DataType type = DataType.Decimal(left.Precision + right.Precision, left.Scale + right.Scale);

            MultiplyShortDecimal.Suits(left, right, type).Should().BeTrue();
            AssertSame(
                default(MultiplyShortDecimal), new MultiplyDecimal(left, right, type), Fitted(a, left), Fitted(b, right));
        });

    [Fact]
    public void Multiply_LongFactors_GivesTheExactProductOrNone() =>
        Gen.Select(Gen.Long, Gen.Long, Gen.Int[0, 40], Gen.Int[0, 40]).Sample((a, b, moreOfA, moreOfB) =>
        {
            DataType wide = DataType.Decimal(38, 2);
            Int128 left = Fitted((Int128)a << moreOfA, wide);
            Int128 right = Fitted((Int128)b << moreOfB, wide);
            System.Numerics.BigInteger exact = (System.Numerics.BigInteger)left * right;

            bool isThere = new MultiplyDecimal(wide, wide, DataType.Decimal(38, 4)).TryApply(left, right, out Int128 product);

            isThere.Should().Be(System.Numerics.BigInteger.Abs(exact) < System.Numerics.BigInteger.Pow(10, 38));
            if (isThere) { ((System.Numerics.BigInteger)product).Should().Be(exact); }
        });

    [Fact]
    public void Widen_ShortDecimals_GivesWhatAnyDecimalsGive() =>
        Gen.Select(Types, Types, Gen.Long).Sample((from, type, a) =>
        {
            if (!WidenShortDecimal.Suits(from, type)) { return; }

            Int128 value = Fitted(a, from);
            new DecimalToDecimal(from, type).TryApply(value, out Int128 expected).Should().BeTrue();
            new WidenShortDecimal(from, type).TryApply(value, out Int128 widened).Should().BeTrue();
            widened.Should().Be(expected);
        });

    private static void AssertSame<TShort, TAny>(TShort quick, TAny any, Int128 left, Int128 right)
        where TShort : struct, IBinaryOperation<Int128, Int128, Int128>
        where TAny : struct, IBinaryOperation<Int128, Int128, Int128>
    {
        any.TryApply(left, right, out Int128 expected).Should().BeTrue();
        quick.TryApply(left, right, out Int128 result).Should().BeTrue();
        result.Should().Be(expected);
    }

    private static Int128 Fitted(Int128 value, DataType type) => value % DecimalArithmetic.PowerOfTen(type.Precision);
}
