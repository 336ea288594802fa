namespace Ctas.SqlTests.Oracle;

/// <content>Sub-queries as values and as conditions, correlated or not.</content>
internal sealed partial class QueryGenerator
{
    private static readonly string[] Conditions =
    [
        "subquery.in", "subquery.not-in", "subquery.in.correlated", "subquery.exists", "subquery.exists.correlated",
        "subquery.exists.inequality", "subquery.exists.nested", "subquery.exists.grouped", "subquery.in.combined",
        "subquery.in.limited", "subquery.any", "subquery.all", "subquery.any.correlated",
    ];

    private static readonly string[] Scalars =
    [
        "subquery.scalar", "subquery.scalar.correlated", "subquery.scalar.one-row", "subquery.scalar.inequality",
        "subquery.scalar.limited", "subquery.scalar.outer-value", "subquery.scalar.nested",
    ];

    /// <summary>A sub-query where a value of the type stands; null when Ctas has none of them.</summary>
    /// <param name="tag">The type asked for.</param>
    /// <param name="outer">The columns of the query around it.</param>
    /// <param name="level">How deep it stands.</param>
    private SqlPiece? Subquery(ValueTag tag, IReadOnlyList<OracleColumn> outer, int level)
    {
        string[] kinds = [.. (tag == ValueTag.Boolean ? Conditions : Scalars).Where(ConstructCatalog.IsAvailable)];
        return kinds.Length == 0 ? null : Subquery(choices.Construct(kinds), tag, outer, level);
    }

    private SqlPiece Subquery(string kind, ValueTag tag, IReadOnlyList<OracleColumn> outer, int level)
    {
        OracleRelation from = Single(MaxLevel);
        var inner = new ExpressionGenerator(choices, from.Columns);
        var outside = new ExpressionGenerator(choices, outer);
        ValueTag member = choices.Pick([ValueTag.SmallInt, ValueTag.Varchar, ValueTag.Date, ValueTag.Double]);
        string not = choices.Pick("", "NOT ");
        SqlPiece where = Where(inner, level);
        SqlText text = kind switch
        {
            "subquery.scalar" => $"(SELECT {Folded(tag, inner)} FROM {from.Sql}{where})",
            "subquery.scalar.correlated" =>
                $"(SELECT {Folded(tag, inner)} FROM {from.Sql} WHERE {Correlation(from, outer, "=")})",
            "subquery.scalar.one-row" =>
                $"(SELECT {inner.Of(tag, 1)} AS c0 FROM {from.Sql}{where} ORDER BY 1 LIMIT 1)",
            "subquery.scalar.inequality" =>
                $"(SELECT {Folded(tag, inner)} FROM {from.Sql} WHERE {Correlation(from, outer, choices.Pick("<", "<>", ">="))})",
            "subquery.scalar.limited" =>
                $"(SELECT {inner.Of(tag, 1)} AS c0 FROM {from.Sql} WHERE {Correlation(from, outer, "=")} ORDER BY 1 LIMIT 1)",
            "subquery.scalar.outer-value" =>
                $"(SELECT COALESCE({Folded(tag, inner)}, {outside.Of(tag, 1)}) FROM {from.Sql} WHERE {Correlation(from, outer, "=")})",
            "subquery.scalar.nested" =>
                $"(SELECT {Folded(tag, inner)} FROM {from.Sql} WHERE {Correlation(from, outer, "=")} AND {Deeper(from, outer)})",
            "subquery.exists.nested" =>
                $"({not}EXISTS (SELECT 1 FROM {from.Sql} WHERE {Correlation(from, outer, choices.Pick("=", "<"))} AND {Deeper(from, outer)}))",
            "subquery.exists.grouped" =>
                $"({not}EXISTS (SELECT {inner.Of(member, 0)} FROM {from.Sql} WHERE {Correlation(from, outer, "=")} GROUP BY 1 HAVING COUNT(*) > 1))",
            "subquery.in.combined" =>
                $"({outside.Of(member, 1)} {not}IN (SELECT {inner.Of(member, 1)} FROM {from.Sql} WHERE {Correlation(from, outer, "=")} {Combination()} {Other(member, outer)}))",
            "subquery.in.limited" =>
                $"({outside.Of(member, 1)} {not}IN (SELECT {choices.Pick("", "DISTINCT ")}{inner.Of(member, 1)} FROM {from.Sql} WHERE {Correlation(from, outer, "=")} ORDER BY 1 LIMIT 2))",
            "subquery.any" =>
                $"({outside.Of(member, 1)} {Comparator()} {choices.Pick("ANY", "SOME")} (SELECT {inner.Of(member, 1)} FROM {from.Sql}{where}))",
            "subquery.all" =>
                $"({outside.Of(member, 1)} {Comparator()} ALL (SELECT {inner.Of(member, 1)} FROM {from.Sql}{where}))",
            "subquery.any.correlated" =>
                $"({outside.Of(member, 1)} {Comparator()} {choices.Pick("ANY", "ALL")} (SELECT {inner.Of(member, 1)} FROM {from.Sql} WHERE {Correlation(from, outer, "=")}))",
            "subquery.in" => $"({outside.Of(member, 1)} IN (SELECT {inner.Of(member, 1)} FROM {from.Sql}{where}))",
            "subquery.not-in" => $"({outside.Of(member, 1)} NOT IN (SELECT {inner.Of(member, 1)} FROM {from.Sql}{where}))",
            "subquery.in.correlated" =>
                $"({outside.Of(member, 1)} {not}IN (SELECT {inner.Of(member, 1)} FROM {from.Sql} WHERE {Correlation(from, outer, "=")}))",
            "subquery.exists" => $"({not}EXISTS (SELECT 1 FROM {from.Sql}{where}))",
            "subquery.exists.correlated" =>
                $"({not}EXISTS (SELECT 1 FROM {from.Sql} WHERE {Correlation(from, outer, "=")} AND {inner.Predicate(1)}))",
            _ => $"({not}EXISTS (SELECT 1 FROM {from.Sql} WHERE {Correlation(from, outer, choices.Pick("<", "<>", ">="))}))",
        };
        return SqlPiece.Of(tag.Word, kind, text);
    }

