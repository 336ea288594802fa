using System.Text;
using System.Text.Json;
using Ctas.Cli;
using Ctas.Cli.Results;
using Ctas.Data;

namespace Ctas.IntegrationTests.Cli;

public sealed class ResultWriterTests
{
    // The worst value of every type, then a row of NULLs.
    private static readonly QueryResult Extremes = Result(
        Column("flag", DataType.Boolean, true, null),
        Column("small", DataType.Int, int.MinValue, null),
        Column("big", DataType.BigInt, long.MaxValue, null),
        Column("ratio", DataType.Double, 0.1 + 0.2, null),
        Column("price", DataType.Decimal(38, 4), Int128.Parse("-12345678901234567890123456789012345670"), null),
        Column("text", DataType.Varchar, "a \"b\",\nc\u001b[31m ü €", null),
        Column("raw", DataType.Bytes, "\u0001\u0002\u0003", null),
        Column("day", DataType.Date, 19_782, null),
        Column("hour", DataType.Time, 86_399_999_999L, null),
        Column("moment", DataType.Timestamp, 1_709_210_096_120_000L, null),
        Column("span", DataType.Interval, new Interval(-14, 3, -1_500_000), null));

    [Fact]
    public void WriteJson_EveryType_IsExactAndInColumnOrder()
    {
        string[] lines = Write(ResultFormat.Json, Extremes).Split('\n');

        lines[0].Should().Be(
            "{'flag':true,'small':-2147483648,'big':9223372036854775807,'ratio':0.30000000000000004,"
                .Replace('\'', '"')
            + "'price':-1234567890123456789012345678901234.5670,'text':".Replace('\'', '"')
            + """
              "a \"b\",\nc\u001B[31m ü €"
              """
            + ",'raw':'AQID','day':'2024-02-29','hour':'23:59:59.999999',".Replace('\'', '"')
            + "'moment':'2024-02-29T12:34:56.12Z','span':'P-14M3DT-1.5S'}".Replace('\'', '"'));
        lines[1].Should().Be(
            "{'flag':null,'small':null,'big':null,'ratio':null,'price':null,'text':null,'raw':null,'day':null,"
                .Replace('\'', '"')
            + "'hour':null,'moment':null,'span':null}".Replace('\'', '"'));
        lines[2..].Should().Equal("");
    }

    [Fact]
    public void Write_NestedValues_AreJson()
    {
        DataType type = DataType.Array(DataType.Struct([new Field("a", DataType.Int)]));

        // An array of no elements is nothing but its count.
        QueryResult result = Result(Column("items", type, "\0\0\0\0", null));

        Write(ResultFormat.Json, result).Should().Be("{\"items\":[]}\n{\"items\":null}\n");
        Write(ResultFormat.Csv, result).Should().Contain("[]");
        Write(ResultFormat.Table, result).Should().Contain("[]");
    }

    [Fact]
    public void WriteJson_NumbersThatJsonLacks_AreStrings()
    {
        QueryResult result = Result(
            Column("x", DataType.Double, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 1e300));

        Write(ResultFormat.Json, result).Should().Be(
            "{\"x\":\"NaN\"}\n{\"x\":\"Infinity\"}\n{\"x\":\"-Infinity\"}\n{\"x\":-0}\n{\"x\":1E+300}\n");
    }

    [Fact]
    public void WriteJson_NamesAndTextsOfAnyKind_ReadBackEqual()
    {
        const string Name = "a \"quoted\" näme\\";
        string[] texts = ["", "</script>", "\u2028", "😀", new string('x', 200_000), "\0"];
        QueryResult result = Result(Column(Name, DataType.Varchar, [.. texts]));

        IEnumerable<string?> read = Write(ResultFormat.Json, result)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty(Name).GetString());

