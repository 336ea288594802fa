namespace Ctas.SqlTests.Oracle;

/// <summary>What stands in FROM, and the columns it brings.</summary>
internal sealed record OracleRelation(SqlPiece Sql, List<OracleColumn> Columns);

/// <content>FROM: tables, sub-queries, VALUES, common tables, joins.</content>
internal sealed partial class QueryGenerator
{
    private OracleRelation From(int level, OracleRelation? common = null)
    {
        OracleRelation from = common ?? Single(level, isFirst: true);
        int joins = choices.Random.Next(level == 0 ? 6 : 8) switch { 0 or 1 => 1, 2 when level == 0 => 2, _ => 0 };
        if (common is not null) { joins = Math.Max(joins, choices.Random.Next(2)); }

        if (common is null && level < MaxLevel && choices.Takes("on.using", 40)) { return Using(level); }

        if (common is null && level < MaxLevel && choices.Takes("on.using.star", 50)) { return UsingBeside(level); }

        for (int join = 0; join < joins; join++) { from = Join(from, level, join, isLast: join == joins - 1); }

        return from;
    }

    private OracleRelation Single(int level, bool isFirst = false)
    {
        string kind = level < MaxLevel
            ? choices.Construct("from.table", "from.table", "from.table", "from.table", "from.subquery", "from.values", "from.unnest")
            : "from.table";
        string alias = NextAlias();
        switch (kind)
        {
            case "from.table":
                OracleTable table = choices.Pick(tables);
                return new OracleRelation(
                    SqlPiece.Plain("relation", $"{table.Name} AS {alias}", kind), table.ColumnsOf(alias));
            case "from.values":
                return FromValues(alias);
            case "from.unnest":
                return FromUnnest(alias, isFirst);
            default:
                List<ValueTag> tags = [ValueTag.SmallInt, .. RandomTags(isOrdered: false)];
                SqlPiece body = Body(tags, level + 1);
                SqlPiece limit = choices.OneIn(6) && !tags.Contains(ValueTag.Interval) ? OrderBy(tags.Count) : SqlPiece.Empty;
                return new OracleRelation(
                    SqlPiece.Of("relation", kind, $"({body}{limit}) AS {alias}"), Columns(alias, tags));
        }
    }

    private OracleRelation FromValues(string alias)
    {
        List<ValueTag> tags = [ValueTag.SmallInt, .. RandomTags(isOrdered: false).Take(2)];
        var constants = new ExpressionGenerator(choices, []);
        SqlPiece rows = SqlPiece.List(", ", Enumerable.Range(0, choices.Random.Next(1, 5)).Select(
            _ => SqlPiece.Of("row", null, $"({SqlPiece.List(", ", tags.Select(tag => ValueOf(constants, tag)))})")));
        string names = string.Join(", ", tags.Select((_, i) => $"c{i}"));
        return new OracleRelation(
            SqlPiece.Of("relation", "from.values", $"(VALUES {rows}) AS {alias} ({names})"), Columns(alias, tags));
    }

    private SqlPiece ValueOf(ExpressionGenerator constants, ValueTag tag) => choices.OneIn(6)
        ? SqlPiece.Plain(tag.Word, $"CAST(NULL AS {Spelling.Of(tag.Type)})")
        : constants.Constant(tag);

