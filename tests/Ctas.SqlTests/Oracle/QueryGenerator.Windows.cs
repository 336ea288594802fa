namespace Ctas.SqlTests.Oracle;

/// <content>Window functions, frames, named windows, QUALIFY.</content>
internal sealed partial class QueryGenerator
{
    private SqlPiece Windowed(IReadOnlyList<ValueTag> tags, int level, OracleRelation? common)
    {
        OracleRelation from = From(level, common);

        // Rows that tie must be the same: of two values that are equal but not alike, either might come first.
        List<OracleColumn> columns =
            [.. from.Columns.Where(column => column.Tag != ValueTag.Interval && column.Tag != ValueTag.Double)];
        if (tags.Count > 1) { (from, columns) = Distinct(from, columns); }

        string? named = choices.Takes("window.named", 5) ? $"w{NextAlias()}" : null;
        SqlPiece definition = SqlPiece.Of("window", null, $"{Window(columns, "over.total")}");
        var rows = new ExpressionGenerator(choices, columns, over: kind =>
            named is not null && kind == "over.total" && choices.OneIn(2)
                ? SqlPiece.Plain("window", named, "window.named")
                : SqlPiece.Of("window", null, $"({Window(columns, kind)})"));
        OracleColumn[] windows = [.. tags.Select(tag => WindowFunction(tag, rows)).OfType<OracleColumn>()];
        if (windows.Length == 0) { windows = [WindowFunction(ValueTag.SmallBigInt, rows)!]; }

        var both = new ExpressionGenerator(choices, [.. columns, .. windows, .. windows]);
        SqlPiece list = SelectList(tags, both, 1);
        SqlPiece where = Where(Expressions(columns, level), level);
        SqlPiece definitions = named is null
            ? SqlPiece.Empty
            : SqlPiece.Clause("window.named", $" WINDOW {named} AS ({definition})");
        SqlPiece qualify = choices.Takes("window.qualify", 4)
            ? SqlPiece.Clause("window.qualify", $" QUALIFY {Qualifier(windows)}")
            : SqlPiece.Empty;
        return SqlPiece.Of(
            "query", "select.windowed", $"SELECT {list} FROM {from.Sql}{where}{definitions}{qualify}");
    }

    /// <summary>The different rows: of two that are the same, two windows might number another one first.</summary>
    private (OracleRelation From, List<OracleColumn> Columns) Distinct(OracleRelation from, List<OracleColumn> columns)
    {
        string alias = NextAlias();
        SqlPiece list = SqlPiece.Fixed(
            ", ", columns.Select((column, i) => SqlPiece.Of("item", null, $"{column.Sql} AS d{i}")));
        List<OracleColumn> shown = Columns(alias, [.. columns.Select(column => column.Tag)], "d");
        return (new OracleRelation(
            SqlPiece.Of("relation", null, $"(SELECT DISTINCT {list} FROM {from.Sql}) AS {alias}"), shown), shown);
    }

    private OracleColumn? WindowFunction(ValueTag tag, ExpressionGenerator rows)
    {
        Construct[] fitting = [.. ConstructCatalog.Windows.Where(construct => construct.Gives(tag))];
        return fitting.Length == 0 || tag == ValueTag.Interval
            ? null
            : new OracleColumn(rows.Write(choices.Construct(fitting), tag, 1), tag);
    }

    // It must hold a window function, or it would be no QUALIFY.
    private SqlPiece Qualifier(OracleColumn[] windows)
    {
        OracleColumn window = choices.Pick(windows);
        var rows = new ExpressionGenerator(choices, windows);
        return SqlPiece.Of(
            ValueTag.Boolean.Word, null, $"({window.Sql} {choices.Pick("<=", ">", "<>")} {rows.Constant(window.Tag)})");
    }

