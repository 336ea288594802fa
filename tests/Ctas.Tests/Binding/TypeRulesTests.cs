using Ctas.Data;
using Ctas.Planning;
using Ctas.Tests.Planning;

namespace Ctas.Tests.Binding;

public sealed class TypeRulesTests
{
    [Theory]
    [InlineData("1", "INT")]
    [InlineData("2147483648", "BIGINT")]
    [InlineData("-2147483648", "INT")]
    [InlineData("-9223372036854775808", "BIGINT")]
    [InlineData("9223372036854775808", "DECIMAL(19, 0)")]
    [InlineData("1.50", "DECIMAL(3, 2)")]
    [InlineData("1.5e3", "DOUBLE")]
    [InlineData("1 + 1", "INT")]
    [InlineData("order_id + 1", "BIGINT")]
    [InlineData("amount + 1", "DECIMAL(11, 2)")]
    [InlineData("amount + order_id", "DECIMAL(22, 2)")]
    [InlineData("amount * amount", "DECIMAL(20, 4)")]
    [InlineData("amount * 2", "DECIMAL(11, 2)")]
    [InlineData("amount / 3", "DECIMAL(14, 6)")]
    [InlineData("amount % 7", "DECIMAL(10, 2)")]
    [InlineData("amount * weight", "DOUBLE")]
    [InlineData("order_id / 2", "BIGINT")]
    [InlineData("order_id + weight", "DOUBLE")]
    [InlineData("at - at", "INTERVAL")]
    [InlineData("at + INTERVAL '1 day'", "TIMESTAMP")]
    [InlineData("CAST(at AS DATE) + 1", "DATE")]
    [InlineData("CAST(at AS DATE) - DATE '2024-01-01'", "INT")]
    [InlineData("CAST(at AS DATE) + INTERVAL 1 DAY", "TIMESTAMP")]
    [InlineData("NULL", "VARCHAR")]
    [InlineData("NULL + 1", "INT")]
    [InlineData("status || 1", "VARCHAR")]
    [InlineData("order_id = 1", "BOOLEAN")]
    [InlineData("at > '2024-01-01 10:00:00'", "BOOLEAN")]
    [InlineData("'2024-01-01' <= CAST(at AS DATE)", "BOOLEAN")]
    [InlineData("at BETWEEN '2024-01-01' AND '2024-01-02T10:00:00Z'", "BOOLEAN")]
    [InlineData("at IN ('2024-01-01')", "BOOLEAN")]
    [InlineData("amount IS DISTINCT FROM 1", "BOOLEAN")]
    [InlineData("paid IS NOT TRUE", "BOOLEAN")]
    [InlineData("CASE WHEN paid THEN 1 ELSE 2.5 END", "DECIMAL(2, 1)")]
    [InlineData("CASE status WHEN 'a' THEN order_id WHEN 'b' THEN 1 END", "BIGINT")]
    [InlineData("COALESCE(NULL, weight, 1)", "DOUBLE")]
    [InlineData("IFNULL(amount, 0)", "DECIMAL(10, 2)")]
    [InlineData("GREATEST(at, '2024-01-01')", "TIMESTAMP")]
    [InlineData("TRY_CAST(status AS INT)", "INT")]
    [InlineData("status::BIGINT", "BIGINT")]
    [InlineData("MOD(order_id, 2)", "BIGINT")]
    [InlineData("ROUND(amount, 1)", "DECIMAL(11, 2)")]
    [InlineData("ABS(weight)", "DOUBLE")]
    [InlineData("SQRT(order_id)", "DOUBLE")]
    [InlineData("LEN(status)", "INT")]
    [InlineData("EXTRACT(YEAR FROM at)", "BIGINT")]
    [InlineData("TRIM(LEADING '0' FROM status)", "VARCHAR")]
    [InlineData("COUNT(*)", "BIGINT")]
    [InlineData("COUNT(DISTINCT status)", "BIGINT")]
    [InlineData("SUM(order_id)", "BIGINT")]
    [InlineData("SUM(amount)", "DECIMAL(38, 2)")]
    [InlineData("SUM(amount) * 2", "DECIMAL(38, 2)")]
    [InlineData("SUM(weight)", "DOUBLE")]
    [InlineData("AVG(amount)", "DOUBLE")]
    [InlineData("MIN(at)", "TIMESTAMP")]
    [InlineData("MAX(status)", "VARCHAR")]
    [InlineData("ROWTIME", "TIMESTAMP")]
    [InlineData("ROWOFFSET", "BIGINT")]
    [InlineData("rowpartition", "INT")]
    [InlineData("ROWKEY", "VARCHAR")]
    public void TypeOf_Expression_FollowsTheRules(string expression, string type) =>
        Scripts.TypeOf(expression).ToString().Should().Be(type);

    [Theory]
    [InlineData("amount > 100", "amount > 100.00")]
    [InlineData("order_id = 7", "order_id = 7")]
    [InlineData("weight < 1.5", "weight < 1.5")]
    [InlineData("amount > 0.005", "CAST(amount AS DECIMAL(11, 3)) > 0.005")]
    [InlineData("at > '2024-01-01'", "at > TIMESTAMP '2024-01-01 00:00:00'")]
    [InlineData("at >= DATE '2024-01-01'", "at >= TIMESTAMP '2024-01-01 00:00:00'")]
    public void Compare_ColumnWithConstant_ConvertsTheConstant(string condition, string expected)
    {
        LogicalPlan plan = Scripts.PlanSound($"CREATE TABLE t AS SELECT status FROM orders WHERE {condition}").Tables[0].Preview!.Plan;

        ExplainText.Render(plan).Should().Contain($"filter {expected}  [");
    }

    [Fact]
    public void ResultNames_WithoutAlias_AreColumnNamesOrPositions()
    {
        Schema schema = Scripts.PlanSound("CREATE TABLE t AS SELECT Order_ID, amount * 2, status AS \"The Status\", 1 FROM orders")
            .Tables[0].Preview!.Schema;

        schema.Fields.Select(field => field.Name).Should().Equal("order_id", "expr_1", "The Status", "expr_3");
    }

    [Fact]
    public void ColumnList_RenamesCastsAndGivesTheKey()
    {
        Schema schema = Scripts.PlanSound(
            "CREATE TABLE t (id BIGINT PRIMARY KEY, price DOUBLE, state) AS SELECT order_id, amount, status FROM orders")
            .Tables[0].Preview!.Schema;

        schema.ToString().Should().Be("id BIGINT KEY, price DOUBLE, state VARCHAR");
    }

    [Fact]
    public void OpenSource_AnyColumnBinds_KnownTypesAreStillChecked()
    {
        Scripts.PlanSound("CREATE TABLE t AS SELECT a, b + 1 AS c, UPPER(d) AS e FROM clicks WHERE a > 'x' OR b")
            .Tables[0].Preview!.Schema.ToString().Should().Be("a UNKNOWN, c UNKNOWN, e VARCHAR");
        Scripts.Plan("CREATE TABLE t AS SELECT UPPER(a) + 1 AS c FROM clicks").Diagnostics
            .Should().ContainSingle().Which.Code.Should().Be("CTAS2007");
    }
}
