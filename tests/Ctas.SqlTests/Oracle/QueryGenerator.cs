namespace Ctas.SqlTests.Oracle;

/// <summary>Random queries over random tables. A query's columns are called c0, c1 …</summary>
internal sealed partial class QueryGenerator(Choices choices, IReadOnlyList<OracleTable> tables)
{
    private const int MaxLevel = 2;
    private static readonly string[] Shapes =
    [
        "select.plain", "select.plain", "select.plain", "select.plain", "select.grouped", "select.grouped", "select.grouped",
        "select.windowed", "select.windowed", "set.union-all", "set.union", "set.intersect", "set.except",
        "set.intersect-all", "set.except-all",
    ];

    private int _aliases;

    /// <summary>The constructs that make queries of expressions.</summary>
    public static IReadOnlyList<string> Constructs { get; } =
    [
        "select.plain", "select.distinct", "select.where", "select.grouped", "select.windowed", "select.star",
        "select.no-from", "select.time-window", "select.unnest", "window.tumbling", "window.hopping", "window.session",
        "group.columns", "group.expressions", "group.ordinals", "group.aliases", "group.none", "group.having",
        "group.sets", "group.rollup", "group.cube", "group.grouping-sets", "group.grouping",
        "set.union-all", "set.union", "set.intersect", "set.except", "set.intersect-all", "set.except-all",
        "from.table", "from.subquery", "from.values", "from.unnest", "with", "with.twice", "with.columns",
        "join.inner", "join.left", "join.right", "join.full", "join.cross", "join.comma",
        "on.equal", "on.equal.several", "on.expressions", "on.residual", "on.inequality", "on.constant", "on.using", "on.using.star",
        "subquery.scalar", "subquery.scalar.correlated", "subquery.scalar.one-row", "subquery.in", "subquery.not-in",
        "subquery.in.correlated", "subquery.exists", "subquery.exists.correlated", "subquery.exists.inequality",
        "subquery.any", "subquery.all", "subquery.any.correlated",
        "window.partition", "window.frame.none", "window.frame.rows", "window.frame.range", "window.frame.groups",
        "window.frame.offsets", "window.named", "window.qualify",
        "subquery.exists.nested", "subquery.exists.grouped", "subquery.in.combined", "subquery.in.limited",
        "subquery.scalar.inequality", "subquery.scalar.limited", "subquery.scalar.outer-value",
        "subquery.scalar.nested",
        "order.by", "order.limit", "order.offset",
    ];

    /// <summary>A query with a result of a few columns.</summary>
    public OracleQuery Next()
    {
        bool isOrdered = choices.Takes("order.by", 4);
        List<ValueTag> tags = RandomTags(isOrdered);
        SqlPiece with = With(out OracleRelation? common);
        SqlPiece body = Body(tags, 0, common);
        SqlPiece order = isOrdered ? OrderBy(tags.Count) : SqlPiece.Empty;
        return new OracleQuery(SqlPiece.Of("query", null, $"{with}{body}{order}"), isOrdered);
    }

    // An INTERVAL may equal another that is written otherwise, so that ordering by it is not total; MAPs are ordered
    // by their entries as sorted or as written.
    private List<ValueTag> RandomTags(bool isOrdered)
    {
        ValueTag[] tags = isOrdered
            ? [.. ValueTag.All.Where(tag => tag != ValueTag.Interval && tag != ValueTag.Counts)]
            : [.. ValueTag.All];
        return [.. Enumerable.Range(0, choices.Random.Next(1, 5)).Select(_ => choices.FocusTag(tags) ?? choices.Pick(tags))];
    }

    /// <summary>SELECT, or SELECTs combined, of columns c0 … of the given types.</summary>
    private SqlPiece Body(IReadOnlyList<ValueTag> tags, int level, OracleRelation? common = null)
    {
        string shape = level >= MaxLevel
            ? choices.Construct("select.plain", "select.grouped", "select.windowed")
            : choices.Construct(common is null ? [.. Shapes, "select.no-from", "select.time-window"] : Shapes);
        return shape switch
        {
            "select.plain" => Plain(tags, level, common),
            "select.grouped" => Grouped(tags, level, common),
            "select.windowed" => Windowed(tags, level, common),
            "select.time-window" => TimeWindow(tags, level),
            "select.no-from" => SqlPiece.Of("query", shape, $"SELECT {SelectList(tags, new(choices, []), 3)}"),
            _ => Combined(shape, tags, level, common),
        };
    }

