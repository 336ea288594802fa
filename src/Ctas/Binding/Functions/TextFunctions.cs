namespace Ctas.Binding.Functions;

/// <summary>Functions of text. Places count from 1; all lengths but those named otherwise are in characters.</summary>
internal static class TextFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("UPPER", "text VARCHAR -> VARCHAR")
        {
            Aliases = ["UCASE"],
            Meaning = "In upper case, of no particular language.",
            Example = new("UPPER('Maß 3')", "MAß 3"),
            Heritage = Heritage.Both,
        },
        new("LOWER", "text VARCHAR -> VARCHAR")
        {
            Aliases = ["LCASE"],
            Meaning = "In lower case, of no particular language.",
            Example = new("LOWER('ČERNÝ')", "černý"),
            Heritage = Heritage.Both,
        },
        new("LENGTH", "text VARCHAR -> INT")
        {
            Aliases = ["LEN", "CHAR_LENGTH", "CHARACTER_LENGTH"],
            Meaning = "Number of characters.",
            Example = new("LENGTH('žluť')", "4"),
            Heritage = Heritage.Both,
        },
        new("CONCAT", "values TEXT... -> VARCHAR")
        {
            Meaning = "All values after one another.",
            Example = new("CONCAT('a', NULL, 1)", "a1"),
            Heritage = Heritage.Both,
            Nulls = "NULL counts as an empty text; the operator || gives NULL.",
        },
        new("SUBSTRING", "text VARCHAR, start INT [, length INT] -> VARCHAR")
        {
            Aliases = ["SUBSTR"],
            Meaning = "The part that starts at a place; places before the first hold nothing.",
            Example = new("SUBSTRING('stream', 2, 3)", "tre"),
            Heritage = Heritage.Both,
        },
        new("TRIM", "text VARCHAR [, characters VARCHAR] -> VARCHAR")
        {
            Aliases = ["BTRIM"],
            Meaning = "Without the spaces, or the given characters, at both ends; also TRIM(BOTH 'x' FROM text).",
            Example = new("TRIM('  a b ')", "a b"),
            Heritage = Heritage.Both,
        },
        new("LTRIM", "text VARCHAR [, characters VARCHAR] -> VARCHAR")
        {
            Meaning = "Without the spaces, or the given characters, at the start.",
            Example = new("LTRIM('xxy', 'x')", "y"),
            Heritage = Heritage.PostgreSql,
        },
        new("RTRIM", "text VARCHAR [, characters VARCHAR] -> VARCHAR")
        {
            Meaning = "Without the spaces, or the given characters, at the end.",
            Example = new("RTRIM('yxx', 'x')", "y"),
            Heritage = Heritage.PostgreSql,
        },
        new("REPLACE", "text VARCHAR, part VARCHAR, replacement VARCHAR -> VARCHAR")
        {
            Meaning = "With every occurrence of a part replaced.",
            Example = new("REPLACE('banana', 'an', '-')", "b--a"),
            Heritage = Heritage.Both,
        },
        new("STARTS_WITH", "text VARCHAR, prefix VARCHAR -> BOOLEAN")
        {
            Meaning = "TRUE when the text starts so.",
            Example = new("STARTS_WITH('banana', 'ban')", "true"),
            Heritage = Heritage.PostgreSql,
        },
        new("STRPOS", "text VARCHAR, part VARCHAR -> INT")
        {
            Meaning = "Where a part first occurs, 0 when it does not; also POSITION(part IN text).",
            Example = new("STRPOS('banana', 'na')", "3"),
            Heritage = Heritage.PostgreSql,
        },
    ];
}
