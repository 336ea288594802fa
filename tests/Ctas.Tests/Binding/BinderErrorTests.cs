using Ctas.Tests.Planning;
using Ctas.Text;

namespace Ctas.Tests.Binding;

/// <summary>Every mistake that binding reports: code, place and hint, and never a second one about the first.</summary>
public sealed class BinderErrorTests
{
    [Theory]
    [InlineData("CTAS2120", "CREATE TABLE t AS SELECT {x => 1} AS n FROM users", "a lambda is no value", "TRANSFORM")]
    [InlineData("CTAS2128", "CREATE TABLE t AS SELECT * FROM users NATURAL JOIN {kafka://clicks}", "the right side", "USING")]
    [InlineData("CTAS2132", "CREATE TABLE t AS SELECT name, COUNT(*) AS n FROM (SELECT name, TIMESTAMP '2024-01-01' AS ROWTIME FROM users) AS u WINDOW {SESSION (5 MINUTES)} GROUP BY ROLLUP (name)", "several sets", "UNION ALL")]
    [InlineData("CTAS2001", "CREATE TABLE t AS SELECT id FROM {usrs}", "\"usrs\"", "Did you mean \"users\"?")]
    [InlineData("CTAS2001", "CREATE TABLE t AS SELECT id FROM {payments}", "neither a table nor a source", "kafka://payments")]
    [InlineData("CTAS2002", "CREATE TABLE t AS SELECT {user}.id FROM users", "\"user\"", "users")]
    [InlineData("CTAS2002", "CREATE TABLE t AS SELECT {users}.id FROM users u", "\"users\"", null)]
    [InlineData("CTAS2002", "CREATE TABLE t AS SELECT {x}.* FROM users u", "\"x\"", null)]
    [InlineData("CTAS2003", "CREATE TABLE t AS SELECT {amuont} FROM orders", "table \"orders\"", "Did you mean \"amount\"?")]
    [InlineData("CTAS2003", "CREATE TABLE t AS SELECT o.{amuont} FROM orders o", "table \"o\"", "amount")]
    [InlineData("CTAS2003", "CREATE TABLE t AS SELECT 1 AS a FROM users WHERE {zzz} = 1", "\"zzz\"", null)]
    [InlineData("CTAS2003", "CREATE TABLE t AS SELECT {\"ID\"} FROM users", "\"ID\"", "id")]
    [InlineData("CTAS2004", "CREATE TABLE t AS SELECT {name} FROM users u JOIN orders o ON u.id = o.user_id", "ambiguous", "u.name")]
    [InlineData("CTAS2005", "CREATE TABLE t AS SELECT {uper}(name) AS n FROM users", "\"uper\"", "UPPER")]
    [InlineData("CTAS2006", "CREATE TABLE t AS SELECT {UPPER(name, name)} AS n FROM users", "1 argument, not 2", null)]
    [InlineData("CTAS2006", "CREATE TABLE t AS SELECT {ROUND()} AS n FROM users", "1 or 2 arguments", null)]
    [InlineData("CTAS2006", "CREATE TABLE t AS SELECT {SUM(*)} AS n FROM users", "1 argument", null)]
    [InlineData("CTAS2007", "CREATE TABLE t AS SELECT {name + 1} AS n FROM users", "VARCHAR and INT", "CAST(name AS INT)")]
    [InlineData("CTAS2007", "CREATE TABLE t AS SELECT id FROM users WHERE {name = 1}", "VARCHAR and INT", "CAST")]
    [InlineData("CTAS2007", "CREATE TABLE t AS SELECT id FROM users WHERE {id BETWEEN 'a' AND 'b'}", "BIGINT and VARCHAR", "CAST")]
    [InlineData("CTAS2007", "CREATE TABLE t AS SELECT id FROM users WHERE {id LIKE 'a%'}", "\"LIKE\"", null)]
    [InlineData("CTAS2007", "CREATE TABLE t AS SELECT {-name} AS n FROM users", "\"-\" cannot take VARCHAR", null)]
    [InlineData("CTAS2007", "CREATE TABLE t AS SELECT {id || rank} AS n FROM users", "\"||\"", null)]
    [InlineData("CTAS2008", "CREATE TABLE t AS SELECT {CAST(born AS INT)} AS n FROM users", "DATE cannot be cast to INT", null)]
    [InlineData("CTAS2010", "CREATE TABLE t AS SELECT id FROM users WHERE {id + 1}", "WHERE needs", null)]
    [InlineData("CTAS2010", "CREATE TABLE t AS SELECT id FROM users WHERE {name} AND id > 1", "AND needs", null)]
    [InlineData("CTAS2010", "CREATE TABLE t AS SELECT CASE WHEN {id} THEN 1 END AS n FROM users", "WHEN needs", null)]
    [InlineData("CTAS2010", "CREATE TABLE t AS SELECT u.id FROM users u JOIN orders o ON {u.id}", "ON needs", null)]
    [InlineData("CTAS2011", "CREATE TABLE t AS SELECT id FROM users WHERE {COUNT(*)} > 1", "\"COUNT\"", "HAVING")]
    [InlineData("CTAS2011", "CREATE TABLE t AS SELECT COUNT(*) AS n FROM users GROUP BY {SUM(id)}", "GROUP BY", null)]
    [InlineData("CTAS2012", "CREATE TABLE t AS SELECT SUM({COUNT(*)}) AS n FROM users", "inside another", null)]
    [InlineData("CTAS2013", "CREATE TABLE t AS SELECT {name}, COUNT(*) AS n FROM users", "\"name\"", "Add name to GROUP BY")]
    [InlineData("CTAS2013", "CREATE TABLE t AS SELECT name FROM users GROUP BY name HAVING {rank} > 1", "\"rank\"", "GROUP BY")]
    [InlineData("CTAS2013", "CREATE TABLE t AS SELECT name FROM users GROUP BY name ORDER BY {rank}", "\"rank\"", "GROUP BY")]
    [InlineData("CTAS2014", "CREATE TABLE t AS SELECT name FROM users GROUP BY {2}", "position 2", "only column 1")]
    [InlineData("CTAS2014", "CREATE TABLE t AS SELECT name, id FROM users ORDER BY {0}", "position 0", "1 to 2")]
    [InlineData("CTAS2015", "CREATE TABLE t AS SELECT id, {name AS ID} FROM users", "\"ID\"", "AS")]
    [InlineData("CTAS2016", "CREATE TABLE t AS SELECT 1 AS x FROM users JOIN {users} ON TRUE", "\"users\"", "AS")]
    [InlineData("CTAS2017", "CREATE TABLE t AS SELECT id FROM users UNION ALL {SELECT id, name FROM users}", "1 column, not 2", null)]
    [InlineData("CTAS2017", "CREATE TABLE {t} (a, b) AS SELECT id FROM users", "1 column, not 2", null)]
    [InlineData("CTAS2018", "CREATE TABLE t AS SELECT id FROM users UNION ALL {SELECT name FROM users}", "BIGINT and VARCHAR", "CAST")]
    [InlineData("CTAS2018", "CREATE TABLE t AS SELECT {CASE WHEN id > 1 THEN name ELSE id END} AS n FROM users", "VARCHAR and BIGINT", null)]
    [InlineData("CTAS2018", "CREATE TABLE t AS SELECT id FROM users WHERE {id IN (1, 'two')}", "IN cannot", null)]
    [InlineData("CTAS2018", "CREATE TABLE t AS SELECT {COALESCE(id, name)} AS n FROM users", "COALESCE", null)]
    [InlineData("CTAS2019", "CREATE TABLE t AS SELECT id FROM users WHERE born > {'yesterday'}", "'yesterday'", "DATE '2024-12-31'")]
    [InlineData("CTAS2019", "CREATE TABLE t AS SELECT {DATE '2024-02-30'} AS d FROM users", "DATE", null)]
    [InlineData("CTAS2019", "CREATE TABLE t AS SELECT at + {INTERVAL '3 moons'} AS d FROM orders", "INTERVAL", null)]
    [InlineData("CTAS2020", "CREATE TABLE t AS SELECT {123456789012345678901234567890123456789} AS n FROM users", "38 digits", null)]
    [InlineData("CTAS2021", "CREATE TABLE t AS SELECT {*}", "needs a FROM", null)]
    [InlineData("CTAS2022", "CREATE TABLE t AS SELECT rank FROM users JOIN orders USING ({id})", "right", null)]
    [InlineData("CTAS2023", "CREATE TABLE t AS SELECT DISTINCT name FROM users ORDER BY {rank}", "DISTINCT", null)]
    [InlineData("CTAS2023", "CREATE TABLE t AS SELECT id FROM users UNION ALL SELECT id FROM users ORDER BY {id + 1}", "UNION", null)]
    [InlineData("CTAS2024", "CREATE TABLE t AS SELECT id FROM users LIMIT {id}", "LIMIT", null)]
    [InlineData("CTAS2025", "CREATE TABLE t (a, {a}) AS SELECT id, name FROM users", "\"a\"", null)]
    [InlineData("CTAS2025", "CREATE STREAM s (a INT, {A} INT) WITH (topic = 's')", "\"A\"", null)]
    [InlineData("CTAS2026", "CREATE TABLE t ({a HEADERS}) AS SELECT id FROM users", "HEADERS", null)]
    [InlineData("CTAS2026", "CREATE STREAM s ({a INT PRIMARY KEY}) WITH (topic = 's')", "PRIMARY KEY", null)]
    [InlineData("CTAS2027", "CREATE TABLE t AS SELECT CAST(id AS {DECIMAL(39, 2)}) AS d FROM users", "DECIMAL(39, 2)", "38")]
    [InlineData("CTAS2028", "CREATE TABLE t AS WITH a AS (SELECT 1 AS x), {a} AS (SELECT 2 AS x) SELECT x FROM a", "twice in WITH", null)]
    [InlineData("CTAS2029", "SELECT order_id FROM {orders}", "\"orders\"", "CREATE TABLE")]
    [InlineData("CTAS2029", "SELECT * FROM {kafka://orders}", "kafka://orders", "CREATE TABLE orders AS SELECT * FROM kafka://orders")]
    [InlineData("CTAS2030", "CREATE TABLE {users} AS SELECT order_id FROM orders", "exists already", "OR REPLACE")]
    [InlineData("CTAS2031", "CREATE TABLE t AS SELECT UPPER({id}) AS n FROM users", "needs VARCHAR, not BIGINT", null)]
    [InlineData("CTAS2031", "CREATE TABLE t AS SELECT SUM({name}) AS n FROM users", "a number", null)]
    [InlineData("CTAS2032", "CREATE TABLE t AS SELECT id FROM users WHERE name LIKE 'a' ESCAPE {'xy'}", "one character", null)]
    [InlineData("CTAS2153", "CREATE TABLE t AS SELECT id FROM users WHERE name LIKE {'a!'} ESCAPE '!'", "ends in its escape", "twice")]
    [InlineData("CTAS2033", "CREATE TABLE t AS SELECT EXTRACT({FORTNIGHT} FROM born) AS c FROM users", "\"FORTNIGHT\"", "YEAR")]
    [InlineData("CTAS2034", "CREATE TABLE t AS SELECT {UPPER(DISTINCT name)} AS n FROM users", "DISTINCT", null)]
    [InlineData("CTAS2035", "DROP TABLE {usres}", "\"usres\"", "users")]
    [InlineData("CTAS2056", "CREATE TABLE t AS SELECT DATE_TRUNC({'fortnight'}, born) AS d FROM users", "'fortnight'", "WEEK")]
    [InlineData("CTAS2056", "CREATE TABLE t AS SELECT REGEXP_LIKE(name, {'a('}) AS d FROM users", "'a('", "no regular expression")]
    [InlineData("CTAS2058", "CREATE TABLE t AS SELECT FILTER(ARRAY[1], x => {x + 1}) AS d FROM users", "BOOLEAN, not INT", "CAST(… AS BOOLEAN)")]
    [InlineData("CTAS2031", "CREATE TABLE t AS SELECT LPAD(name, {'5'}) AS d FROM users", "needs INT, not VARCHAR", "LPAD(text VARCHAR, length INT [, fill VARCHAR])")]
    [InlineData("CTAS2031", "CREATE TABLE t AS SELECT TRANSFORM(ARRAY[1], {(x, y) => x}) AS d FROM users", "a lambda as x", "TRANSFORM")]
    [InlineData("CTAS2003", "CREATE TABLE t AS SELECT TRANSFORM(ARRAY[1], x => {z}) AS d FROM users", "\"z\"", null)]
    [InlineData("CTAS2053", "CREATE TABLE t AS SELECT a FROM {'kafka://a/b/c'}", "names no topic", "kafka://host:port/topic")]
    [InlineData("CTAS2002", "CREATE TABLE t AS SELECT * FROM users u, (SELECT at FROM orders WHERE user_id = {u}.id) o", "\"u\"", "LATERAL")]
    [InlineData("CTAS2002", "CREATE TABLE t AS SELECT * FROM users JOIN (SELECT at FROM orders WHERE user_id = {users}.id) o ON TRUE", "\"users\"", "LATERAL")]
    [InlineData("CTAS2003", "CREATE TABLE t AS SELECT 1 AS x FROM users JOIN (SELECT at FROM orders WHERE user_id = {born}) o ON TRUE", "\"born\"", "LATERAL")]
    [InlineData("CTAS2003", "CREATE TABLE t AS SELECT id + 1 AS nxt FROM users WHERE {nxt} = 1", "\"nxt\"", "repeat the expression")]
    [InlineData("CTAS2003", "CREATE TABLE t AS SELECT id FROM users WHERE name = {\"it's\"}", "it's", "'it''s'")]
    [InlineData("CTAS2107", "{SELECT id FROM users} EMIT FINAL", "not how far event time has come", "CREATE TABLE … AS SELECT … EMIT FINAL")]
    [InlineData("CTAS2007", "CREATE TABLE t AS SELECT {at - 5} AS x FROM orders", "TIMESTAMP and INT", "- INTERVAL '5 days'")]
    public void Bind_Mistake_IsReportedOnceInPlace(string code, string annotated, string message, string? hint)
    {
        Diagnostic diagnostic = Scripts.OnlyMistake(annotated);

        diagnostic.Code.Should().Be(code);
        diagnostic.Message.Should().Contain(message).And.NotEndWith(".");
        if (hint is not null) { diagnostic.Hint.Should().Contain(hint); }
    }

