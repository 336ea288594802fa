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
        new("LENGTH", "text VARCHAR -> INT", "bytes BYTES -> INT")
        {
            Aliases = ["LEN", "CHAR_LENGTH", "CHARACTER_LENGTH"],
            Meaning = "Number of characters of a text, or of bytes.",
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
        new("ENDS_WITH", "text VARCHAR, suffix VARCHAR -> BOOLEAN")
        {
            Aliases = ["SUFFIX"],
            Meaning = "TRUE when the text ends so.",
            Example = new("ENDS_WITH('banana', 'na')", "true"),
            Heritage = Heritage.Own,
        },
        new("CONTAINS", "text VARCHAR, part VARCHAR -> BOOLEAN")
        {
            Meaning = "TRUE when the part occurs in the text.",
            Example = new("CONTAINS('banana', 'nan')", "true"),
            Heritage = Heritage.Own,
        },
        new("INSTR", "text VARCHAR, part VARCHAR [, position INT] [, occurrence INT] -> INT")
        {
            Meaning = "Where a part occurs, from a position on; a negative one searches backwards from the end. 0 "
                + "when it does not.",
            Example = new("INSTR('banana', 'an', 1, 2)", "4"),
            Heritage = Heritage.KsqlDb,
        },
        new("LEFT", "text VARCHAR, length INT -> VARCHAR")
        {
            Meaning = "The first characters; a negative length leaves out so many at the end.",
            Example = new("LEFT('stream', 3)", "str"),
            Heritage = Heritage.PostgreSql,
        },
        new("RIGHT", "text VARCHAR, length INT -> VARCHAR")
        {
            Meaning = "The last characters; a negative length leaves out so many at the start.",
            Example = new("RIGHT('stream', 3)", "eam"),
            Heritage = Heritage.PostgreSql,
        },
        new("LPAD", "text VARCHAR, length INT [, fill VARCHAR] -> VARCHAR")
        {
            Meaning = "Filled at the start up to a length, with spaces by default; longer text is cut.",
            Example = new("LPAD('7', 3, '0')", "007"),
            Heritage = Heritage.Both,
        },
        new("RPAD", "text VARCHAR, length INT [, fill VARCHAR] -> VARCHAR")
        {
            Meaning = "Filled at the end up to a length, with spaces by default; longer text is cut.",
            Example = new("RPAD('7', 3, 'ab')", "7ab"),
            Heritage = Heritage.Both,
        },
        new("REPEAT", "text VARCHAR, count INT -> VARCHAR")
        {
            Meaning = "The text so many times; up to 64 MiB.",
            Example = new("REPEAT('ab', 3)", "ababab"),
            Heritage = Heritage.PostgreSql,
        },
        new("REVERSE", "text VARCHAR -> VARCHAR")
        {
            Meaning = "The characters from last to first.",
            Example = new("REVERSE('žluť')", "ťulž"),
            Heritage = Heritage.PostgreSql,
        },
        new("OVERLAY", "text VARCHAR, piece VARCHAR, start INT [, length INT] -> VARCHAR")
        {
            Meaning = "With a piece in place of so many characters, by default as many as the piece has.",
            Example = new("OVERLAY('Txxxxas', 'hom', 2, 4)", "Thomas"),
            Heritage = Heritage.PostgreSql,
        },
        new("SPLIT_PART", "text VARCHAR, separator VARCHAR, field INT -> VARCHAR")
        {
            Meaning = "One of the parts between separators, from 1, or from the end with -1; empty when there is none.",
            Example = new("SPLIT_PART('a,b,c', ',', 2)", "b"),
            Heritage = Heritage.PostgreSql,
        },
        new("CONCAT_WS", "separator VARCHAR, values TEXT... -> VARCHAR")
        {
            Meaning = "All values with a separator between them.",
            Example = new("CONCAT_WS('-', 'a', NULL, 1)", "a-1"),
            Heritage = Heritage.Both,
            Nulls = "NULL values are left out; a NULL separator gives NULL.",
        },
        new("TRANSLATE", "text VARCHAR, from VARCHAR, to VARCHAR -> VARCHAR")
        {
            Meaning = "Each character of one list replaced by its partner in the other; those without one are left "
                + "out.",
            Example = new("TRANSLATE('12345', '143', 'ax')", "a2x5"),
            Heritage = Heritage.PostgreSql,
        },
        new("INITCAP", "text VARCHAR -> VARCHAR")
        {
            Meaning = "Each word with a capital letter; letters and digits make words (in ksqlDB, all but white "
                + "space).",
            Example = new("INITCAP('hi there-you')", "Hi There-You"),
            Heritage = Heritage.PostgreSql,
        },
        new("ASCII", "text VARCHAR -> INT")
        {
            Aliases = ["UNICODE"],
            Meaning = "Code point of the first character; 0 of an empty text.",
            Example = new("ASCII('ž')", "382"),
            Heritage = Heritage.PostgreSql,
        },
        new("CHR", "code INT -> VARCHAR")
        {
            Meaning = "The character with a code point.",
            Example = new("CHR(382)", "ž"),
            Heritage = Heritage.Both,
        },
        new("OCTET_LENGTH", "text VARCHAR -> INT", "bytes BYTES -> INT")
        {
            Meaning = "Number of bytes, of a text in UTF-8.",
            Example = new("OCTET_LENGTH('žluť')", "6"),
            Heritage = Heritage.PostgreSql,
        },
        new("BIT_LENGTH", "text VARCHAR -> INT", "bytes BYTES -> INT")
        {
            Meaning = "Number of bits, of a text in UTF-8.",
            Example = new("BIT_LENGTH('abc')", "24"),
            Heritage = Heritage.PostgreSql,
        },
        new("FORMAT", "format VARCHAR [, values TEXT...] -> VARCHAR")
        {
            Meaning = "The format with values in place of %s (as it is), %I (a name), %L (a literal), %2$s, %-10s.",
            Example = new("FORMAT('%s = %L', 'a', 'it''s')", "a = 'it''s'"),
            Heritage = Heritage.PostgreSql,
            Nulls = "NULL is empty for %s and NULL for %L.",
        },
        new("QUOTE_LITERAL", "text VARCHAR -> VARCHAR")
        {
            Meaning = "As a SQL literal.",
            Example = new("QUOTE_LITERAL('it''s')", "'it''s'"),
            Heritage = Heritage.PostgreSql,
        },
        new("QUOTE_IDENT", "name VARCHAR -> VARCHAR")
        {
            Meaning = "As a SQL name, in double quotes where it needs them.",
            Example = new("QUOTE_IDENT('My name')", "\"My name\""),
            Heritage = Heritage.PostgreSql,
        },
        new("ENCODE", "bytes BYTES, encoding VARCHAR -> VARCHAR", "text VARCHAR, from VARCHAR, to VARCHAR -> VARCHAR")
        {
            Meaning = "Bytes as text: 'hex', 'base64', 'escape', 'utf8', 'ascii'; with three arguments (ksqlDB) from "
                + "one to another.",
            Example = new("ENCODE(x'00ff', 'hex')", "00ff"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.Encoding(1), ConstantChecks.Encoding(2)],
        },
        new("DECODE", "text VARCHAR, encoding VARCHAR -> BYTES")
        {
            Meaning = "Bytes of their text: 'hex', 'base64', 'escape', 'utf8', 'ascii'.",
            Example = new("DECODE('AP8=', 'base64')", "x'00FF'"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.Encoding(1)],
        },
        new("TO_BYTES", "text VARCHAR, encoding VARCHAR -> BYTES")
        {
            Kernel = "DECODE",
            Meaning = "Bytes of their text: 'hex', 'base64', 'utf8', 'ascii'.",
            Example = new("TO_BYTES('ab', 'utf8')", "x'6162'"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Encoding(1)],
        },
        new("FROM_BYTES", "bytes BYTES, encoding VARCHAR -> VARCHAR")
        {
            Kernel = "ENCODE",
            Meaning = "Bytes as text: 'hex', 'base64', 'utf8', 'ascii'.",
            Example = new("FROM_BYTES(x'6162', 'utf8')", "ab"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Encoding(1)],
        },
        new("UUID", " -> VARCHAR")
        {
            Aliases = ["GEN_RANDOM_UUID"],
            Meaning = "A new random UUID.",
            Example = new("LENGTH(UUID())", "36"),
            Heritage = Heritage.KsqlDb,
            IsDeterministic = false,
        },
    ];
}
