namespace Ctas.SqlTests;

/// <summary>One record of a sqllogictest file, with the lines it takes.</summary>
/// <param name="Kind"><c>statement</c> or <c>query</c>.</param>
/// <param name="Arguments">The words after it.</param>
/// <param name="Sql">The SQL.</param>
/// <param name="Expected">The lines after <c>----</c>.</param>
/// <param name="HasExpectation">True when there is a line <c>----</c>.</param>
/// <param name="Line">Line of the record, from 1.</param>
/// <param name="ResultStart">Index of the first expected line.</param>
internal sealed record SltRecord(
    string Kind, string[] Arguments, string Sql, string[] Expected, bool HasExpectation, int Line, int ResultStart)
{
    /// <summary>True when the rows are compared in sorted order.</summary>
    public bool IsSorted => Arguments.Contains("rowsort");

    /// <summary>True when DuckDB runs it too, and must give the same rows.</summary>
    public bool IsSharedWithDuckDb => Arguments.Contains("duckdb");
}

/// <summary>Reads sqllogictest files.</summary>
/// <remarks>
/// <code>
/// # a comment                     statement ok                     query IT rowsort
///                                 CREATE TABLE t AS SELECT 1 a     SELECT a, b FROM t
/// statement error CTAS2003                                         ----
/// SELECT x FROM t                                                  1   one      (columns are separated by tabs)
/// </code>
/// After <c>----</c> a failing statement has the message that the user sees, with the caret under the place.
/// A query's types: I whole number, R other number, B boolean, T anything else. Rows are compared in order, or sorted
/// with <c>rowsort</c>. With <c>duckdb</c> DuckDB runs the record too, and must give the same rows. A record ends with an
/// empty line.
/// </remarks>
internal static class SltFile
{
    public static List<SltRecord> Read(string[] lines)
    {
        var records = new List<SltRecord>();
        for (int line = 0; line < lines.Length;)
        {
            if (lines[line].Length == 0 || lines[line].StartsWith('#'))
            {
                line++;
                continue;
            }

            records.Add(ReadRecord(lines, ref line));
        }

        return records;
    }

    private static SltRecord ReadRecord(string[] lines, ref int line)
    {
        int start = line;
        string[] head = lines[line++].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (head[0] is not ("statement" or "query"))
        {
            throw new FormatException($"Line {start + 1}: {head[0]} is no record.");
        }

        int sqlStart = line;
        while (line < lines.Length && lines[line].Length > 0 && lines[line] != "----") { line++; }

        string sql = string.Join('\n', lines[sqlStart..line]);
        bool hasExpectation = line < lines.Length && lines[line] == "----";
        int resultStart = hasExpectation ? ++line : line;

        while (line < lines.Length && lines[line].Length > 0) { line++; }

        return new SltRecord(head[0], head[1..], sql, lines[resultStart..line], hasExpectation, start + 1, resultStart);
    }
}
