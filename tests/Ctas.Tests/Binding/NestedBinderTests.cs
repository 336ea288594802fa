using Ctas.Data;
using Ctas.Tests.Planning;
using Ctas.Text;

namespace Ctas.Tests.Binding;

/// <summary>Mistakes about ARRAY, MAP and STRUCT: code, place and hint.</summary>
public sealed class NestedBinderTests
{
    private const string Table = """
        CREATE TABLE p AS SELECT id, STRUCT(name := name, home := STRUCT(city := name)) AS person, ARRAY[1] AS a,
            MAP('k' := 1) AS m FROM users;

        """;

    [Theory]
    [InlineData("CTAS2070", "person->{nme}", "\"nme\" not found in STRUCT<", "\"name\"")]
    [InlineData("CTAS2070", "p.person.home.{zip}", "\"zip\" not found in STRUCT<city VARCHAR>", "Its fields are city.")]
    [InlineData("CTAS2070", "person[{'nme'}]", "\"nme\"", "\"name\"")]
    [InlineData("CTAS2071", "id->{x}", "type BIGINT", null)]
    [InlineData("CTAS2071", "m->{k}", "MAP<VARCHAR, INT>", "m['k']")]
    [InlineData("CTAS2071", "a.{x}", "ARRAY<INT>", "a[1].x")]
    [InlineData("CTAS2071", "person.name.{x}", "VARCHAR", "CAST(… AS STRUCT<x VARCHAR>)")]
    [InlineData("CTAS2072", "{id[1]}", "not BIGINT", null)]
    [InlineData("CTAS2073", "a[{'1'}]", "a position in an ARRAY needs BIGINT, not VARCHAR", "AS BIGINT)")]
    [InlineData("CTAS2073", "m[{1}]", "a key of MAP<VARCHAR, INT> needs VARCHAR, not INT", "AS VARCHAR)")]
    [InlineData("CTAS2074", "STRUCT(x := 1, {X} := 2)", "\"X\"", null)]
    [InlineData("CTAS2074", "CAST('{}' AS STRUCT<x INT, {x} INT>)", "\"x\"", null)]
    [InlineData("CTAS2075", "MAP({NULL} := 1)", "cannot be NULL", null)]
    [InlineData("CTAS2018", "{ARRAY[1, 'x']}", "ARRAY cannot bring VARCHAR and INT", null)]
    [InlineData("CTAS2018", "{MAP('a' := 1, 'b' := 'x')}", "the values of MAP", null)]
    [InlineData("CTAS2007", "{a = ARRAY['x']}", "ARRAY<INT> and ARRAY<VARCHAR>", "AS ARRAY<VARCHAR>)")]
    [InlineData("CTAS2007", "{person = STRUCT(title := 'x')}", "STRUCT<title VARCHAR>", null)]
    [InlineData("CTAS2008", "{CAST(a AS INT)}", "ARRAY<INT> cannot be cast to INT", null)]
    [InlineData("CTAS2008", "{CAST(person AS STRUCT<title VARCHAR>)}", "STRUCT<title VARCHAR>", null)]
    public void Bind_Mistake_IsReportedOnceInPlace(string code, string annotated, string message, string? hint)
    {
        // {} is also an empty JSON object.
        string select = annotated.Replace("'{}'", "'<>'", StringComparison.Ordinal);
        int start = select.IndexOf('{', StringComparison.Ordinal);
        int end = select.IndexOf('}', StringComparison.Ordinal) - 1;
        string expression = select.Remove(start, 1).Remove(end, 1).Replace("'<>'", "'{}'", StringComparison.Ordinal);
        string sql = $"{Table}CREATE TABLE t AS SELECT {expression} AS x FROM p";

        Diagnostic diagnostic = Scripts.Plan(sql).Diagnostics.Should().ContainSingle().Subject;

        diagnostic.Code.Should().Be(code);
        sql[diagnostic.Span.Start..diagnostic.Span.End].Should().Be(expression[start..end]);
        diagnostic.Message.Should().Contain(message);
        if (hint is not null) { diagnostic.Hint.Should().Contain(hint); }
    }

    [Fact]
    public void Bind_HeadersOfAnotherType_IsRefusedInPlace()
    {
        Diagnostic diagnostic = Scripts.OnlyMistake(
            "CREATE STREAM s (a INT, h {MAP<VARCHAR, BYTES>} HEADERS) WITH (topic = 't', value_format = 'JSON')");

        diagnostic.Code.Should().Be("CTAS2080");
        diagnostic.Message.Should().Contain("\"h\"").And.Contain("MAP<VARCHAR, BYTES>");
        diagnostic.Hint.Should().Contain("ARRAY<STRUCT<key VARCHAR, value BYTES>>");
    }

    [Fact]
    public void ToString_StructWithFieldsOfAnyName_ReadsBack()
    {
        DataType type = DataType.Struct(
            [new("a b", DataType.Int), new("q\"", DataType.Varchar), new("1", DataType.Int), new("ok_1", DataType.Date)]);

        Scripts.TypeOf($"CAST(NULL AS {type})").Should().Be(type);
    }
}
