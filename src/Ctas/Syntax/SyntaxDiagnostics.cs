using Ctas.Text;

namespace Ctas.Syntax;

/// <summary>Every mistake of text and syntax. A code never changes its meaning and is never used again.</summary>
/// <remarks>Messages never quote the text of a string: it may be a secret.</remarks>
internal static class SyntaxDiagnostics
{
    public static Diagnostic UnexpectedCharacter(TextSpan span, string found)
    {
        string shown = char.IsControl(found[0]) ? $"U+{(int)found[0]:X4}" : $"\"{found}\"";
        return new Diagnostic("CTAS1001", span, $"unexpected character {shown}", CharacterHint(found));
    }

    public static Diagnostic Unterminated(TextSpan span, char quote) => quote == '\''
        ? new Diagnostic("CTAS1002", span, "string is not closed", "Close it with '; a ' inside is written twice.")
        : new Diagnostic("CTAS1003", span, "quoted name is not closed", $"Close it with {quote}.");

    public static Diagnostic UnterminatedComment(TextSpan span) =>
        new("CTAS1004", span, "comment is not closed", "Close it with */; comments nest.");

    public static Diagnostic MalformedNumber(TextSpan span, string text) =>
        new(
            "CTAS1005",
            span,
            $"malformed number \"{Shortened(text)}\"",
            "Put a space after the number, or quote a name.");

    public static Diagnostic MalformedBytes(TextSpan span) =>
        new("CTAS1006", span, "malformed bytes literal", "Write two hexadecimal digits for each byte, as in x'0aff'.");

    public static Diagnostic EmptyQuotedName(TextSpan span) =>
        new("CTAS1007", span, "quoted name is empty", "A text is written in single quotes: ''.");

    public static Diagnostic Expected(TextSpan span, string expected, string found, string? hint = null) =>
        new("CTAS1010", span, $"expected {expected}, found {found}", hint);

    public static Diagnostic UnexpectedEnd(TextSpan span, string expected, string? hint = null) =>
        new("CTAS1011", span, $"unexpected end of the text, expected {expected}", hint);

    public static Diagnostic MistypedKeyword(TextSpan span, string found, string keyword) =>
        new("CTAS1012", span, $"unexpected \"{Shortened(found)}\"", $"Did you mean {keyword}?");

    public static Diagnostic ReservedWord(TextSpan span, string word) =>
        new(
            "CTAS1013",
            span,
            $"\"{word}\" is a reserved word",
            $"To use it as a name, write it in quotes: \"{word}\".");

    public static Diagnostic UnknownStatement(TextSpan span, string found, string? closest) =>
        new(
            "CTAS1014",
            span,
            $"expected a statement, found {found}",
            closest is null
                ? StatementHint(found.Trim('"').ToUpperInvariant()) ?? "A statement starts with CREATE, SELECT, WITH, DROP, SHOW, DESCRIBE, EXPLAIN or SET."
                : $"Did you mean {closest}?");

    /// <summary>Why a statement of databases and of ksqlDB's server has no place here, and what has.</summary>
    private static string? StatementHint(string word) => word switch
    {
        "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "TRUNCATE" or "ALTER" =>
            "A table holds what its query gives: CREATE OR REPLACE TABLE … AS SELECT … gives it others.",
        "TERMINATE" or "PAUSE" or "RESUME" =>
            "No server runs queries here: a table is kept fresh until DROP TABLE, or until its process ends.",
        "PRINT" => "Make a table of the topic, CREATE TABLE … AS SELECT * FROM kafka://…, and select from that.",
        "LIST" => "Write SHOW TABLES, SHOW SOURCES, SHOW SINKS or SHOW PROPERTIES.",
        _ => null,
    };

    /// <summary>Why something else cannot be created here, and what can.</summary>
    public static string? CreateHint(string word) => word.ToUpperInvariant() switch
    {
        "VIEW" or "MATERIALIZED" => "Write CREATE TABLE … AS SELECT …, or a common table, WITH name AS (SELECT …).",
        "TYPE" => "Write the type where it is used, as STRUCT<…>.",
        "CONNECTOR" => "Connectors run in Kafka Connect; what they write to a topic can be read here.",
        _ => null,
    };

    public static Diagnostic NestedTooDeeply(TextSpan span) =>
        new(
            "CTAS1015",
            span,
            "statement is nested too deeply",
            "Split it with common tables (WITH … AS) or more tables.");

    public static Diagnostic ChainedComparison(TextSpan span) =>
        new("CTAS1016", span, "comparisons cannot be chained", "Join them with AND, or use parentheses.");