    private OracleRelation Join(OracleRelation left, int level, int number, bool isLast)
    {
        OracleRelation right = Single(level + 1);
        List<OracleColumn> all = [.. left.Columns, .. right.Columns];

        // Three tables without an equality between them would make too many rows; what follows a comma binds tighter.
        bool needsEquality = number > 0;
        string[] kinds = ["join.inner", "join.inner", "join.left", "join.left", "join.right", "join.full"];
        string[] crosses = needsEquality ? [] : isLast ? ["join.cross", "join.comma"] : ["join.cross"];
        string kind = choices.Construct([.. kinds, .. crosses]);
        SqlText text = kind switch
        {
            "join.cross" => $"{left.Sql} CROSS JOIN {right.Sql}",
            "join.comma" => $"{left.Sql}, {right.Sql}",
            "join.inner" => $"{left.Sql} {choices.Pick("", "INNER ")}JOIN {right.Sql} ON {On(left, right, needsEquality)}",
            "join.left" => $"{left.Sql} LEFT {choices.Pick("", "OUTER ")}JOIN {right.Sql} ON {On(left, right, needsEquality)}",
            "join.right" => $"{left.Sql} RIGHT JOIN {right.Sql} ON {On(left, right, needsEquality)}",
            _ => $"{left.Sql} FULL {choices.Pick("", "OUTER ")}JOIN {right.Sql} ON {On(left, right, needsEquality)}",
        };
        return new OracleRelation(SqlPiece.Of("relation", kind, text), all);
    }

    /// <summary>JOIN … USING over sub-queries that share the names of their first columns.</summary>
    private OracleRelation Using(int level)
    {
        List<ValueTag> first = [ValueTag.SmallInt, ValueTag.Varchar, choices.Pick(ValueTag.All)];
        List<ValueTag> second = [ValueTag.SmallInt, ValueTag.Varchar];
        (string left, string right) = (NextAlias(), NextAlias());
        string kind = choices.Construct("join.inner", "join.left", "join.right", "join.full");
        string word = kind["join.".Length..].ToUpperInvariant();
        string columns = choices.Pick("d0", "d0, d1");
        SqlPiece sql = SqlPiece.Of(
            "relation",
            "on.using",
            $"({Body(first, level + 1)}) AS {left} (d0, d1, d2) {word} JOIN ({Body(second, level + 1)}) AS {right} (d0, d1) USING ({columns})");
        return new OracleRelation(
            SqlPiece.Of("relation", kind, $"{sql}"),
            [OracleColumn.Named("d0", first[0]), OracleColumn.Named($"{left}.d2", first[2]), OracleColumn.Named($"{right}.d0", first[0])]);
    }

    /// <summary>All columns of a join USING beside a third table that has a column of that name too.</summary>
    private OracleRelation UsingBeside(int level)
    {
        List<ValueTag> first = [ValueTag.SmallInt, choices.Pick(ValueTag.All)];
        List<ValueTag> second = [ValueTag.SmallInt, choices.Pick(ValueTag.All)];
        List<ValueTag> third = [ValueTag.SmallInt, ValueTag.Varchar];
        string[] kinds = ["", "LEFT ", "RIGHT ", "FULL "];
        string alias = NextAlias();
        List<ValueTag> all = [ValueTag.SmallInt, first[1], second[1], .. third];
        string names = string.Join(", ", all.Select((_, i) => $"z{i}"));
        SqlText text = choices.OneIn(2)
            ? (SqlText)$"(SELECT * FROM ({Body(first, level + 1)}) AS l (d0, d1) {choices.Pick(kinds)}JOIN ({Body(second, level + 1)}) AS r (d0, d2) USING (d0) {choices.Pick(kinds)}JOIN ({Body(third, level + 1)}) AS s (d0, d3) ON s.d0 = r.d0) AS {alias} ({names})"
            : $"(SELECT s.*, l.*, r.d2 FROM ({Body(first, level + 1)}) AS l (d0, d1) NATURAL JOIN ({Body(second, level + 1)}) AS r (d0, d2) JOIN ({Body(third, level + 1)}) AS s (d0, d3) ON s.d0 = l.d0) AS {alias} ({string.Join(", ", (string[])["z3", "z4", "z0", "z1", "z2"])})";
        return new OracleRelation(SqlPiece.Of("relation", "on.using.star", text), Columns(alias, all, "z"));
    }