    private SqlPiece Window(List<OracleColumn> columns, string kind)
    {
        var rows = new ExpressionGenerator(choices, columns);
        SqlPiece partition = choices.Takes("window.partition", 2)
            ? SqlPiece.Clause("window.partition", $"PARTITION BY {SqlPiece.List(", ", PartitionKeys(rows))} ")
            : SqlPiece.Empty;
        string frame = kind == "over.rows" ? "window.frame.rows" : kind == "over.frame"
            ? choices.Construct("window.frame.none", "window.frame.rows", "window.frame.range", "window.frame.groups", "window.frame.offsets")
            : "window.frame.none";
        return frame switch
        {
            "window.frame.none" when kind == "over.frame" && choices.OneIn(3) => SqlPiece.Of("window", frame, $"{partition}"),
            "window.frame.offsets" => Offsets(partition, rows),
            "window.frame.rows" => SqlPiece.Of(
                "window", frame, $"{partition}{Total(columns)} ROWS {Bounds("1", "2", "0")}"),
            "window.frame.range" => SqlPiece.Of(
                "window", frame, $"{partition}{Ordered(rows)} RANGE {Bounds()}"),
            "window.frame.groups" => SqlPiece.Of(
                "window", frame, $"{partition}{Ordered(rows)} GROUPS {Bounds("1", "2")}"),
            _ when kind == "over" => SqlPiece.Of("window", frame, $"{partition}{Ordered(rows)}"),
            _ => SqlPiece.Of("window", frame, $"{partition}{Total(columns)}"),
        };
    }

    private IEnumerable<SqlPiece> PartitionKeys(ExpressionGenerator rows) =>
        Enumerable.Range(0, choices.Random.Next(1, 3)).Select(_ => rows.Of(rows.AnyTag(), 1));

    private SqlPiece Total(List<OracleColumn> columns) => SqlPiece.Of(
        "order-by", null, $"ORDER BY {SqlPiece.Fixed(", ", columns.Select(column => Ordered(column.Sql)))}");

    private SqlPiece Ordered(ExpressionGenerator rows) => SqlPiece.Of(
        "order-by",
        null,
        $"ORDER BY {SqlPiece.List(", ", Enumerable.Range(0, choices.Random.Next(1, 3)).Select(_ => Ordered(rows.Of(rows.AnyTag(), 1))))}");

    private SqlPiece Ordered(SqlPiece key) => SqlPiece.Of(
        "order", null, $"{key}{choices.Pick("", " ASC", " DESC")}{choices.Pick("", " NULLS FIRST", " NULLS LAST")}");

    /// <summary>RANGE with offsets: one key that offsets can be added to.</summary>
    private SqlPiece Offsets(SqlPiece partition, ExpressionGenerator rows)
    {
        ValueTag key = choices.Pick([ValueTag.SmallInt, ValueTag.Date, ValueTag.Timestamp, ValueTag.TameDouble]);
        string[] offsets = key.Type.Kind is Data.DataTypeKind.Date or Data.DataTypeKind.Timestamp
            ? ["INTERVAL '1 day'", "INTERVAL '36 hours'", "INTERVAL '1 month'"]
            : ["1", "3", "0"];
        SqlPiece order = SqlPiece.Of("order-by", null, $"ORDER BY {Ordered(rows.Leaf(key))}");
        return SqlPiece.Of("window", "window.frame.offsets", $"{partition}{order} RANGE {Bounds(offsets)}");
    }

    private string Bounds(params string[] offsets)
    {
        bool counts = offsets.Length > 0;
        string Offset() => choices.Pick(offsets);
        return choices.Random.Next(counts ? 8 : 4) switch
        {
            0 => "UNBOUNDED PRECEDING",
            1 => "BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            2 => "BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
            3 => "CURRENT ROW",
            4 => $"BETWEEN {Offset()} PRECEDING AND {Offset()} FOLLOWING",
            5 => $"BETWEEN {Offset()} PRECEDING AND CURRENT ROW",
            6 => $"BETWEEN CURRENT ROW AND {Offset()} FOLLOWING",
            _ => $"BETWEEN UNBOUNDED PRECEDING AND {Offset()} PRECEDING",
        };
    }
}