    private SqlPiece Plain(IReadOnlyList<ValueTag> tags, int level, OracleRelation? common)
    {
        if (level == 0 && choices.Takes("select.star", 20)) { return Star(tags, common); }

        OracleRelation from = From(level, common);
        ExpressionGenerator expressions = Expressions(from.Columns, level);
        SqlPiece distinct = choices.Takes("select.distinct", 6)
            ? SqlPiece.Clause("select.distinct", $" DISTINCT")
            : SqlPiece.Empty;
        SqlPiece list = choices.Takes("select.unnest", 20) && UnnestedList(tags, from) is { } unnested
            ? unnested
            : SelectList(tags, expressions, 3 - level);
        return SqlPiece.Of(
            "query", "select.plain", $"SELECT{distinct} {list} FROM {from.Sql}{Where(expressions, level)}");
    }

    /// <summary>SELECT * from a sub-query, whose columns have the right types and names.</summary>
    private SqlPiece Star(IReadOnlyList<ValueTag> tags, OracleRelation? common)
    {
        string alias = NextAlias();
        List<OracleColumn> columns = [.. tags.Select((tag, i) => OracleColumn.Named($"{alias}.c{i}", tag))];
        SqlPiece body = Body(tags, 1, common);
        SqlPiece where = Where(new ExpressionGenerator(choices, columns), 1);
        return SqlPiece.Of("query", "select.star", $"SELECT {choices.Pick("*", alias + ".*")} FROM ({body}) AS {alias}{where}");
    }

    private SqlPiece Combined(string construct, IReadOnlyList<ValueTag> tags, int level, OracleRelation? common)
    {
        string word = construct switch
        {
            "set.union-all" => "UNION ALL",
            "set.union" => "UNION",
            "set.intersect" => "INTERSECT",
            "set.except" => "EXCEPT",
            "set.intersect-all" => "INTERSECT ALL",
            _ => "EXCEPT ALL",
        };
        SqlPiece left = Body(tags, level + 1, common);
        SqlPiece right = Body(tags, level + 1);
        return SqlPiece.Of("query", construct, $"({left}) {word} ({right})");
    }

    private static SqlPiece SelectList(IReadOnlyList<ValueTag> tags, ExpressionGenerator expressions, int depth) =>
        SqlPiece.List(", ", tags.Select((tag, i) => Item(expressions.Of(tag, depth), i)));

    private static SqlPiece Item(SqlPiece expression, int ordinal) =>
        SqlPiece.Of("item", null, $"{expression} AS c{ordinal}");

    private SqlPiece Where(ExpressionGenerator expressions, int level)
    {
        if (!choices.Takes("select.where", 2)) { return SqlPiece.Empty; }

        SqlPiece conditions = SqlPiece.List(
            " AND ", Enumerable.Range(0, choices.Random.Next(1, 3)).Select(_ => expressions.Predicate(2 - level)));
        return SqlPiece.Clause("select.where", $" WHERE {conditions}");
    }

    /// <summary>ORDER BY all columns, perhaps with LIMIT and OFFSET.</summary>
    private SqlPiece OrderBy(int columns)
    {
        SqlPiece items = SqlPiece.List(", ", Enumerable.Range(0, columns).Select(i => SqlPiece.Plain(
            "order", choices.Pick($"c{i}", $"{i + 1}") + choices.Pick("", " ASC", " DESC")
                + choices.Pick("", " NULLS FIRST", " NULLS LAST"))));
        SqlPiece limit = choices.Takes("order.limit", 2)
            ? SqlPiece.Of("limit", "order.limit", $" LIMIT {choices.Pick("7", "1", "0", "5", "100")}")
            : SqlPiece.Empty;
        SqlPiece offset = choices.Takes("order.offset", 4)
            ? SqlPiece.Of("limit", "order.offset", $" OFFSET {choices.Pick("3", "0", "60")}")
            : SqlPiece.Empty;
        return SqlPiece.Clause("order.by", $" ORDER BY {items}{limit}{offset}");
    }

    private ExpressionGenerator Expressions(IReadOnlyList<OracleColumn> columns, int level) =>
        new(choices, columns, level < MaxLevel ? tag => Subquery(tag, columns, level + 1) : null);

    private string NextAlias() => $"a{_aliases++}";
}
