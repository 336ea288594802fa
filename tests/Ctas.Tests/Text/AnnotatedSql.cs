using Ctas.Text;

namespace Ctas.Tests.Text;

/// <summary>SQL in which the expected place is drawn: <c>SELECT {amuont} FROM orders</c>.</summary>
/// <remarks>Linked into other test projects. Braces that belong to the SQL are written twice.</remarks>
internal static class AnnotatedSql
{
    /// <summary>The SQL without its one pair of braces, and the span between them; it may be empty.</summary>
    /// <exception cref="ArgumentException">There is not exactly one pair.</exception>
    public static (string Sql, TextSpan Span) Parse(string annotated)
    {
        (string sql, IReadOnlyList<TextSpan> spans) = ParseAll(annotated);
        return spans is [TextSpan span]
            ? (sql, span)
            : throw new ArgumentException($"Expected one pair of braces, found {spans.Count}.", nameof(annotated));
    }

    /// <summary>The SQL without its braces, and the spans between them in order.</summary>
    /// <exception cref="ArgumentException">A brace has no partner.</exception>
    public static (string Sql, IReadOnlyList<TextSpan> Spans) ParseAll(string annotated)
    {
        var sql = new System.Text.StringBuilder();
        var spans = new List<TextSpan>();
        int start = -1;
        for (int i = 0; i < annotated.Length; i++)
        {
            char c = annotated[i];
            bool isDoubled = c is '{' or '}' && i + 1 < annotated.Length && annotated[i + 1] == c;
            if (isDoubled) { sql.Append(annotated[i++]); }
            else if (c == '{' && start < 0) { start = sql.Length; }
            else if (c == '}' && start >= 0)
            {
                spans.Add(new TextSpan(start, sql.Length));
                start = -1;
            }
            else if (c is '{' or '}')
            {
                throw new ArgumentException($"The brace at {i} has no partner.", nameof(annotated));
            }
            else { sql.Append(c); }
        }

        return start < 0
            ? (sql.ToString(), spans)
            : throw new ArgumentException("The last brace is not closed.", nameof(annotated));
    }
}
