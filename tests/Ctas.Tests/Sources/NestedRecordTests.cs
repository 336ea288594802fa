using System.Text;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

/// <summary>Objects and arrays of JSON records: as they are declared, and as they are inferred.</summary>
public sealed class NestedRecordTests
{
    [Fact]
    public void Add_InferredObjects_BecomeAStructWithFieldsInOrderOfAppearance()
    {
        SourceBatch batch = new RecordFeed()
            .Add("""{"o":{"a":1,"n":null}}""").Add("""{"o":{"b":{"x":true},"a":2}}""").Add("""{"o":null}""").Add("{}")
            .Finish();

        batch.Schema.ToString().Should().Be("o STRUCT<a INT, n NULL, b STRUCT<x BOOLEAN>>");
        Texts(batch).Should().Equal(
            """{"a":1,"n":null,"b":null}""", """{"a":2,"n":null,"b":{"x":true}}""", "NULL", "NULL");
    }

    [Theory]
    [InlineData("[1,2]", "[3.5]", "ARRAY<DOUBLE>", "[1,2]", "[3.5]")]
    [InlineData("[]", "[1]", "ARRAY<INT>", "[]", "[1]")]
    [InlineData("[1]", "[\"x\"]", "ARRAY<VARCHAR>", "[\"1\"]", "[\"x\"]")]
    [InlineData("[1,null]", "[3000000000]", "ARRAY<BIGINT>", "[1,null]", "[3000000000]")]
    [InlineData("[{\"a\":1}]", "[{\"b\":2}]", "ARRAY<STRUCT<a INT, b INT>>", "[{\"a\":1,\"b\":null}]", "[{\"a\":null,\"b\":2}]")]
    [InlineData("{\"a\":1}", "{\"a\":{\"b\":1}}", "STRUCT<a VARCHAR>", "{\"a\":\"1\"}", "{\"a\":\"{\\\"b\\\":1}\"}")]
    [InlineData("{\"a\":[1]}", "{\"a\":2}", "STRUCT<a VARCHAR>", "{\"a\":\"[1]\"}", "{\"a\":\"2\"}")]
    [InlineData("{\"a\":1}", "{\"a\":12345678901234567890123}", "STRUCT<a VARCHAR>", "{\"a\":\"1\"}", "{\"a\":\"12345678901234567890123\"}")]
    [InlineData("{\"a\":1}", "[1]", "VARCHAR", "{\"a\":1}", "[1]")]
    [InlineData("{\"a\":1}", "7", "VARCHAR", "{\"a\":1}", "7")]
    [InlineData("7", "{ \"a\" : 1 }", "VARCHAR", "7", "{ \"a\" : 1 }")]
    [InlineData("{\"A\":1}", "{\"a\":2}", "STRUCT<A INT, a INT>", "{\"A\":1,\"a\":null}", "{\"A\":null,\"a\":2}")]
    public void Add_InferredValuesThatDiffer_GetTheNarrowestCommonType(
        string first, string second, string type, string expectedFirst, string expectedSecond)
    {
        SourceBatch batch = new RecordFeed().Add($"{{\"v\":{first}}}").Add($"{{\"v\":{second}}}").Finish();

        batch.Schema.Fields[0].Type.ToString().Should().Be(type);
        Texts(batch).Should().Equal(expectedFirst, expectedSecond);
    }

    [Fact]
    public void Add_ObjectsWithEverNewFields_BecomeAMap()
    {
        var feed = new RecordFeed();
        for (int record = 0; record < 60; record++)
        {
            string fields = string.Join(",", Enumerable.Range(record * 10, 10).Select(i => $"\"user{i:d3}\":{i}"));
            feed.Add($"{{\"seen\":{{{fields}}}}}");
        }

        SourceBatch batch = feed.Finish();

        batch.Schema.Fields[0].Type.Should().Be(DataType.Map(DataType.Varchar, DataType.Int));
        Texts(batch)[59].Should().StartWith("""{"user590":590,""").And.EndWith("""user599":599}""");
        Texts(batch)[0].Should().Be("{" + string.Join(",", Enumerable.Range(0, 10).Select(i => $"\"user{i:d3}\":{i}")) + "}");
    }

