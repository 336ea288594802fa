using System.Globalization;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Data;

/// <summary>What a row says of itself.</summary>
public sealed class RowTextTests
{
    [Fact]
    public async Task ToString_EveryType_IsTheSameInEveryCulture()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("one", InMemorySource.FromRows("one", new Schema([new Field("n", DataType.Int)]), [1]))
            .AddTable(
                """
                CREATE TABLE t AS SELECT
                    TRUE AS b, -7 AS i, 1.5E0 AS d, CAST('12345.60' AS DECIMAL(9, 2)) AS m, 'text' AS s, CAST('text' AS BYTES) AS y,
                    DATE '2024-02-29' AS day, TIME '07:08:09.5' AS time, TIMESTAMP '2024-02-29 23:59:59.25' AS at,
                    INTERVAL '1 month 2 days' AS span, ARRAY[1, 2] AS list, CAST(NULL AS INT) AS nothing
                FROM one
                """)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        Row row = (await engine.QueryAsync("SELECT * FROM t")).Rows.Single();

        CultureInfo before = CultureInfo.CurrentCulture;
        string text;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            text = row.ToString();
        }
        finally { CultureInfo.CurrentCulture = before; }

        text.Should().Be(
            "(true, -7, 1.5, 12345.60, text, dGV4dA==, 2024-02-29, 07:08:09.5, 2024-02-29 23:59:59.25, P1M2D, [1,2], NULL)");
    }
}
