using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class CastKernelTests
{
    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("1", "1")]
    [InlineData("1e20", "1e+20")]
    [InlineData("-1.5e-7", "-1.5e-07")]
    [InlineData("nan", "NaN")]
    [InlineData("-inf", "-Infinity")]
    [InlineData("1e400", "error")]
    [InlineData("1_000", "error")]
    [InlineData("", "error")]
    public void Cast_TextToDoubleAndBack_IsStrictAndShortest(string text, string expected)
    {
        Single(Sql.Cast(Sql.Cast(Sql.Value(text), DataType.Double), DataType.Varchar)).Should().Be(expected);
    }

    [Theory]
    [InlineData("2024-02-29", "2024-02-29")]
    [InlineData(" 0001-01-01 ", "0001-01-01")]
    [InlineData("9999-12-31", "9999-12-31")]
    [InlineData("2023-02-29", "error")]
    [InlineData("2023-13-01", "error")]
    [InlineData("2023-1-1x", "error")]
    public void Cast_TextToDateAndBack_ChecksTheCalendar(string text, string expected)
    {
        Single(Sql.Cast(Sql.Cast(Sql.Value(text), DataType.Date), DataType.Varchar)).Should().Be(expected);
    }

    [Theory]
    [InlineData("2024-02-29 01:02:03.000004", "2024-02-29 01:02:03.000004")]
    [InlineData("2024-02-29T01:02", "2024-02-29 01:02:00")]
    [InlineData("2024-02-29T01:02:03Z", "2024-02-29 01:02:03")]
    [InlineData("2024-01-01T00:30:00+01:00", "2023-12-31 23:30:00")]
    [InlineData("1969-12-31 23:59:59.5", "1969-12-31 23:59:59.5")]
    [InlineData("2024-02-29", "2024-02-29 00:00:00")]
    [InlineData("2024-02-29 25:00", "error")]
    [InlineData("2024-02-29 10:00 +1", "error")]
    [InlineData("0001-01-01T00:00:00+05:00", "error")]
    public void Cast_TextToTimestampAndBack_TakesZones(string text, string expected)
    {
        Single(Sql.Cast(Sql.Cast(Sql.Value(text), DataType.Timestamp), DataType.Varchar)).Should().Be(expected);
    }

    [Theory]
    [InlineData("1 year 2 months 3 days 4 hours", "P1Y2M3DT4H")]
    [InlineData("P1Y2M3DT4H5M6.5S", "P1Y2M3DT4H5M6.5S")]
    [InlineData("-1 day", "P-1D")]
    [InlineData("-0.5 seconds", "PT-0.5S")]
    [InlineData("0 days", "PT0S")]
    [InlineData("90 minutes", "PT1H30M")]
    [InlineData("1 fortnight", "error")]
    [InlineData("P", "error")]
    [InlineData("day", "error")]
    public void Cast_TextToIntervalAndBack_IsIso(string text, string expected)
    {
        Single(Sql.Cast(Sql.Cast(Sql.Value(text), DataType.Interval), DataType.Varchar)).Should().Be(expected);
    }

    [Theory]
    [InlineData("1.005", "1.01")]
    [InlineData("-1.005", "-1.01")]
    [InlineData("1e2", "100.00")]
    [InlineData("12345e-3", "12.35")]
    [InlineData(".5", "0.50")]
    [InlineData("999.994", "999.99")]
    [InlineData("999.995", "error")]
    [InlineData("1.2.3", "error")]
    [InlineData("e5", "error")]
    [InlineData("0e1000", "0.00")]
    public void Cast_TextToDecimal_RoundsHalfAwayFromZero(string text, string expected)
    {
        Single(Sql.Cast(Sql.Cast(Sql.Value(text), DataType.Decimal(5, 2)), DataType.Varchar)).Should().Be(expected);
    }

    [Theory]
    [InlineData(2.5, 2)]
    [InlineData(3.5, 4)]
    [InlineData(-2.5, -2)]
    [InlineData(2147483647.4, 2147483647)]
    [InlineData(2147483647.5, null)]
    [InlineData(double.NaN, null)]
    [InlineData(double.PositiveInfinity, null)]
    public void Cast_DoubleToInt_RoundsHalfToEvenOrFails(double value, int? expected)
    {
        Single(Sql.Cast(Sql.Value(value), DataType.Int)).Should().Be(expected is null ? "error" : expected);
        Single(Sql.Cast(Sql.Value(value), DataType.Int, isTry: true)).Should().Be(expected);
    }

    [Fact]
    public void Cast_BetweenNumbers_KeepsValuesOrFails()
    {
        Single(Sql.Cast(Sql.Value(long.MaxValue), DataType.Int)).Should().Be("error");
        Single(Sql.Cast(Sql.Value(long.MaxValue), DataType.Decimal(19, 0))).Should().Be((decimal)long.MaxValue);
        Single(Sql.Cast(Sql.Value(10), DataType.Decimal(2, 1))).Should().Be("error");
        Single(Sql.Cast(Sql.Value(10), DataType.Decimal(2, 1), isTry: true)).Should().BeNull();
        Single(Sql.Cast(Sql.Value(0.1), DataType.Decimal(20, 3))).Should().Be(0.1m);
        Single(Sql.Cast(Sql.Cast(Sql.Value("2.5"), DataType.Decimal(2, 1)), DataType.Int)).Should().Be(3);
        Single(Sql.Cast(Sql.Cast(Sql.Value("-2.5"), DataType.Decimal(2, 1)), DataType.BigInt)).Should().Be(-3L);
        Single(Sql.Cast(Sql.Cast(Sql.Value("0.1"), DataType.Decimal(20, 19)), DataType.Double)).Should().Be(0.1);
    }

    [Fact]
    public void Cast_BytesToText_NeedsUtf8()
    {
        Column bytes = TestTable.Build(DataType.Bytes, [new byte[] { 0xC5, 0xBE }, new byte[] { 0xFF }, null]);
        ColumnReference column = KernelTests.Ref(0, DataType.Bytes);

        KernelTests.Evaluate(
            Sql.Cast(column, DataType.Varchar), bytes).Should().Equal(new object?[] { "ž", "error", null });
        KernelTests.Evaluate(
            Sql.Cast(column, DataType.Varchar, isTry: true), bytes).Should().Equal(new object?[] { "ž", null, null });
    }

    [Theory]
    [InlineData("2024-01-31", "1 month", "2024-02-29 00:00:00")]
    [InlineData("2024-03-31", "-1 month", "2024-02-29 00:00:00")]
    [InlineData("2024-01-01", "-1 microsecond", "2023-12-31 23:59:59.999999")]
    [InlineData("9999-12-31", "1 day", "error")]
    public void Timestamp_PlusInterval_FollowsTheCalendar(string text, string interval, string expected)
    {
        var sum = new BinaryExpression(
            BinaryOperator.Add,
            Sql.Cast(Sql.Value(text), DataType.Timestamp),
            Sql.Cast(Sql.Value(interval), DataType.Interval),
            DataType.Timestamp);

        Single(Sql.Cast(sum, DataType.Varchar)).Should().Be(expected);
    }

    private static object? Single(ScalarExpression expression) =>
        KernelTests.Evaluate(expression, KernelTests.Ints(0))[0];
}
