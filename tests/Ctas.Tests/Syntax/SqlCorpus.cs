namespace Ctas.Tests.Syntax;

/// <summary>One correct statement for every construct of the dialect.</summary>
internal static class SqlCorpus
{
    public static IEnumerable<string> All =>
        [.. Statements, .. Queries, .. Tables, .. Expressions.Select(InSelect), .. Types.Select(InCast)];

    public static readonly string[] Statements =
    [
        "CREATE TABLE t AS SELECT * FROM orders",
        "CREATE OR REPLACE TABLE t AS SELECT id FROM orders",
        "CREATE TABLE IF NOT EXISTS t AS SELECT id FROM orders;",
        "CREATE OR REPLACE TABLE IF NOT EXISTS t AS SELECT 1",
        "CREATE TABLE t (a, b BIGINT, c VARCHAR PRIMARY KEY) AS SELECT x, y, z FROM s",
        "CREATE TABLE t WITH ('table_model' = 'compact') AS SELECT id FROM orders",
        "CREATE TABLE t WITH (table_model = 'compact', retention = '7 days') AS SELECT id FROM s EMIT CHANGES",
        "CREATE TABLE t AS SELECT id FROM s WITH (auto.offset.reset = 'earliest', kafka.sasl.mechanism = 'PLAIN')",
        "CREATE TABLE t WITH (a = 1) AS SELECT id FROM s WITH (b = -2.5, c = TRUE, d = FALSE, e = NULL)",
        "CREATE TABLE t AS SELECT id FROM s INTO out_sink WITH (out_sink.type = 'kafka_sink') EMIT CHANGES",
        "CREATE TABLE t AS SELECT id FROM s EMIT FINAL",
        "CREATE TABLE t AS SELECT id FROM s WITH (s.config_file = 'kafka.yaml', s.topic = 'orders') INTO x",
        "CREATE TABLE t AS WITH a AS (SELECT 1 AS x) SELECT x FROM a",
        "CREATE TABLE t AS (SELECT 1 AS x)",
        "CREATE STREAM s AS SELECT * FROM clicks WHERE url LIKE '/%'",
        "CREATE STREAM s WITH (kafka_topic = 'x', \"value_format\" = 'JSON') AS SELECT * FROM clicks EMIT CHANGES",
        "CREATE STREAM clicks (id BIGINT KEY, url VARCHAR, ua BYTES HEADER('user-agent'), hs ARRAY<STRUCT<key "
            + "VARCHAR, value BYTES>> HEADERS) WITH (kafka_topic = 'clicks', value_format = 'JSON')",
        "CREATE TABLE users (id BIGINT PRIMARY KEY, name STRING, tags ARRAY<VARCHAR>, m MAP<VARCHAR, INT>) WITH "
            + "(kafka_topic = 'users')",
        "CREATE OR REPLACE STREAM clicks (id INT) WITH ('topic' = 'x.y-z')",
        "CREATE TABLE inferred WITH (kafka_topic = 'users')",
        "CREATE TABLE quoted (\"Order\" INT, `Group` INT, key INT KEY, header INT, headers INT) WITH (x = 'it''s')",
        "CREATE SINK out WITH (type = 'kafka_sink', topic = 'out')",
        "CREATE INDEX ON orders (customer_id, created)",
        "CREATE INDEX ON orders USING hash (customer_id)",
        "DROP TABLE t",
        "DROP TABLE IF EXISTS t CASCADE",
        "DROP STREAM s",
        "DROP SINK out CASCADE",
        "SHOW TABLES",
        "show sources",
        "Show Sinks",
        "SHOW PROPERTIES",
        "DESCRIBE orders",
        "EXPLAIN SELECT * FROM orders",
        "EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1 AS x",
        "SET 'auto.offset.reset' = 'earliest'",
        "SET max_parallelism = 8",
        "SELECT * FROM orders EMIT CHANGES",
        "VALUES (1, 'a'), (2, 'b')",
    ];