    public static Diagnostic UnknownType(TextSpan span, string name, string? closest) =>
        new(
            "CTAS1017",
            span,
            $"type \"{Shortened(name)}\" is not known",
            closest is null
                ? "Types are BOOLEAN, INT, BIGINT, DOUBLE, DECIMAL(p, s), VARCHAR, BYTES, DATE, TIME, TIMESTAMP, "
                    + "INTERVAL, ARRAY<T>, MAP<K, V> and STRUCT<name T, …>."
                : $"Did you mean {closest}?");

    public static Diagnostic UnknownUnit(TextSpan span, string found, string? closest) =>
        new(
            "CTAS1018",
            span,
            $"expected a unit of time, found {found}",
            closest is null
                ? "Units are MILLISECONDS, SECONDS, MINUTES, HOURS, DAYS, WEEKS, MONTHS and YEARS."
                : $"Did you mean {closest}?");

    /// <summary>Left out by design.</summary>
    public static Diagnostic NotSupported(TextSpan span, string construct, string hint) =>
        new("CTAS1019", span, $"{construct} is not supported", hint);

    public static Diagnostic MissingComma(TextSpan span, string found) =>
        new("CTAS1021", span, $"expected \",\" before {found}", "Is a comma missing?");

    public static Diagnostic MissingJoinCondition(TextSpan span, string found) =>
        new(
            "CTAS1022",
            span,
            $"expected ON or USING after the joined table, found {found}",
            "Only CROSS JOIN goes without a condition.");

    public static Diagnostic RepeatedClause(TextSpan span, string clause) =>
        new("CTAS1023", span, $"clause {clause} is written twice", $"Keep one {clause}.");

    public static Diagnostic ClauseOutOfOrder(TextSpan span, string clause, string later) =>
        new("CTAS1024", span, $"clause {clause} cannot follow {later}", $"Move {clause} before {later}.");

    public static Diagnostic TrailingComma(TextSpan span, string next) =>
        new("CTAS1025", span, $"nothing stands between \",\" and {next}", "Remove the comma.");

    public static Diagnostic NumberOutOfRange(TextSpan span, string what) =>
        new("CTAS1026", span, $"{what} must be a whole number from 0 to {int.MaxValue}");

    public static Diagnostic PropertyValue(TextSpan span, string found) =>
        new(
            "CTAS1027",
            span,
            $"expected a property value, found {found}",
            "A value is a string in single quotes, a number, TRUE, FALSE or NULL.");

    public static Diagnostic MalformedInterval(TextSpan span) =>
        new(
            "CTAS1028",
            span,
            "malformed interval",
            "Write INTERVAL 5 MINUTES, INTERVAL '5' MINUTE or INTERVAL '5 minutes'.");

    public static Diagnostic NotClosed(TextSpan span, string closing, string found, LinePosition opened) =>
        new(
            "CTAS1029",
            span,
            $"expected \"{closing}\", found {found}",
            $"It closes what is opened at line {opened.Line}, column {opened.Column}.");

    public static Diagnostic NothingToClose(TextSpan span, string closing) =>
        new("CTAS1030", span, $"unexpected \"{closing}\"", "It closes nothing: remove it, or add what it closes.");

    public static Diagnostic MissingSemicolon(TextSpan span, string found) =>
        new("CTAS1031", span, $"expected \";\" before {found}", "Statements end with a semicolon.");

    public static Diagnostic MissingAdvance(TextSpan span) =>
        new(
            "CTAS1032",
            span,
            "hopping window has no ADVANCE BY",
            "Write HOPPING (SIZE 10 MINUTES, ADVANCE BY 5 MINUTES).");

    public static Diagnostic ColumnWithoutType(TextSpan span, string column) =>
        new(
            "CTAS1033",
            span,
            $"column \"{Shortened(column)}\" of a source has no type",
            "Give each column a type, or leave the list away to infer them.");

    public static Diagnostic NaturalCrossJoin(TextSpan span) =>
        new("CTAS1034", span, "a CROSS JOIN cannot be NATURAL", "Write NATURAL JOIN, or CROSS JOIN alone.");

    private static string? CharacterHint(string found) => found switch
    {
        "==" => "Equality is written =.",
        "&&" => "Write AND.",
        "!" => "Write NOT, or <> for inequality.",
        "^" => "Write POWER(x, y).",
        "~" => "Write REGEXP_LIKE(text, pattern).",
        "‘" or "’" => "Use the straight quote '.",
        "“" or "”" => "Use the straight quote \".",
        _ => null,
    };

    private static string Shortened(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
}