    [Fact]
    public void Add_DeclaredTypes_AreReadAsDeclared()
    {
        DataType type = DataType.Struct(
        [
            new("tags", DataType.Array(DataType.Varchar)),
            new("prices", DataType.Map(DataType.Varchar, DataType.Decimal(6, 2))),
            new("at", DataType.Timestamp),
        ]);
        SourceBatch batch = new RecordFeed(RecordFeed.Define(new SourceColumn("v", type)))
            .Add("""{"v":{"AT":1700000000000,"prices":{"b":1.5,"a":"2.25"},"tags":["x",1,true,null,{"k":[]}],"other":{}}}""")
            .Finish();

        Texts(batch).Should().Equal(
            """{"tags":["x","1","true",null,"{\"k\":[]}"],"prices":{"a":2.25,"b":1.50},"at":"2023-11-14T22:13:20Z"}""");
    }

    [Theory]
    [InlineData("{\"v\":[{\"n\":1},{\"n\":\"x\"}]}", "\"v\" is declared ARRAY<STRUCT<n INT>> but holds other text where INT is wanted at [2].n")]
    [InlineData("{\"v\":[{\"n\":1.5}]}", "at [1].n")]
    [InlineData("{\"v\":{\"n\":1}}", "holds an object where ARRAY<STRUCT<n INT>> is wanted")]
    [InlineData("{\"v\":\"[]\"}", "holds a string")]
    [InlineData("{\"v\":7}", "holds a number")]
    [InlineData("{\"v\":[{]}", "malformed JSON")]
    public void Add_ValueThatDoesNotFitTheDeclaredType_IsRejectedWithItsPlace(string record, string reason)
    {
        SourceColumn column = new("v", DataType.Array(DataType.Struct([new("n", DataType.Int)])));

        Action act = () => new RecordFeed(RecordFeed.Define(column)).Add(record).Finish();

        act.Should().Throw<SourceException>().Which.Message.Should().Contain(reason);
    }

    [Fact]
    public void Add_RejectedNestedRecord_LeavesNoTrace()
    {
        var column = new SourceColumn("v", DataType.Array(DataType.Int));
        SourceBatch batch = new RecordFeed(
            new SourceDefinition("t", new TopicLocation("t", null)) { Columns = [column], OnError = RecordErrorPolicy.Skip })
            .Add("""{"v":[1]}""").Add("""{"v":[1,"x"]}""").Add("""{"v":[2]}""").Finish();

        Texts(batch).Should().Equal("[1]", "[2]");
    }

    [Fact]
    public void Add_DelimitedFields_AreReadAsJsonText()
    {
        SourceDefinition definition = new("t", new TopicLocation("t", null))
        {
            Columns = [new("id", DataType.Int), new("a", DataType.Array(DataType.Int))],
            ValueFormat = RecordFormat.Delimited,
        };

        SourceBatch batch = new RecordFeed(definition).Add("1,\"[1, 2]\"").Add("2,").Finish();

        Texts(batch, 1).Should().Equal("[1,2]", "NULL");
    }

    [Fact]
    public void Add_EmptyObjectsAndArraysOnly_AreSettledAsVarchar()
    {
        SourceBatch batch = new RecordFeed().Add("""{"o":{},"a":[],"d":{"x":[null]}}""").Finish();

        SchemaUnion.Complete(batch.Schema).ToString()
            .Should().Be("o VARCHAR, a ARRAY<VARCHAR>, d STRUCT<x ARRAY<VARCHAR>>");
        Batch settled = SchemaUnion.Convert(batch.Rows, batch.Schema, SchemaUnion.Complete(batch.Schema));
        settled[0].GetValue(0).Should().Be("{}");
    }

    private static string[] Texts(SourceBatch batch, int ordinal = 0)
    {
        var column = (StringColumn)batch.Rows[ordinal];
        if (!column.Type.IsNested)
        {
            return [.. Enumerable.Range(0, column.Length).Select(row => (string?)column.GetValue(row) ?? "NULL")];
        }

        var json = new Ctas.Data.Nested.NestedJson();
        var shape = Ctas.Data.Nested.ValueShape.Of(column.Type);
        return [.. Enumerable.Range(0, column.Length).Select(
            row => column.IsNull(row) ? "NULL" : Encoding.UTF8.GetString(json.Write(shape, column.GetBytes(row))))];
    }
}