    /// <summary>A condition on the rows of a sub-query that reads them and the query around it.</summary>
    private SqlPiece Deeper(OracleRelation from, IReadOnlyList<OracleColumn> outer)
    {
        OracleRelation inner = Single(MaxLevel);
        return SqlPiece.Of(
            ValueTag.Boolean.Word,
            null,
            $"({choices.Pick("", "NOT ")}EXISTS (SELECT 1 FROM {inner.Sql} WHERE {Correlation(inner, from.Columns, "=")} AND {Correlation(inner, outer, choices.Pick("=", "<>"))}))");
    }

    private SqlPiece Other(ValueTag tag, IReadOnlyList<OracleColumn> outer)
    {
        OracleRelation from = Single(MaxLevel);
        return SqlPiece.Of(
            "query",
            null,
            $"SELECT {new ExpressionGenerator(choices, from.Columns).Of(tag, 1)} FROM {from.Sql} WHERE {Correlation(from, outer, choices.Pick("=", ">="))}");
    }

    private string Comparator() => choices.Pick("=", "<>", "<", "<=", ">", ">=");

    private string Combination() =>
        choices.Pick("UNION", "UNION ALL", "EXCEPT", "EXCEPT ALL", "INTERSECT", "INTERSECT ALL");

    // One row, whatever is in the table.
    private SqlPiece Folded(ValueTag tag, ExpressionGenerator inner) => Aggregate(tag, inner)!.Sql;

    private SqlPiece Correlation(OracleRelation from, IReadOnlyList<OracleColumn> outer, string operation)
    {
        var around = new OracleRelation(from.Sql, [.. outer.Where(column => column.Sql.Parts.Count == 0)]);
        bool hasPair = around.Columns.Any(a => from.Columns.Any(b => a.Tag.Type == b.Tag.Type));
        return hasPair ? Comparison(from, around, operation) : SqlPiece.Plain(ValueTag.Boolean.Word, "TRUE");
    }
}