        read.Should().Equal(texts);
    }

    [Fact]
    public void WriteJson_TextThatIsNoUtf8_StaysValidJson()
    {
        var builder = (StringColumnBuilder)ColumnBuilder.Create(DataType.Varchar);
        builder.Append([0x61, 0xff, 0x62]);
        var result = new QueryResult(
            new Schema([new Field("x", DataType.Varchar)]), [new Batch([builder.Finish()], 1)], TimeSpan.Zero);

        JsonDocument.Parse(Write(ResultFormat.Json, result)).RootElement.GetProperty("x").GetString()
            .Should().Be("a\uFFFDb");
    }

    [Fact]
    public void WriteCsv_EveryType_IsQuotedAsRfc4180Says()
    {
        Write(ResultFormat.Csv, Extremes).Should().Be(
            "flag,small,big,ratio,price,text,raw,day,hour,moment,span\n"
            + "true,-2147483648,9223372036854775807,0.30000000000000004,-1234567890123456789012345678901234.5670,"
            + "\"a \"\"b\"\",\nc\u001b[31m ü €\",AQID,2024-02-29,23:59:59.999999,2024-02-29T12:34:56.12Z,P-14M3DT-1.5S\n"
            + ",,,,,,,,,,\n");
    }

    [Fact]
    public void WriteCsv_NullAndEmptyString_Differ()
    {
        QueryResult result = Result(Column("a,b", DataType.Varchar, "", null, " x "));

        Write(ResultFormat.Csv, result).Should().Be("\"a,b\"\n\"\"\n\n\" x \"\n");
    }

    [Fact]
    public void WriteCsv_TwoResults_AreSeparatedByAnEmptyLine()
    {
        QueryResult result = Result(Column("a", DataType.Int, 1));

        Write(ResultFormat.Csv, result, result).Should().Be("a\n1\n\na\n1\n");
    }

    [Fact]
    public void WriteTable_EveryType_StaysInItsLineWithoutEscapeCodes()
    {
        string table = Write(ResultFormat.Table, Extremes);

        string[] lines = table.TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(7, "border, header, rule, two rows, border, count");
        lines[3].Should().Contain("-1234567890123456789012345678901234.5670").And.Contain("a \"b\",\\nc\\u001b[31m ü €");
        lines[4].Should().Contain("NULL");
        lines[6].Should().Be("(2 rows)");
        table.Should().NotContain("\u001b");
        lines[..6].Select(line => line.Length).Distinct().Should().ContainSingle("the table is not torn");
    }

    [Fact]
    public void WriteTable_MarkupInValues_IsPrintedAsItIs()
    {
        QueryResult result = Result(Column("[red]name[/]", DataType.Varchar, "[bold]x[/]", "[[y]]"));

        Write(ResultFormat.Table, result).Should().ContainAll("[red]name[/]", "[bold]x[/]", "[[y]]");
    }

    [Fact]
    public void WriteTable_LongRows_AreNotWrappedOutsideATerminal()
    {
        QueryResult result = Result(Column("x", DataType.Varchar, new string('y', 5_000)));

        Write(ResultFormat.Table, result).Should().Contain(new string('y', 5_000));
    }

    [Theory]
    [InlineData(0, "(0 rows)")]
    [InlineData(1, "(1 row)")]
    [InlineData(1234, "(1,234 rows)")]
    public void WriteTable_AnyNumberOfRows_IsCounted(int rows, string expected)
    {
        QueryResult result = Result(Column("id", DataType.Int, [.. Enumerable.Range(0, rows).Cast<object?>()]));

        string table = Write(ResultFormat.Table, result);

        table.Should().Contain(" id ").And.EndWith(expected + "\n");
    }

    [Theory]
    [InlineData(0, 4, "0.0000")]
    [InlineData(-1, 4, "-0.0001")]
    [InlineData(12_345, 4, "1.2345")]
    [InlineData(-7, 0, "-7")]
    public void DecimalText_AnySign_KeepsEveryDigit(long unscaled, int scale, string expected) =>
        ValueText.OfDecimal(unscaled, scale).Should().Be(expected);

    [Fact]
    public void DecimalText_SmallestInt128_IsExact() =>
        ValueText.OfDecimal(Int128.MinValue, 1).Should().Be("-17014118346046923173168730371588410572.8");

    [Theory]
    [InlineData(0L, "1970-01-01T00:00:00Z")]
    [InlineData(-1L, "1969-12-31T23:59:59.999999Z")]
    [InlineData(253_402_300_799_999_999L, "9999-12-31T23:59:59.999999Z")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    public void TimestampText_AnyMoment_IsIsoOrTheNumber(long microseconds, string expected) =>
        ValueText.OfTimestamp(microseconds).Should().Be(expected);

    [Theory]
    [InlineData(0, "1970-01-01")]
    [InlineData(-719_162, "0001-01-01")]
    [InlineData(int.MaxValue, "2147483647")]
    public void DateText_AnyDay_IsIsoOrTheNumber(int days, string expected) =>
        ValueText.OfDate(days).Should().Be(expected);

    [Theory]
    [InlineData(0, 0, 0, "PT0S")]
    [InlineData(1, 0, 0, "P1M")]
    [InlineData(0, 0, long.MinValue, "PT-9223372036854.775808S")]
    public void IntervalText_AnyParts_IsIso(int months, int days, long microseconds, string expected) =>
        ValueText.OfInterval(new Interval(months, days, microseconds)).Should().Be(expected);

    private static string Write(ResultFormat format, params QueryResult[] results)
    {
        using var output = new StringWriter();
        IResultWriter writer = ResultWriter.Create(format, Terminal.OfWriters(output, TextWriter.Null));
        foreach (QueryResult result in results) { writer.Write(result); }

        return output.ToString();
    }

    private static QueryResult Result(params (Field Field, Column Values)[] columns) => new(
        new Schema(columns.Select(column => column.Field)),
        [new Batch([.. columns.Select(column => column.Values)], columns[0].Values.Length)],
        TimeSpan.Zero);

    private static (Field Field, Column Values) Column(string name, DataType type, params object?[] values)
    {
        ColumnBuilder builder = ColumnBuilder.Create(type);
        foreach (object? value in values) { Append(builder, value); }

        return (new Field(name, type), builder.Finish());
    }

    private static void Append(ColumnBuilder builder, object? value)
    {
        switch (builder, value)
        {
            case (_, null): builder.AppendNull(); break;
            case (FixedColumnBuilder<bool> booleans, bool x): booleans.Append(x); break;
            case (FixedColumnBuilder<int> ints, int x): ints.Append(x); break;
            case (FixedColumnBuilder<long> longs, long x): longs.Append(x); break;
            case (FixedColumnBuilder<double> doubles, double x): doubles.Append(x); break;
            case (FixedColumnBuilder<Int128> decimals, Int128 x): decimals.Append(x); break;
            case (FixedColumnBuilder<Interval> intervals, Interval x): intervals.Append(x); break;
            case (StringColumnBuilder strings, string x): strings.Append(Encoding.UTF8.GetBytes(x)); break;
            default: throw new ArgumentException($"{value.GetType().Name} does not go into {builder.Type}.");
        }
    }
}
