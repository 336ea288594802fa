using Ctas.Data;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Tests.Execution;

namespace Ctas.Tests.Planning.Rewrites;

public sealed class EmptyInputsTests
{
    [Theory]
    [InlineData("SELECT * FROM a WHERE 1 = 2")]
    [InlineData("SELECT * FROM a WHERE NULL")]
    [InlineData("SELECT * FROM a WHERE x = 1 AND x = 2")]
    [InlineData("SELECT * FROM a WHERE x > 5 AND x < 6")]
    [InlineData("SELECT * FROM a WHERE s = 'p' AND s = 'q'")]
    [InlineData("SELECT * FROM a WHERE x = 1 AND x IS NULL")]
    [InlineData("SELECT * FROM a JOIN b ON a.id = b.id WHERE FALSE")]
    [InlineData("SELECT x, COUNT(*) AS n FROM a WHERE FALSE GROUP BY x")]
    [InlineData("SELECT x FROM a WHERE FALSE UNION ALL SELECT y FROM b WHERE FALSE")]
    [InlineData("SELECT x FROM a ORDER BY x LIMIT 0")]
    public void Apply_ConditionThatNoRowMeets_GivesNoRows(string sql) =>
        PlanTexts.Optimised(sql).Should().Be("no rows");

    [Theory]
    [InlineData("SELECT COUNT(*) AS n FROM a WHERE FALSE", "aggregate: COUNT(*) AS n\n└─ no rows")]
    [InlineData("SELECT x FROM a UNION ALL SELECT y FROM b WHERE FALSE", "union all\n└─ scan table a (x)")]
    [InlineData("SELECT * FROM a WHERE x = 1 OR x = 2", "filter (x = 1) OR (x = 2)\n└─ scan table a (id, x, s)")]
    [InlineData("SELECT * FROM a WHERE x > 5 AND x <= 6", "filter (x > 5) AND (x <= 6)\n└─ scan table a (id, x, s)")]
    public void Apply_WhatStillHasRows_Stays(string sql, string expected) =>
        PlanTexts.Optimised(sql).Should().Be(expected);

    [Fact]
    public void Apply_ConditionThatFailsOnRows_IsStillAsked()
    {
        var table = new TestTable("t", ("x", DataType.Int));
        LogicalFilter filter = table.Scan.Where(Sql.Binary(
            BinaryOperator.And,
            Sql.Greater(Sql.Divide(Sql.Value(1), table.Column("x")), Sql.Value(1)),
            new ConstantExpression(null, DataType.Boolean)));

        EmptyInputs.Apply(filter).Should().BeSameAs(filter);
    }
}