    private SqlPiece On(OracleRelation left, OracleRelation right, bool needsEquality)
    {
        string kind = needsEquality
            ? choices.Construct("on.equal", "on.equal.several", "on.residual")
            : choices.Construct(
                "on.equal", "on.equal", "on.equal.several", "on.expressions", "on.residual", "on.inequality", "on.constant");
        List<OracleColumn> all = [.. left.Columns, .. right.Columns];
        SqlText text = kind switch
        {
            "on.equal" => $"{Equality(left, right)}",
            "on.equal.several" => $"{Equality(left, right)} AND {Equality(left, right)}",
            "on.expressions" => $"{EqualExpressions(left, right)}",
            "on.residual" => $"{Equality(left, right)} AND {new ExpressionGenerator(choices, all).Predicate(1)}",
            "on.inequality" => $"{Comparison(left, right, choices.Pick("<", ">=", "<>", "IS NOT DISTINCT FROM"))}",
            _ => $"{choices.Pick("TRUE", "FALSE", "1 = 1", "CAST(NULL AS BOOLEAN)")}",
        };
        return SqlPiece.Of(ValueTag.Boolean.Word, kind, text);
    }

    private SqlPiece Equality(OracleRelation left, OracleRelation right) => Comparison(left, right, "=");

    private SqlPiece Comparison(OracleRelation left, OracleRelation right, string operation)
    {
        (OracleColumn a, OracleColumn b)[] pairs =
            [.. left.Columns.SelectMany(a => right.Columns.Where(b => b.Tag.Type == a.Tag.Type).Select(b => (a, b)))];
        (OracleColumn first, OracleColumn second) = choices.Pick(pairs);
        return choices.OneIn(2)
            ? SqlPiece.Of(ValueTag.Boolean.Word, null, $"{first.Sql} {operation} {second.Sql}")
            : SqlPiece.Of(ValueTag.Boolean.Word, null, $"{second.Sql} {Mirrored(operation)} {first.Sql}");
    }

    private static string Mirrored(string operation) => operation switch { "<" => ">", ">=" => "<=", _ => operation };

    private SqlPiece EqualExpressions(OracleRelation left, OracleRelation right)
    {
        ValueTag tag = choices.Pick([ValueTag.SmallInt, ValueTag.Varchar, ValueTag.Date]);
        SqlPiece first = new ExpressionGenerator(choices, left.Columns).Of(tag, 1);
        SqlPiece second = new ExpressionGenerator(choices, right.Columns).Of(tag, 1);
        return SqlPiece.Of(ValueTag.Boolean.Word, null, $"{first} = {second}");
    }

    /// <summary>WITH, and the common table it makes; it may be read twice.</summary>
    private SqlPiece With(out OracleRelation? common)
    {
        common = null;
        if (!choices.Takes("with", 8)) { return SqlPiece.Empty; }

        List<ValueTag> tags = [ValueTag.SmallInt, .. RandomTags(isOrdered: false)];
        bool named = choices.Takes("with.columns", 3);
        SqlPiece body = Body(tags, 1);
        string columns = named ? $" ({string.Join(", ", tags.Select((_, i) => $"d{i}"))})" : "";
        string alias = NextAlias();
        List<OracleColumn> shown = Columns(alias, tags, named ? "d" : "c");
        common = new OracleRelation(SqlPiece.Plain("relation", $"q AS {alias}"), shown);

        // The rows of joins joined with themselves could be millions.
        bool isSmall = !body.Constructs().Any(construct => construct.StartsWith("join.", StringComparison.Ordinal));
        if (isSmall && choices.Takes("with.twice", 3))
        {
            string second = NextAlias();
            SqlText twice = $"q AS {alias} JOIN q AS {second} ON {alias}.{shown[0].Sql.ToString().Split('.')[1]} = {second}.{shown[0].Sql.ToString().Split('.')[1]}";
            common = new OracleRelation(
                SqlPiece.Of("relation", "with.twice", twice), [.. shown, .. Columns(second, tags, named ? "d" : "c")]);
        }

        return SqlPiece.Of("with", named ? "with.columns" : "with", $"WITH q{columns} AS ({body}) ");
    }

    private static List<OracleColumn> Columns(string alias, IReadOnlyList<ValueTag> tags, string prefix = "c") =>
        [.. tags.Select((tag, i) => OracleColumn.Named($"{alias}.{prefix}{i}", tag))];
}
