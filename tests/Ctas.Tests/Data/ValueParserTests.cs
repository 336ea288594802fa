using System.Globalization;
using System.Text;
using CsCheck;
using Ctas.Data;

namespace Ctas.Tests.Data;

public sealed class ValueParserTests
{
    [Fact]
    public void TryParseDouble_AnyText_EqualsThePlatformsParser() =>
        Gen.OneOf(
            Gen.Double.Select(value => value.ToString("R", CultureInfo.InvariantCulture)),
            Gen.Select(Gen.Long[-999_999_999_999_999, 999_999_999_999_999], Gen.Int[0, 12])
                .Select((digits, scale) => (digits / (decimal)Math.Pow(10, scale)).ToString(CultureInfo.InvariantCulture)),
            Gen.String[Gen.Char["-0123456789.e"], 0, 20])
        .Sample(text =>
        {
            bool expected = double.TryParse(
                text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out double value) && double.IsFinite(value);
            bool isParsed = ValueParser.TryParseDouble(Encoding.UTF8.GetBytes(text), out double parsed);

            // Forms such as "1." and ".5" do not occur in JSON; either answer is right for them.
            if (expected && isParsed) { BitConverter.DoubleToInt64Bits(parsed).Should().Be(BitConverter.DoubleToInt64Bits(value), text); }
            else if (isParsed) { expected.Should().BeTrue(text); }
        });

    [Fact]
    public void ToDouble_AnyDigitsAndScale_EqualsThePlatformsParser() =>
        Gen.Select(
            Gen.OneOf(Gen.ULong, Gen.ULong[0, 1UL << 54], Gen.Double[0, 1].Select(value => (ulong)(value * 1e19))),
            Gen.Int[0, DecimalFraction.MaxDigits])
        .Sample((digits, scale) => BitConverter.DoubleToInt64Bits(DecimalFraction.ToDouble(digits, scale))
            .Should().Be(BitConverter.DoubleToInt64Bits(double.Parse($"{digits}e-{scale}", CultureInfo.InvariantCulture)), $"{digits}e-{scale}"));

    [Theory]
    [InlineData(9007199254740993, 0)]
    [InlineData(90071992547409930, 1)]
    [InlineData(90071992547409931, 1)]
    [InlineData(90071992547409929, 1)]
    [InlineData(9007199254740995, 0)]
    [InlineData(ulong.MaxValue, 19)]
    [InlineData(1, 19)]
    [InlineData(0, 7)]
    public void ToDouble_BetweenTwoDoubles_EqualsThePlatformsParser(ulong digits, int scale) =>
        DecimalFraction.ToDouble(digits, scale).Should().Be(double.Parse($"{digits}e-{scale}", CultureInfo.InvariantCulture));

    [Fact]
    public void TryParseTimestamp_PlainForm_EqualsTheTimeWithAnOffset() =>
        Gen.Select(Gen.Int[0, 9999], Gen.Int[0, 13], Gen.Int[0, 32], Gen.Int[0, 24], Gen.Int[0, 60], Gen.Int[0, 60], Gen.String[Gen.Char["0123456789"], 0, 9])
        .Sample((year, month, day, hour, minute, second, fraction) =>
        {
            string time = $"{year:d4}-{month:d2}-{day:d2}T{hour:d2}:{minute:d2}:{second:d2}" + (fraction.Length > 0 ? $".{fraction}" : "");
            bool isTime = ValueParser.TryParseTimestamp(Encoding.UTF8.GetBytes($"{time}+00:00"), out long expected);
            bool isPlain = PlainTimestamp.TryParse(Encoding.UTF8.GetBytes($"{time}Z"), out long microseconds);
            (isPlain, microseconds).Should().Be((isTime, expected), time);
        });

    [Fact]
    public void TryParseTimestamp_MutatedPlainForm_EqualsTheTimeWithAnOffset() =>
        Gen.Select(Gen.Int[0, 26], Gen.Char["0123456789:-TtZ. x"]).Sample((place, other) =>
        {
            char[] mutated = "2024-02-29T23:59:58.123456".ToCharArray();
            mutated[Math.Min(place, mutated.Length - 1)] = other;
            string time = new(mutated);
            bool isTime = ValueParser.TryParseTimestamp(Encoding.UTF8.GetBytes($"{time}+00:00"), out long expected);
            (ValueParser.TryParseTimestamp(Encoding.UTF8.GetBytes($"{time}Z"), out long microseconds), microseconds)
                .Should().Be((isTime, expected), time);
        });

    [Fact]
    public void TryParseInteger_AnyLong_RoundTrips() => Gen.Long.Sample(value =>
    {
        ValueParser.TryParseInteger(Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture)), out long parsed).Should().BeTrue();
        parsed.Should().Be(value);
    });

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1a")]
    [InlineData("9223372036854775808")]
    [InlineData("1e-1")]
    [InlineData("0.5")]
    public void TryParseInteger_NoInteger_IsRefused(string text) =>
        ValueParser.TryParseInteger(Encoding.UTF8.GetBytes(text), out _).Should().BeFalse();

    [Theory]
    [InlineData("2026-01-02", "2026-01-02T00:00:00.0000000")]
    [InlineData("2026-01-02T03:04", "2026-01-02T03:04:00.0000000")]
    [InlineData("2026-01-02 03:04:05Z", "2026-01-02T03:04:05.0000000")]
    [InlineData("2026-01-02T03:04:05.1+02:30", "2026-01-02T00:34:05.1000000")]
    [InlineData("2026-01-02T03:04:05.123456789-0130", "2026-01-02T04:34:05.1234560")]
    [InlineData("1960-02-29T23:59:59.999999Z", "1960-02-29T23:59:59.9999990")]
    [InlineData("0001-01-01T01:00:00+01:00", "0001-01-01T00:00:00.0000000")]
    [InlineData("9999-12-31T22:59:59-01:00", "9999-12-31T23:59:59.0000000")]
    public void TryParseTimestamp_Iso_IsUtcMicroseconds(string text, string expected)
    {
        ValueParser.TryParseTimestamp(Encoding.UTF8.GetBytes(text), out long microseconds).Should().BeTrue();

        DateTime.UnixEpoch.AddMicroseconds(microseconds).ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture)
            .Should().Be(expected);
    }

    [Theory]
    [InlineData("2026-13-01")]
    [InlineData("2026-1-1")]
    [InlineData("2026-01-02T25:00")]
    [InlineData("2026-01-02T03:04:05.")]
    [InlineData("2026-01-02T03:04:05+9")]
    [InlineData("2026-01-02x03:04:05")]
    [InlineData("2026-01-02T03:04:05Zjunk")]
    [InlineData("0001-01-01T00:59:59+01:00")]
    [InlineData("9999-12-31T23:00:00-01:00")]
    public void TryParseTimestamp_NoTimestamp_IsRefused(string text) =>
        ValueParser.TryParseTimestamp(Encoding.UTF8.GetBytes(text), out _).Should().BeFalse();
}
