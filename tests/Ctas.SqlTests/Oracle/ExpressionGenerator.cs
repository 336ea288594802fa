using System.Text.RegularExpressions;

namespace Ctas.SqlTests.Oracle;

/// <summary>Random expressions over the columns of a scope.</summary>
/// <param name="choices">The dice.</param>
/// <param name="columns">What expressions may read.</param>
/// <param name="subqueries">Writes sub-queries of a type; null where none may stand.</param>
/// <param name="over">Writes what stands after OVER; null where no window function may stand.</param>
internal sealed partial class ExpressionGenerator(
    Choices choices,
    IReadOnlyList<OracleColumn> columns,
    Func<ValueTag, SqlPiece?>? subqueries = null,
    Func<string, SqlPiece>? over = null)
{
    private const int SubqueryOnceIn = 12;

    /// <summary>A random type: of a column, or any.</summary>
    public ValueTag AnyTag() => columns.Count > 0 && choices.OneIn(2)
        ? choices.Pick(columns).Tag
        : choices.Pick(ValueTag.Any);

    /// <summary>An expression of at most <paramref name="depth"/> levels.</summary>
    public SqlPiece Of(ValueTag tag, int depth)
    {
        if (depth <= 0 || choices.OneIn(4)) { return Leaf(tag); }

        if (subqueries is not null && choices.OneIn(SubqueryOnceIn) && subqueries(tag) is { } subquery) { return subquery; }

        Construct[] fitting = [.. ConstructCatalog.Scalars.Where(construct => construct.Gives(tag))];
        return fitting.Length == 0 ? Leaf(tag) : Write(choices.Construct(fitting), tag, depth - 1);
    }

    public SqlPiece Predicate(int depth) => Of(ValueTag.Boolean, Math.Max(1, depth));

    /// <summary>A column where there is one of the type, else a constant.</summary>
    public SqlPiece Leaf(ValueTag tag)
    {
        OracleColumn[] fitting = [.. columns.Where(column => tag.Accepts(column.Tag))];
        return fitting.Length > 0 && !choices.OneIn(4) ? choices.Pick(fitting).Sql : Constant(tag);
    }

    /// <summary>A column by its name, not what stands in the place of one; else a constant.</summary>
    private SqlPiece Column(ValueTag tag)
    {
        OracleColumn[] fitting = [.. columns.Where(column => tag.Accepts(column.Tag) && column.Sql.Parts.Count == 0)];
        return fitting.Length > 0 ? choices.Pick(fitting).Sql : Constant(tag);
    }

    public SqlPiece Constant(ValueTag tag) =>
        SqlPiece.Plain(tag.Word, Spelling.Literal(Values.Next(choices.Random, tag), tag.Type));

    /// <summary>Fills the holes of a construct's template.</summary>
    /// <param name="construct">What to write.</param>
    /// <param name="result">The type asked for.</param>
    /// <param name="depth">Levels that the holes may have.</param>
    public SqlPiece Write(Construct construct, ValueTag result, int depth)
    {
        var text = new SqlText(construct.Template.Length, 4);
        var chosen = new Dictionary<string, ValueTag>();
        var named = new Dictionary<string, SqlPiece>();
        int written = 0;
        foreach (Match hole in Hole().Matches(construct.Template))
        {
            text.AppendLiteral(construct.Template[written..hole.Index]);
            written = hole.Index + hole.Length;
            if (named.TryGetValue(hole.Groups[1].Value, out SqlPiece? again))
            {
                text.AppendFormatted(again);
                continue;
            }

            string[] name = hole.Groups[1].Value.Split('=', 2);
            if (name is [var given, var kind] && kind.StartsWith("leaf:", StringComparison.Ordinal))
            {
                named[given] = Leaf(ValueTag.Find(kind["leaf:".Length..])!);
                text.AppendFormatted(named[given]);
                continue;
            }

            string[] alternatives = hole.Groups[1].Value.Split('|');
            Fill(text, choices.Pick(alternatives), result, depth, chosen);
        }

        text.AppendLiteral(construct.Template[written..]);
        return SqlPiece.Of(result.Word, construct.Name, text);
    }

    private void Fill(SqlText text, string hole, ValueTag result, int depth, Dictionary<string, ValueTag> chosen)
    {
        if (hole.StartsWith("over", StringComparison.Ordinal))
        {
            text.AppendFormatted(over!(hole));
            return;
        }

        string[] parts = hole.Split(':', 2);
        ValueTag? tag = parts[^1] switch
        {
            "same" => result,
            "T" or "O" or "N" => Chosen(parts[^1], chosen),
            var word => ValueTag.Find(word),
        };
        switch (tag, parts[0])
        {
            case (null, _): text.AppendLiteral(hole); break;
            case (_, "const"): text.AppendFormatted(Constant(tag)); break;
            case (_, "leaf"): text.AppendFormatted(Leaf(tag)); break;
            case (_, "column"): text.AppendFormatted(Column(tag)); break;
            case (_, "type"): text.AppendLiteral(Spelling.Of(tag.Type)); break;
            default: text.AppendFormatted(Of(tag, depth)); break;
        }
    }

    // The same letter means the same type throughout a template.
    private ValueTag Chosen(string letter, Dictionary<string, ValueTag> chosen)
    {
        if (!chosen.TryGetValue(letter, out ValueTag? tag))
        {
            tag = letter == "N" ? choices.Pick(ValueTag.Numbers) : AnyTag();
            chosen.Add(letter, tag);
        }

        return tag;
    }

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Hole();
}