    public static readonly string[] Queries =
    [
        "SELECT 1",
        "SELECT DISTINCT a, b FROM t",
        "SELECT ALL a FROM t",
        "SELECT *, t.*, a AS x, b y, \"c d\" AS \"e f\", f \"G\" FROM t",
        "SELECT a AS order, b AS group, t.select FROM t",
        "SELECT key, value, partition, timestamp, date, time, interval, first, last, table, size, row FROM t",
        "SELECT a FROM t WHERE a > 1 GROUP BY a HAVING COUNT(*) > 2 QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1",
        "SELECT a, COUNT(*) FROM t GROUP BY 1, a + b, LOWER(c)",
        "SELECT a FROM t ORDER BY a, b DESC, c ASC NULLS FIRST, 2 DESC NULLS LAST LIMIT 10 OFFSET 5",
        "SELECT a FROM t OFFSET 5 ROWS FETCH FIRST 10 ROWS ONLY",
        "SELECT a FROM t FETCH NEXT ROW ONLY",
        "SELECT a FROM t UNION SELECT b FROM u",
        "SELECT a FROM t UNION ALL SELECT b FROM u EXCEPT DISTINCT SELECT c FROM v INTERSECT ALL SELECT d FROM w",
        "(SELECT a FROM t UNION SELECT b FROM u) INTERSECT SELECT c FROM v",
        "SELECT a FROM t EXCEPT (SELECT b FROM u UNION SELECT c FROM v)",
        "(SELECT a FROM t ORDER BY a LIMIT 1) UNION ALL (SELECT b FROM u LIMIT 2) ORDER BY 1",
        "((SELECT a FROM t))",
        "WITH a AS (SELECT 1 AS x), b (y, z) AS (SELECT x, x FROM a) SELECT * FROM a, b ORDER BY y",
        "SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v (id, name)",
        "SELECT a /* one /* nested */ comment */ FROM t -- to the end",
    ];

    public static readonly string[] Tables =
    [
        "SELECT * FROM orders o",
        "SELECT * FROM \"Odd Name\" AS \"o o\"",
        "SELECT * FROM kafka://orders",
        "SELECT * FROM kafka://broker-1.example.com:9092/topic.with-dots_and-dashes AS o WHERE o.a = 1",
        "SELECT * FROM 'kafka://host:9092/orders' o",
        "SELECT * FROM file:///data/in/*.ndjson f, file:///data/**/x.csv",
        "SELECT * FROM (SELECT * FROM kafka://orders) x",
        "SELECT * FROM 'relative/path.csv'",
        "SELECT * FROM a JOIN b ON a.id = b.id",
        "SELECT * FROM a INNER JOIN b USING (id, day)",
        "SELECT * FROM a LEFT JOIN b ON a.id = b.id LEFT OUTER JOIN c ON b.id = c.id AND c.x > 1",
        "SELECT * FROM a RIGHT JOIN b ON a.id = b.id FULL OUTER JOIN c USING (id)",
        "SELECT * FROM a CROSS JOIN b, c",
        "SELECT * FROM a, b JOIN c ON b.id = c.id",
        "SELECT * FROM a JOIN (b JOIN c ON b.id = c.id) ON a.id = b.id",
        "SELECT * FROM a JOIN (SELECT * FROM b) AS x (p, q) ON a.id = x.p",
        "SELECT * FROM s1 JOIN s2 WITHIN 5 MINUTES ON s1.id = s2.id",
        "SELECT * FROM s1 LEFT JOIN s2 WITHIN (1 HOUR, 2 HOURS) GRACE PERIOD 10 SECONDS ON s1.id = s2.id",
        "SELECT * FROM t CROSS JOIN UNNEST(t.items) AS i (item)",
        "SELECT * FROM t, UNNEST(items) item",
        "SELECT * FROM ((SELECT 1 AS a) UNION ALL (SELECT 2)) x",
        "SELECT * FROM ((SELECT 1 AS a LIMIT 1)) x",
        "SELECT a, COUNT(*) FROM t WINDOW TUMBLING (SIZE 5 MINUTES) GROUP BY a",
        "SELECT a FROM t WINDOW TUMBLING (SIZE 1 HOUR, RETENTION 7 DAYS, GRACE PERIOD 30 SECONDS) WHERE a > 1 "
            + "GROUP BY a",
        "SELECT a FROM t WHERE a > 1 WINDOW HOPPING (SIZE 10 MINUTES, ADVANCE BY 5 MINUTES) GROUP BY a",
        "SELECT a FROM t WINDOW HOPPING (INTERVAL '10 minutes', INTERVAL 1 MINUTE) GROUP BY a",
        "SELECT a FROM t WINDOW SESSION (30 MINUTES, GRACE PERIOD 1 DAY) GROUP BY a EMIT FINAL",
        "SELECT SUM(a) OVER w AS s, COUNT(*) OVER over FROM t WHERE a > 1 GROUP BY a HAVING a > 1 "
            + "WINDOW w AS (PARTITION BY a), over AS (w ORDER BY b ROWS 2 PRECEDING EXCLUDE GROUP) QUALIFY s > 1 ORDER BY 1",
        "SELECT COUNT(*) over FROM t WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY a WINDOW tumbling AS (ORDER BY a)",
        "SELECT WINDOWSTART, WINDOWEND FROM t WINDOW TUMBLING(INTERVAL 5 MINUTES) GROUP BY a",
    ];

