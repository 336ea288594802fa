using Ctas.Tests.Planning;
using Ctas.Text;

namespace Ctas.Tests.Binding;

/// <summary>Wrong use of windows: code, place, and a way out.</summary>
public sealed class WindowErrorTests
{
    [Theory]
    [InlineData("CTAS2005", "SELECT {ROWNUMBER}() OVER () AS x FROM users", "\"ROWNUMBER\"", "Did you mean \"ROW_NUMBER\"?")]
    [InlineData("CTAS2006", "SELECT {ROW_NUMBER(id) OVER ()} AS x FROM users", "no arguments", null)]
    [InlineData("CTAS2012", "SELECT SUM(SUM({SUM(id)})) OVER () AS x FROM users", "inside another", null)]
    [InlineData("CTAS2013", "SELECT SUM({rank}) OVER (ORDER BY name) AS x FROM users GROUP BY name", "\"rank\"", "GROUP BY")]
    [InlineData("CTAS2013", "SELECT COUNT(*) OVER (ORDER BY {rank}) AS x FROM users GROUP BY name", "\"rank\"", "GROUP BY")]
    [InlineData("CTAS2034", "SELECT {UPPER(name) OVER ()} AS x FROM users", "OVER belongs to aggregate", null)]
    [InlineData("CTAS2034", "SELECT {RANK(*) OVER ()} AS x FROM users", "* belongs to aggregate", null)]
    [InlineData("CTAS2034", "SELECT {RANK() FILTER (WHERE id > 1) OVER ()} AS x FROM users", "FILTER belongs to", null)]
    [InlineData("CTAS2090", "SELECT id FROM users WHERE {ROW_NUMBER() OVER ()} = 1", "stand in WHERE", "QUALIFY")]
    [InlineData("CTAS2090", "SELECT name FROM users GROUP BY name HAVING {RANK() OVER ()} = 1", "HAVING", "sub-query")]
    [InlineData("CTAS2090", "SELECT COUNT(*) AS n FROM users GROUP BY {RANK() OVER ()}", "GROUP BY", "sub-query")]
    [InlineData("CTAS2090", "SELECT RANK() OVER () AS r FROM users GROUP BY {r}", "GROUP BY", "sub-query")]
    [InlineData("CTAS2090", "SELECT u.id FROM users u JOIN orders o ON u.id = {RANK() OVER ()}", "stand in ON", "sub-query")]
    [InlineData("CTAS2091", "SELECT SUM({RANK() OVER ()}) AS x FROM users", "inside function \"SUM\"", "sub-query")]
    [InlineData("CTAS2091", "SELECT LAG({RANK() OVER ()}) OVER () AS x FROM users", "inside function \"LAG\"", "sub-query")]
    [InlineData("CTAS2091", "SELECT SUM(id) OVER (ORDER BY {RANK() OVER ()}) AS x FROM users", "\"SUM\"", "sub-query")]
    [InlineData("CTAS2092", "SELECT {LAG(id)} AS x FROM users", "\"LAG\" needs OVER", "OVER (ORDER BY")]
    [InlineData("CTAS2093", "SELECT SUM(id) OVER {wide} AS x FROM users WINDOW wider AS ()", "\"wide\"", "Did you mean \"wider\"?")]
    [InlineData("CTAS2093", "SELECT SUM(id) OVER {w} AS x FROM users", "\"w\" not found", "WINDOW w AS")]
    [InlineData("CTAS2093", "SELECT SUM(id) OVER a AS x FROM users WINDOW a AS ({b}), b AS ()", "\"b\"", null)]
    [InlineData("CTAS2094", "SELECT id FROM users WINDOW a AS (), {A} AS (ORDER BY id)", "declared twice", null)]
    [InlineData("CTAS2095", "SELECT SUM(id) {OVER (w PARTITION BY id)} AS x FROM users WINDOW w AS ()", "PARTITION BY", null)]
    [InlineData("CTAS2095", "SELECT SUM(id) {OVER (w ORDER BY id)} AS x FROM users WINDOW w AS (ORDER BY id)", "ORDER BY", null)]
    [InlineData("CTAS2095", "SELECT SUM(id) {OVER (w ROWS 1 PRECEDING)} AS x FROM users WINDOW w AS (ROWS 2 PRECEDING)", "a frame", null)]
    [InlineData("CTAS2096", "SELECT SUM(id) OVER ({ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW}) AS x FROM users", "end before", null)]
    [InlineData("CTAS2097", "SELECT SUM(id) OVER (ROWS {id} PRECEDING) AS x FROM users", "a whole number", null)]
    [InlineData("CTAS2097", "SELECT SUM(id) OVER (ROWS {1.5} PRECEDING) AS x FROM users", "a whole number", null)]
    [InlineData("CTAS2097", "SELECT SUM(id) OVER (ORDER BY born RANGE {1} PRECEDING) AS x FROM users", "an INTERVAL", null)]
    [InlineData("CTAS2097", "SELECT SUM(id) OVER (ORDER BY name RANGE {1} PRECEDING) AS x FROM users", "not VARCHAR", null)]
    [InlineData("CTAS2098", "SELECT SUM(id) OVER ({RANGE 1 PRECEDING}) AS x FROM users", "exactly one", "ROWS")]
    [InlineData("CTAS2098", "SELECT SUM(id) OVER ({GROUPS CURRENT ROW}) AS x FROM users", "GROUPS needs ORDER BY", "ROWS")]
    [InlineData("CTAS2099", "SELECT {RANK() IGNORE NULLS OVER ()} AS x FROM users", "IGNORE NULLS", "LAG")]
    [InlineData("CTAS2100", "SELECT id FROM users QUALIFY {id > 1}", "needs a window function", "WHERE")]
    public void Bind_WrongUse_IsToldWithPlaceAndWayOut(string code, string annotated, string message, string? hint)
    {
        Diagnostic diagnostic = Scripts.OnlyMistake("CREATE TABLE t AS " + annotated);

        diagnostic.Code.Should().Be(code);
        diagnostic.Message.Should().Contain(message).And.NotEndWith(".");
        if (hint is not null) { diagnostic.Hint.Should().Contain(hint); }
    }
}
