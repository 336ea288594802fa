namespace Ctas.SqlTests.Oracle;

/// <content>GROUP BY, HAVING and aggregate functions.</content>
internal sealed partial class QueryGenerator
{
    private SqlPiece Grouped(IReadOnlyList<ValueTag> tags, int level, OracleRelation? common)
    {
        OracleRelation from = From(level, common);
        ExpressionGenerator rows = Expressions(from.Columns, level);
        var inside = new ExpressionGenerator(choices, from.Columns);
        string kind = choices.Construct(
            "group.columns", "group.columns", "group.expressions", "group.expressions", "group.ordinals", "group.aliases", "group.none");
        OracleColumn[] aggregates =
        [
            .. tags.Select(tag => Aggregate(tag, inside)).OfType<OracleColumn>(),
            .. Enumerable.Range(0, 2).Select(_ => Aggregate(inside.AnyTag(), inside)).OfType<OracleColumn>(),
        ];
        SqlPiece where = Where(rows, level);
        return kind switch
        {
            "group.none" => Over(tags, from, where, aggregates, [], null),
            "group.ordinals" or "group.aliases" => ByResult(tags, kind, from, where, aggregates, inside),
            _ => Over(tags, from, where, aggregates, Keys(kind, from, inside), kind),
        };
    }

    private OracleColumn[] Keys(string kind, OracleRelation from, ExpressionGenerator rows)
    {
        int count = choices.Random.Next(1, 4);
        return kind == "group.columns"
            ? [.. Enumerable.Range(0, count).Select(_ => choices.Pick(from.Columns)).Distinct()]
            : [.. Enumerable.Range(0, count).Select(_ => Key(rows.AnyTag(), rows)).Where(HasColumn(from))];
    }

    // A constant as a key would be taken for an ordinal.
    private static Func<OracleColumn, bool> HasColumn(OracleRelation from) =>
        key => key.Sql.All().Any(piece => from.Columns.Any(column => ReferenceEquals(column.Sql, piece)));

    private static OracleColumn Key(ValueTag tag, ExpressionGenerator rows) => new(rows.Of(tag, 1), tag);

    private OracleColumn? Aggregate(ValueTag tag, ExpressionGenerator rows)
    {
        Construct[] fitting = [.. ConstructCatalog.Aggregates.Where(construct => construct.Gives(tag))];
        return fitting.Length == 0 ? null : new OracleColumn(rows.Write(choices.Construct(fitting), tag, 1), tag);
    }

    private SqlPiece Over(
        IReadOnlyList<ValueTag> tags,
        OracleRelation from,
        SqlPiece where,
        IReadOnlyList<OracleColumn> aggregates,
        OracleColumn[] keys,
        string? kind)
    {
        string? sets = keys.Length > 0 && choices.Takes("group.sets", 5)
            ? choices.Construct("group.rollup", "group.cube", "group.grouping-sets")
            : null;
        OracleColumn[] groupings = sets is null ? [] : [Grouping(choices.Pick(keys))];
        var groups = new ExpressionGenerator(choices, [.. keys, .. aggregates, .. groupings]);
        SqlPiece list = SelectList(tags, groups, 1);
        SqlPiece by = keys.Length == 0 ? SqlPiece.Empty : By(kind, sets, keys);
        bool groupsAll = keys.Length == 0 && !list.All().Any(piece => piece.Construct?.StartsWith("agg.") == true);
        SqlPiece having = groupsAll ? SqlPiece.Clause(null, $" HAVING COUNT(*) >= 0") : Having(groups);
        return SqlPiece.Of(
            "query", keys.Length == 0 ? "group.none" : "select.grouped", $"SELECT {list} FROM {from.Sql}{where}{by}{having}");
    }

    private static SqlPiece By(string? kind, string? sets, OracleColumn[] keys)
    {
        SqlPiece all = SqlPiece.List(", ", keys.Select(key => key.Sql));
        SqlPiece by = sets switch
        {
            null => all,
            "group.rollup" => SqlPiece.Of("keys", sets, $"ROLLUP ({all})"),
            "group.cube" => SqlPiece.Of("keys", sets, $"CUBE ({all})"),
            _ => SqlPiece.Of("keys", sets, $"GROUPING SETS (({all}), ({keys[0].Sql}), ())"),
        };
        return SqlPiece.Clause(kind, $" GROUP BY {(sets is null ? by : SqlPiece.Of("keys", "group.sets", $"{by}"))}");
    }

    /// <summary>Whether the rows of a set are grouped by a key.</summary>
    private static OracleColumn Grouping(OracleColumn key) => new(
        SqlPiece.Of(ValueTag.SmallInt.Word, "group.grouping", $"CAST(GROUPING({key.Sql}) AS INT)"), ValueTag.SmallInt);

    /// <summary>GROUP BY the first result column, by its position or its name.</summary>
    private SqlPiece ByResult(
        IReadOnlyList<ValueTag> tags,
        string kind,
        OracleRelation from,
        SqlPiece where,
        IReadOnlyList<OracleColumn> aggregates,
        ExpressionGenerator rows)
    {
        OracleColumn key = Key(tags[0], rows);
        var groups = new ExpressionGenerator(choices, aggregates);
        SqlPiece list = SqlPiece.List(
            ", ", [Item(key.Sql, 0), .. tags.Skip(1).Select((tag, i) => Item(groups.Of(tag, 1), i + 1))]);
        SqlPiece by = SqlPiece.Clause(kind, $" GROUP BY {(kind == "group.ordinals" ? "1" : "c0")}");
        return SqlPiece.Of(
            "query", "select.grouped", $"SELECT {list} FROM {from.Sql}{where}{by}{Having(groups)}");
    }

    private SqlPiece Having(ExpressionGenerator groups) => choices.Takes("group.having", 4)
        ? SqlPiece.Clause("group.having", $" HAVING {groups.Predicate(1)}")
        : SqlPiece.Empty;
}