    public static readonly string[] Expressions =
    [
        "NULL", "TRUE", "FALSE", "0", "123", "1.50", ".5", "1.", "1e3", "1.5E-10", "99999999999999999999.000000001",
        "'text'", "'it''s'", "''", "x''", "X'0aFf'", "DATE '2024-02-29'", "TIME '12:30:00'",
        "TIMESTAMP '2024-01-01 00:00:00.123456'", "INTERVAL '1 day 2 hours'", "INTERVAL 5 MINUTES",
        "INTERVAL '5' MINUTE",
        "INTERVAL -3 DAYS", "INTERVAL '-1.5' HOURS", "a", "t.a", "t.a.b", "\"A b\"", "\"a\"\"b\"", "`a``b`",
        "überschrift", "_x$1",
        "-a", "+a", "- -a", "-(-1)", "NOT a", "NOT NOT a", "a + b - c", "a - (b - c)", "a * b / c % d", "(a + b) * c",
        "a + b * c", "a || b || 'c'", "a || b + c", "a = 1 AND b <> 2 OR c != 3", "a AND (b OR c)", "NOT (a = b)",
        "NOT a = b",
        "a < b", "a <= b", "a > b", "a >= b", "(a = b) = c", "a = (b = c)", "a IS NULL", "a IS NOT NULL", "a IS TRUE",
        "a IS NOT FALSE", "a = b IS NULL", "(a IS NULL) = b", "a IS DISTINCT FROM b", "a IS NOT DISTINCT FROM b + 1",
        "a BETWEEN 1 AND 2", "a NOT BETWEEN 1 AND 2 AND b", "a BETWEEN (1 = 2) AND c", "a LIKE 'x%'",
        "a NOT LIKE 'x!%' ESCAPE '!'",
        "a ILIKE b || '%'", "a NOT ILIKE 'x'", "a IN (1, 2, 3)", "a NOT IN ('x')", "a IN (SELECT b FROM u)",
        "a NOT IN (SELECT b FROM u WHERE u.x = t.x)", "a IN ((SELECT 1))", "a IN ((SELECT 1) UNION (SELECT 2))",
        "EXISTS (SELECT 1 FROM u)", "NOT EXISTS (SELECT 1 FROM u)", "(SELECT MAX(b) FROM u)",
        "((SELECT 1) UNION ALL SELECT 2)",
        "1 + (SELECT COUNT(*) FROM u) * 2", "CASE WHEN a THEN 1 END",
        "CASE WHEN a = 1 THEN 'x' WHEN b THEN 'y' ELSE 'z' END",
        "CASE a WHEN 1 THEN 'x' ELSE CASE WHEN b THEN 1 END END", "CAST(a AS BIGINT)",
        "TRY_CAST(a AS DECIMAL(10, 2))", "a::INT",
        "-a::INT", "(a + b)::VARCHAR::DATE", "a::INT[][1]", "NOW()", "LOWER(a)", "COALESCE(a, b, 'c')", "COUNT(*)",
        "COUNT(DISTINCT a)",
        "COUNT(ALL a)", "SUM(a) FILTER (WHERE b > 1)", "STRING_AGG(a, ',' ORDER BY b DESC NULLS LAST, c)",
        "LEFT(a, 2)", "RIGHT(a, 2)",
        "REPLACE(a, 'x', 'y')", "IF(a, b, c)", "\"Odd Function\"(a)", "CURRENT_DATE", "CURRENT_TIMESTAMP",
        "MAX(a) OVER ()", "MAX(a) OVER w", "MAX(a) OVER (w)", "MAX(a) OVER (w ORDER BY b)", "MAX(a) OVER (w ROWS 1 PRECEDING)",
        "LAG(a IGNORE NULLS) OVER w", "LAG(a) IGNORE NULLS OVER w", "LAST_VALUE(a) RESPECT NULLS OVER (ORDER BY b)",
        "SUM(a) OVER (ORDER BY b GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES)",
        "SUM(a) OVER (ROWS CURRENT ROW EXCLUDE NO OTHERS)", "SUM(a) OVER (ROWS 1 PRECEDING EXCLUDE CURRENT ROW)",
        "ROW_NUMBER() OVER (PARTITION BY a, b ORDER BY c DESC)", "LAG(a, 1, 0) OVER (ORDER BY b)",
        "SUM(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING)",
        "SUM(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
        "SUM(a) OVER (PARTITION BY p RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)",
        "AVG(a) OVER (ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)",
        "SUM(a) FILTER (WHERE b) OVER (PARTITION BY c)", "s->f", "s->f->g", "t.s->f", "(s).f", "F(a).b", "a[1]",
        "a[i + 1][2]", "m['k']->x",
        "s->order", "(array)[1]", "ARRAY[1, 2, 3]", "ARRAY[]", "ARRAY[ARRAY[1], ARRAY[]]",
        "MAP('a' := 1, 'b' := 2)", "MAP['a' := b]", "MAP()",
        "STRUCT(a := 1, \"B c\" := 'x')", "TRANSFORM(a, x => x + 1)", "REDUCE(a, 0, (s, x) => s + x)",
        "FILTER(m, (k, v) => v > 1 AND k IS NOT NULL)",
        "EXTRACT(YEAR FROM ts)", "SUBSTRING(a FROM 2 FOR 3)", "SUBSTRING(a FROM 2)", "SUBSTRING(a FOR 3)",
        "SUBSTRING(a, 2, 3)", "TRIM(a)",
        "TRIM(BOTH 'x' FROM a)", "TRIM(LEADING FROM a)", "TRIM(TRAILING b FROM a)", "TRIM('x' FROM a)",
        "TRIM(FROM a)", "POSITION('a' IN b)",
        "POSITION(a, b)", "EXPLODE(items)", "UNNEST(items)", "a[1].b", "DATE(ts)", "TIMESTAMP(a)", "INTERVAL(a)",
        "x AND y IS NULL",
        "((((a))))", "a-1", "a->b-1", "a>-1",
    ];

    public static readonly string[] Types =
    [
        "BOOLEAN", "BOOL", "INT", "INTEGER", "BIGINT", "DOUBLE", "DOUBLE PRECISION", "DECIMAL", "DECIMAL(10)",
        "DECIMAL(38, 9)",
        "NUMERIC(5, 0)", "VARCHAR", "VARCHAR(20)", "STRING", "TEXT", "BYTES", "DATE", "TIME", "TIMESTAMP",
        "INTERVAL", "ARRAY<INT>",
        "INT[]", "VARCHAR(3)[][]", "MAP<VARCHAR, ARRAY<BIGINT>>",
        "STRUCT<a INT, b STRUCT<c VARCHAR, \"D e\" DATE>>", "STRUCT<a INT>[]",
    ];

    private static string InSelect(string expression) => $"SELECT {expression} AS x FROM t";

    private static string InCast(string type) => $"SELECT CAST(a AS {type}) FROM t";
}
