using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Execution.Kernels.Functions;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class FunctionKernelTests
{
    [Fact]
    public void Kernels_OfTheFamilies_AreThoseOfTheCatalog() =>
        FunctionKernels.Names.Should().BeEquivalentTo(FunctionCatalog.KernelNames);

    [Theory]
    [InlineData("  a b ", "a b", "a b ", "  a b")]
    [InlineData("", "", "", "")]
    [InlineData("   ", "", "", "")]
    public void Trim_OfSpaces_CutsTheEndsItNames(string text, string both, string left, string right)
    {
        Text("TRIM", text).Should().Be(both);
        Text("LTRIM", text).Should().Be(left);
        Text("RTRIM", text).Should().Be(right);
    }

    [Fact]
    public void Trim_OfCharacters_CutsCodePointsNotBytes()
    {
        Call("TRIM", DataType.Varchar, Sql.Value("žéažž"), Sql.Value("éž")).Should().Be("a");
        Call("RTRIM", DataType.Varchar, Sql.Value("xyx"), Sql.Value("x")).Should().Be("xy");
    }

    [Theory]
    [InlineData("žluťoučký", 2, 3, "luť")]
    [InlineData("abc", 0, 2, "a")]
    [InlineData("abc", -5, 3, "")]
    [InlineData("abc", 3, 100, "c")]
    [InlineData("abc", 4, 1, "")]
    [InlineData("abc", 1, 0, "")]
    public void Substring_CountsCodePointsFromOne(string text, int start, int length, string expected)
    {
        Call("SUBSTRING", DataType.Varchar, Sql.Value(text), Sql.Value(start), Sql.Value(length)).Should().Be(expected);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("žluť", 4)]
    [InlineData("a😀b", 3)]
    public void Length_CountsCodePoints(string text, int expected)
    {
        Call("LENGTH", DataType.Int, Sql.Value(text)).Should().Be(expected);
    }

    [Theory]
    [InlineData("straße", "STRASSE", "STRAßE")]
    [InlineData("žluť", "ŽLUŤ", "ŽLUŤ")]
    public void Upper_OfUnicode_IsInvariant(string text, string oneOf, string other)
    {
        Text("UPPER", text).Should().BeOneOf(oneOf, other);
    }

    [Theory]
    [InlineData(2.5, 0, 3.0)]
    [InlineData(-2.5, 0, -3.0)]
    [InlineData(1234.5678, 2, 1234.57)]
    [InlineData(1234.5678, -2, 1200.0)]
    [InlineData(double.NaN, 2, double.NaN)]
    [InlineData(1e300, 20, 1e300)]
    public void Round_OfDouble_GoesHalfAwayFromZero(double value, int digits, double expected)
    {
        Call("ROUND", DataType.Double, Sql.Value(value), Sql.Value(digits)).Should().Be(expected);
    }

    [Theory]
    [InlineData("9.55", 1, "9.60")]
    [InlineData("-9.55", 1, "-9.60")]
    [InlineData("9.55", 0, "10.00")]
    [InlineData("9.55", 5, "9.55")]
    [InlineData("9.55", -1, "10.00")]
    [InlineData("4.55", -1, "0.00")]
    [InlineData("9.55", -60, "0.00")]
    public void Round_OfDecimal_KeepsTheScale(string value, int digits, string expected)
    {
        ScalarExpression number = Sql.Cast(Sql.Value(value), DataType.Decimal(3, 2));
        ScalarExpression rounded = Sql.Call("ROUND", DataType.Decimal(4, 2), number, Sql.Value(digits));

        Single(Sql.Cast(rounded, DataType.Varchar)).Should().Be(expected);
    }

    [Theory]
    [InlineData("FLOOR", "-1.50", "-2.00")]
    [InlineData("FLOOR", "1.50", "1.00")]
    [InlineData("CEIL", "-1.50", "-1.00")]
    [InlineData("CEIL", "9.01", "10.00")]
    [InlineData("CEIL", "9.00", "9.00")]
    public void FloorAndCeil_OfDecimal_GoDownAndUp(string function, string value, string expected)
    {
        ScalarExpression number = Sql.Cast(Sql.Value(value), DataType.Decimal(3, 2));

        Single(Sql.Cast(Sql.Call(function, DataType.Decimal(4, 2), number), DataType.Varchar)).Should().Be(expected);
    }

    [Fact]
    public void MathFunctions_OutsideTheirDomain_FailTheRow()
    {
        Call("SQRT", DataType.Double, Sql.Value(-1.0)).Should().Be("error");
        Call("POWER", DataType.Double, Sql.Value(-8.0), Sql.Value(0.5)).Should().Be("error");
        Call("POWER", DataType.Double, Sql.Value(0.0), Sql.Value(-1.0)).Should().Be("error");
        Call("ABS", DataType.Int, Sql.Value(int.MinValue)).Should().Be("error");
        Call("POWER", DataType.Double, Sql.Value(-2.0), Sql.Value(3.0)).Should().Be(-8.0);
    }

    [Theory]
    [InlineData("YEAR", 1969L)]
    [InlineData("MONTH", 12L)]
    [InlineData("DAY", 31L)]
    [InlineData("HOUR", 23L)]
    [InlineData("MINUTE", 58L)]
    [InlineData("SECOND", 59L)]
    public void Extract_BeforeTheEpoch_CountsFromTheStartOfTheDay(string field, long expected)
    {
        ScalarExpression moment = Sql.Cast(Sql.Value("1969-12-31 23:58:59.5"), DataType.Timestamp);

        Call("EXTRACT", DataType.BigInt, Sql.Value(field), moment).Should().Be(expected);
    }

    [Theory]
    [InlineData("a%", "abc", true)]
    [InlineData("%c", "abc", true)]
    [InlineData("%b%", "abc", true)]
    [InlineData("a_c", "ažc", true)]
    [InlineData("_", "😀", true)]
    [InlineData("", "", true)]
    [InlineData("%", "", true)]
    [InlineData("_", "", false)]
    [InlineData("a", "ab", false)]
    [InlineData("%ab%ab%", "xabyab", true)]
    [InlineData("%ab%ab%", "xabyba", false)]
    [InlineData("%aab", "aaaab", true)]
    [InlineData("!%", "%", true)]
    [InlineData("!%", "x", false)]
    public void Like_MatchesTheWholeTextByCodePoints(string pattern, string text, bool expected)
    {
        var like = new LikeExpression(KernelTests.Ref(0, DataType.Varchar), Sql.Value(pattern), '!', false, false);

        KernelTests.Evaluate(like, KernelTests.Texts(text, null)).Should().Equal(expected, null);
        KernelTests.Evaluate(
            like with { IsNegated = true, IgnoresCase = true }, KernelTests.Texts(text.ToUpperInvariant(), null))
            .Should().Equal(!expected, null);
    }

    [Theory]
    [InlineData("X'")]
    [InlineData("X'4")]
    [InlineData("0x4")]
    [InlineData("4g")]
    public void Decode_OfHexThatIsNone_FailsTheRow(string text) =>
        Call("DECODE", DataType.Varchar, Sql.Value(text), Sql.Value("hex")).Should().Be("error");

    [Theory]
    [InlineData("JSON_KEYS", """{"\ud800":1}""")]
    [InlineData("JSON_RECORDS", """{"\ud800":1}""")]
    [InlineData("JSON_CONCAT", """{"\ud800":1}""")]
    [InlineData("JSON_EXTRACT_PATH", """{"\ud800":1}""", "a")]
    [InlineData("JSON_EXTRACT_PATH_TEXT", """{"a":"\ud800"}""", "a")]
    [InlineData("JSON_EXTRACT", """{"b":{"a\ud800":1}}""", "$..a")]
    [InlineData("JSON_EXTRACT", """[{"a":"\ud800"}]""", "$[?(@.a > 'x')]")]
    public void Json_WithHalfACharacter_HasNoFields(string function, params string[] arguments)
    {
        DataType type = function switch
        {
            "JSON_KEYS" => DataType.Array(DataType.Varchar),
            "JSON_RECORDS" => DataType.Map(DataType.Varchar, DataType.Varchar),
            _ => DataType.Varchar,
        };

        // From a column too: what fails in one row must leave the next as it is.
        Column[] columns = [KernelTests.Texts(arguments[0], """{"c":1}""")];
        ScalarExpression call = Sql.Call(
            function, type, [KernelTests.Ref(0, DataType.Varchar), .. arguments.Skip(1).Select(Sql.Value)]);

        List<object?> results = KernelTests.Evaluate(call, columns);

        results[0].Should().BeNull();
        if (function == "JSON_KEYS") { results[1].Should().BeEquivalentTo(new[] { "c" }); }
    }

    [Fact]
    public void JsonArrayContains_OfHalfACharacter_IsFalse() => KernelTests.Evaluate(
        Sql.Call("JSON_ARRAY_CONTAINS", DataType.Boolean, KernelTests.Ref(0, DataType.Varchar), Sql.Value("a")),
        KernelTests.Texts("""["\ud800"]""")).Should().Equal(false);

    private static object? Text(string function, string text) => Call(function, DataType.Varchar, Sql.Value(text));

    private static object? Call(string function, DataType type, params ScalarExpression[] arguments) =>
        Single(Sql.Call(function, type, arguments));

    private static object? Single(ScalarExpression expression) =>
        KernelTests.Evaluate(expression, KernelTests.Ints(0))[0];
}
