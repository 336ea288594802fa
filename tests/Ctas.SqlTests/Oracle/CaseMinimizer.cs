using System.Diagnostics;

namespace Ctas.SqlTests.Oracle;

/// <summary>Makes a differing case small: drops rows, clauses and parts of expressions while it still differs alike.</summary>
internal static class CaseMinimizer
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    public static OracleCase Minimize(OracleCase original, OracleVerdict verdict)
    {
        var watch = Stopwatch.StartNew();
        bool StillDiffers(OracleCase candidate)
        {
            OracleVerdict judged = candidate.Judge();
            return judged.Outcome == Outcome.Different && judged.Kind == verdict.Kind;
        }

        OracleCase best = original;
        for (bool progress = true; progress && watch.Elapsed < Budget;)
        {
            progress = false;
            foreach (OracleCase candidate in Smaller(best))
            {
                if (watch.Elapsed > Budget) { break; }

                if (!StillDiffers(candidate)) { continue; }

                best = candidate;
                progress = true;
                break;
            }
        }

        return best;
    }

    private static IEnumerable<OracleCase> Smaller(OracleCase current) => WithoutTables(current)
        .Concat(WithLessSql(current.Query).Select(query => current with { Query = query }))
        .Concat(WithFewerRows(current));

    private static IEnumerable<OracleCase> WithoutTables(OracleCase current) =>
        current.Tables.Select(table => current with { Tables = [.. current.Tables.Where(other => other != table)] });

    private static IEnumerable<OracleCase> WithFewerRows(OracleCase current)
    {
        for (int table = 0; table < current.Tables.Count; table++)
        {
            OracleTable whole = current.Tables[table];
            for (int count = whole.Rows.Count / 2; count > 0; count /= 2)
            {
                for (int start = 0; start < whole.Rows.Count; start += count)
                {
                    OracleTable fewer = whole with { Rows = [.. whole.Rows.Take(start), .. whole.Rows.Skip(start + count)] };
                    yield return current with { Tables = [.. current.Tables.Select(other => other == whole ? fewer : other)] };
                }
            }
        }
    }

    private static IEnumerable<OracleQuery> WithLessSql(OracleQuery query)
    {
        foreach (SqlPiece piece in query.Sql.All())
        {
            foreach (SqlPiece smaller in Smaller(piece))
            {
                SqlPiece sql = Replace(query.Sql, piece, smaller);
                yield return new OracleQuery(sql, query.IsOrdered && sql.Constructs().Contains("order.by"));
            }
        }
    }

    private static IEnumerable<SqlPiece> Smaller(SqlPiece piece)
    {
        if (piece.IsOptional) { yield return SqlPiece.Empty; }

        if (piece.Separator is not null && piece.Parts.Count > 1)
        {
            foreach (SqlPiece part in piece.Parts) { yield return piece.With([.. piece.Parts.Where(other => other != part)]); }
        }

        foreach (SqlPiece inner in piece.All().Where(inner => inner != piece && inner.Sort == piece.Sort)) { yield return inner; }

        if (ValueTag.Find(piece.Sort) is { } tag && piece.Parts.Count > 0)
        {
            yield return SqlPiece.Plain(tag.Word, $"CAST(NULL AS {Spelling.Of(tag.Type)})");
        }
    }

    // All places that hold the piece change together: a key is written in SELECT and in GROUP BY.
    private static SqlPiece Replace(SqlPiece piece, SqlPiece old, SqlPiece replacement)
    {
        if (ReferenceEquals(piece, old)) { return replacement; }

        if (piece.Parts.Count == 0) { return piece; }

        SqlPiece[] parts = [.. piece.Parts.Select(part => Replace(part, old, replacement))];
        return parts.SequenceEqual(piece.Parts) ? piece : piece.With(parts);
    }
}
