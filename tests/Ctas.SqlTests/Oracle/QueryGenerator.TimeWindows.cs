namespace Ctas.SqlTests.Oracle;

/// <content>
/// Windows of event time. DuckDB has none: it groups by time_bucket, by each start that a row's windows have, and by the
/// number of the session, counted where the gap before a row is too long.
/// </content>
internal sealed partial class QueryGenerator
{
    private sealed record TimeWindowKind(string Name, string Ours, string Start, string End, string Group);

    private SqlPiece TimeWindow(IReadOnlyList<ValueTag> tags, int level)
    {
        OracleTable[] timed = [.. tables.Where(table => table.Columns.Contains(ValueTag.Timestamp))];
        if (timed.Length == 0) { return Grouped(tags, level, null); }

        OracleTable table = choices.Pick(timed);
        string alias = NextAlias();
        OracleColumn key = table.ColumnsOf(alias)[choices.Random.Next(2)];
        (SqlPiece from, TimeWindowKind kind) = From(table, alias, key);
        var rows = new ExpressionGenerator(choices, table.ColumnsOf(alias));
        OracleColumn[] groups =
        [
            key,
            OracleColumn.Named($"«WINDOWSTART|{kind.Start}»", ValueTag.Timestamp),
            OracleColumn.Named($"«WINDOWEND|{kind.End}»", ValueTag.Timestamp),
            .. tags.Select(tag => Aggregate(tag, rows)).OfType<OracleColumn>(),
            new OracleColumn(SqlPiece.Plain(ValueTag.SmallBigInt.Word, "COUNT(*)", "agg.count.star"), ValueTag.SmallBigInt),
        ];
        var values = new ExpressionGenerator(choices, groups);
        SqlPiece list = SelectList(tags, values, 1);

        // Both bounds are named, or the result would get them as columns of its own.
        SqlPiece having = SqlPiece.Plain("having", $" HAVING «WINDOWSTART <= WINDOWEND|TRUE»");
        return SqlPiece.Of(
            "query",
            kind.Name,
            $"SELECT {list} FROM {from}«{kind.Ours}|» GROUP BY {key.Sql}«|, {kind.Group}»{having}");
    }

    private (SqlPiece From, TimeWindowKind Kind) From(OracleTable table, string alias, OracleColumn key)
    {
        int time = choices.Pick([.. Enumerable.Range(0, table.Columns.Count).Where(i => table.Columns[i] == ValueTag.Timestamp)]);
        string inner = NextAlias();
        string column = $"{inner}.{table.ColumnName(time)}";

        // The times of one century, so that hopping windows stay within the calendar.
        string rows = $"(SELECT {inner}.*, {column} AS ROWTIME FROM {table.Name} AS {inner} "
            + $"WHERE {column} BETWEEN TIMESTAMP '2000-01-01 00:00:00' AND TIMESTAMP '2100-01-01 00:00:00')";
        string origin = "TIMESTAMP '1970-01-01 00:00:00'";
        switch (choices.Construct("window.tumbling", "window.hopping", "window.session"))
        {
            case "window.tumbling":
                string size = choices.Pick("5 MINUTES", "1 HOUR", "7 DAYS", "90 SECONDS", "13 HOURS");
                string bucket = $"time_bucket(INTERVAL '{size}', {alias}.ROWTIME, {origin})";
                return (
                    SqlPiece.Plain("relation", $"{rows} AS {alias}", "window.tumbling"),
                    new("select.time-window", $" WINDOW TUMBLING (SIZE {size})", bucket, $"({bucket} + INTERVAL '{size}')", bucket));
            case "window.hopping":
                (string length, string advance, int count) = choices.Pick<(string, string, int)>(
                    [("1 HOUR", "20 MINUTES", 3), ("10 DAYS", "1 DAYS", 10), ("7 MINUTES", "2 MINUTES", 4), ("1 HOUR", "1 HOUR", 1)]);
                string starts = $"«|(SELECT *, time_bucket(INTERVAL '{advance}', ROWTIME, {origin}) - hop * INTERVAL '{advance}' AS start FROM »"
                    + $"{rows}«| CROSS JOIN range({count}) AS hops (hop) WHERE start + INTERVAL '{length}' > ROWTIME) »AS {alias}";
                string start = $"{alias}.start";
                return (
                    SqlPiece.Plain("relation", starts, "window.hopping"),
                    new(
                        "select.time-window", $" WINDOW HOPPING (SIZE {length}, ADVANCE BY {advance})", start,
                        $"({start} + INTERVAL '{length}')", start));
            default:
                (string gap, long microseconds) = choices.Pick<(string, long)>(
                    [("30 MINUTES", 1_800_000_000), ("1 HOUR", 3_600_000_000), ("2 DAYS", 172_800_000_000), ("10 SECONDS", 10_000_000)]);
                string name = key.Sql.ToString().Split('.')[1];
                string sessions = $"«|(SELECT *, SUM(starts) OVER (PARTITION BY {name} ORDER BY ROWTIME) AS session FROM (SELECT *, "
                    + $"CASE WHEN epoch_us(ROWTIME) - epoch_us(LAG(ROWTIME) OVER (PARTITION BY {name} ORDER BY ROWTIME)) <= {microseconds} "
                    + $"THEN 0 ELSE 1 END AS starts FROM »{rows}«|)) »AS {alias}";
                return (
                    SqlPiece.Plain("relation", sessions, "window.session"),
                    new(
                        "select.time-window", $" WINDOW SESSION ({gap})", $"MIN({alias}.ROWTIME)", $"MAX({alias}.ROWTIME)",
                        $"{alias}.session"));
        }
    }
}
