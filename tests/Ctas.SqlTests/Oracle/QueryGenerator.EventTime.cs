using Ctas.SqlTests.Oracle.Maintenance;

namespace Ctas.SqlTests.Oracle;

/// <content>Queries that go by event time: windows that close, streams joined within a time, streams that meet tables.</content>
internal sealed partial class QueryGenerator
{
    private const string RowTime = "ROWTIME";

    /// <summary>A query over streams <c>s</c> and <c>r</c>, whose time is ROWTIME, or <c>s</c> and the table <c>t</c>.</summary>
    public EventTimeQuery NextByEventTime(EventTimeKind kind) => kind switch
    {
        EventTimeKind.Window => ClosingWindow(),
        EventTimeKind.Within => Within(),
        _ => StreamAndTable(),
    };

    private EventTimeQuery ClosingWindow()
    {
        List<ValueTag> tags = RandomTags(isOrdered: false);
        OracleTable stream = tables[0];
        string alias = NextAlias();
        OracleColumn key = stream.ColumnsOf(alias)[choices.Random.Next(2)];
        var rows = new ExpressionGenerator(choices, [.. stream.ColumnsOf(alias), OracleColumn.Named($"{alias}.{RowTime}", ValueTag.Timestamp)]);
        OracleColumn[] groups =
        [
            key,
            OracleColumn.Named("WINDOWSTART", ValueTag.Timestamp),
            OracleColumn.Named("WINDOWEND", ValueTag.Timestamp),
            .. tags.Select(tag => Aggregate(tag, rows)).OfType<OracleColumn>(),
            new OracleColumn(SqlPiece.Plain(ValueTag.SmallBigInt.Word, "COUNT(*)", "agg.count.star"), ValueTag.SmallBigInt),
        ];
        SqlPiece list = SelectList(tags, new ExpressionGenerator(choices, groups), 1);
        SqlPiece where = choices.OneIn(3) ? SqlPiece.Of("where", null, $" WHERE {rows.Predicate(2)}") : SqlPiece.Empty;
        SqlPiece having = choices.OneIn(3) ? SqlPiece.Of("having", null, $" AND {new ExpressionGenerator(choices, groups).Predicate(2)}") : SqlPiece.Empty;
        long size = Seconds();
        string name = choices.Pick("tumbling", "hopping", "session");
        string lengths = name switch
        {
            "tumbling" => $"TUMBLING (SIZE {size} SECONDS",
            "hopping" => $"HOPPING (SIZE {size} SECONDS, ADVANCE BY {choices.Pick<long>([Math.Max(1, size / 3), Math.Max(1, size / 2), size])} SECONDS",
            _ => $"SESSION ({size} SECONDS",
        };

        // Both bounds are named, or the result would get them as columns of its own.
        SqlPiece sql = SqlPiece.Of(
            "query",
            null,
            $"SELECT {list} FROM s AS {alias}{where} WINDOW {lengths}{{grace}}) GROUP BY {key.Sql} HAVING WINDOWSTART <= WINDOWEND AND {{filter}}{having}");
        return new EventTimeQuery($"window.{name}", sql.For(Engine.Ctas), $", GRACE PERIOD {Grace(size)} SECONDS")
        {
            IsFinal = choices.OneIn(2),

            // What is asked of a key is asked of rows first.
            CountsAllLateRows = where == SqlPiece.Empty && having == SqlPiece.Empty,
        };
    }

    private EventTimeQuery Within()
    {
        string word = choices.Pick("INNER", "LEFT", "RIGHT", "FULL");
        (long before, long after) = (Seconds(), Seconds());
        EventTimeQuery joined = Joined(word, tables[1], $" WITHIN ({before} SECONDS, {after} SECONDS){{grace}}");
        return joined with { Name = $"within.{word.ToLowerInvariant()}", Grace = $" GRACE PERIOD {Grace(before)} SECONDS" };
    }

    private EventTimeQuery StreamAndTable()
    {
        string word = choices.Pick("INNER", "LEFT");
        return Joined(word, tables[2], "") with { Name = $"stream-table.{word.ToLowerInvariant()}", Grace = "" };
    }

    private EventTimeQuery Joined(string word, OracleTable other, string within)
    {
        List<ValueTag> tags = RandomTags(isOrdered: false);
        (string left, string right) = (NextAlias(), NextAlias());
        var values = new ExpressionGenerator(choices, [.. tables[0].ColumnsOf(left), .. other.ColumnsOf(right)]);
        bool hasResidual = choices.OneIn(3);
        SqlPiece residual = hasResidual ? SqlPiece.Of("on", null, $" AND {values.Predicate(2)}") : SqlPiece.Empty;
        bool hasWhere = choices.OneIn(4);
        SqlPiece where = hasWhere ? SqlPiece.Of("where", null, $" WHERE {values.Predicate(2)}") : SqlPiece.Empty;
        SqlPiece sql = SqlPiece.Of(
            "query",
            null,
            $"SELECT {SelectList(tags, values, 2)} FROM s AS {left} {word} JOIN {other.Name} AS {right}{within} ON {left}.s0 = {right}.{other.ColumnName(0)}{residual}{where}");
        return new EventTimeQuery("", sql.For(Engine.Ctas), "") { CountsAllLateRows = !hasResidual && !hasWhere };
    }

    private long Seconds() => choices.Pick<long>([1, 7, 60, 90, 3600, 86_400]);

    private long Grace(long size) => choices.Pick<long>([0, Math.Max(1, size / 4), size, size * 3]);
}