    [Fact]
    public void Bind_ManyMistakes_AreAllReportedAtOnce()
    {
        Ctas.Planning.ScriptPlan plan = Scripts.Plan(
            """
            CREATE TABLE a AS SELECT nmae, uper(name) AS u FROM users WHERE rank;
            CREATE TABLE b AS SELECT id FROM usrs;
            CREATE TABLE c WITH (table_modle = 'compact') AS SELECT x FROM b;
            """);

        plan.Diagnostics.Select(diagnostic => diagnostic.Code).Should()
            .Equal("CTAS2003", "CTAS2005", "CTAS2010", "CTAS2001", "CTAS2040");
    }

    [Fact]
    public void Bind_ReadingABrokenStatement_IsNoSecondMistake() => Scripts.Plan(
            "CREATE TABLE a AS SELECT x FROM ; CREATE TABLE b AS SELECT x, y + 1 AS z FROM a;")
        .Diagnostics.Should().ContainSingle().Which.Code.Should().StartWith("CTAS1");

    [Theory]
    [InlineData("CREATE TABLE a AS SELECT x FROM {nowhere}; CREATE TABLE b AS SELECT * FROM a ORDER BY 2, 1")]
    [InlineData("CREATE TABLE a AS SELECT x FROM {nowhere}; SELECT *, 1 AS one FROM a ORDER BY 3 DESC LIMIT 1")]
    [InlineData("CREATE TABLE a AS SELECT x FROM {nowhere}; SELECT * FROM a UNION ALL SELECT 1 AS y ORDER BY 2")]
    [InlineData("CREATE TABLE a AS SELECT x FROM {nowhere}; SELECT l.* FROM a l JOIN a r ON l.k = r.k ORDER BY 7, l.k")]
    public void Bind_PositionInABrokenTable_IsNoSecondMistake(string annotated) =>
        Scripts.OnlyMistake(annotated).Code.Should().Be("CTAS2001");

    [Fact]
    public void Bind_PositionInASourceNobodyKnowsYet_WaitsForItsColumns()
    {
        Scripts.PlanSound("CREATE TABLE t AS SELECT * FROM clicks ORDER BY 3 LIMIT 2").Tables.Should().ContainSingle();
        Scripts.OnlyMistake("CREATE TABLE t AS SELECT * FROM clicks ORDER BY {0}").Code.Should().Be("CTAS2014");
    }

    [Fact]
    public void Bind_ExpressionOverMistake_IsSilent() =>
        Scripts.OnlyMistake("CREATE TABLE t AS SELECT UPPER({nope} || 'x') || 1 AS x, SUM(2) + 1 AS y FROM users")
            .Code.Should().Be("CTAS2003");
}
