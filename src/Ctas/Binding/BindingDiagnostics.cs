using Ctas.Data;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>Every mistake that binding can report. A code never changes its meaning and is never used again.</summary>
internal static partial class BindingDiagnostics
{
    public static Diagnostic RelationNotFound(TextSpan span, string name, string? reader, string? closest) => new(
        "CTAS2001",
        span,
        reader is null
            ? $"\"{name}\" is neither a table nor a source"
            : $"table \"{reader}\" reads \"{name}\", which is neither a table nor a source",
        (closest, reader) switch
        {
            (not null, _) => $"Did you mean \"{closest}\"?",
            (_, null) => $"A query reads loaded tables: CREATE TABLE {name} AS SELECT * FROM kafka://{name} loads a topic.",
            _ => $"Read a topic as kafka://{name}, or declare the source with {name}.topic = '…' in WITH.",
        });

    public static Diagnostic QualifierNotFound(TextSpan span, string name, string? closest, string? alias) => new(
        "CTAS2002", span, $"table or alias \"{name}\" not found in FROM",
        alias is null ? DidYouMean(closest) : $"The table \"{name}\" is called \"{alias}\" here.");

    public static Diagnostic ColumnNotFound(TextSpan span, string column, string? table, string? closest) => new(
        "CTAS2003",
        span,
        table is null ? $"column \"{column}\" not found" : $"column \"{column}\" not found in table \"{table}\"",
        DidYouMean(closest));

    public static Diagnostic ColumnAmbiguous(TextSpan span, string column, IEnumerable<string> candidates) => new(
        "CTAS2004", span, $"column \"{column}\" is ambiguous", $"Write one of {Quoted(candidates)}.");

    public static Diagnostic FunctionNotFound(TextSpan span, string function, string? closest) => new(
        "CTAS2005", span, $"function \"{function}\" not found", DidYouMean(closest));

    public static Diagnostic ArgumentCount(
        TextSpan span, string function, string expected, int actual, string? hint = null) => new(
        "CTAS2006", span, $"function \"{function}\" takes {expected}, not {actual}", hint);

    public static Diagnostic OperandTypes(
        TextSpan span, string operation, WrittenOperand left, WrittenOperand right) => new(
        "CTAS2007", span, $"operator \"{operation}\" cannot take {left.Type} and {right.Type}",
        CastHint(left, right) ?? IntervalHint(operation, left, right));

    public static Diagnostic TextOperandTypes(
        TextSpan span, string operation, WrittenOperand left, WrittenOperand right) => new(
        "CTAS2007", span, $"operator \"{operation}\" cannot take {left.Type} and {right.Type}",
        Write((left.IsText ? right : left).CastTo(DataType.Varchar)));

    public static Diagnostic OperandType(TextSpan span, string operation, DataType operand) => new(
        "CTAS2007", span, $"operator \"{operation}\" cannot take {operand}");

    public static Diagnostic CannotCast(TextSpan span, DataType from, DataType to) => new(
        "CTAS2008", span, $"a value of type {from} cannot be cast to {to}");

    public static Diagnostic NotSupportedYet(TextSpan span, string construct, string? hint = null) => new(
        "CTAS2009", span, $"{construct} is not supported yet", hint);

    public static Diagnostic UnknownIndexMethod(TextSpan span, string method) => new(
        "CTAS2060", span, $"index method \"{method}\" not found", "Use HASH to find equal values only, or BTREE, the default.");

    public static Diagnostic TooManyScans(TextSpan span, string table, long limit) => new(
        "CTAS2055",
        span,
        $"reading \"{table}\" here makes the query read more than {limit} tables",
        "Common tables are written out at each place that reads them; make this one a table of its own.");

    public static Diagnostic WithinNeedsStreams(TextSpan span, string relation, string reason) => new(
        "CTAS2064",
        span,
        $"WITHIN joins streams, but \"{relation}\" {reason}",
        "Leave WITHIN out to join with a table, or read the topic as a stream: CREATE STREAM, or 'mode' = 'append'.");

    public static Diagnostic WithinWithoutCondition(TextSpan span) => new(
        "CTAS2065", span, "WITHIN needs a condition of the join", "Write JOIN … WITHIN … ON left.column = right.column.");

    public static Diagnostic NotBoolean(TextSpan span, string clause, WrittenOperand actual) => new(
        "CTAS2010", span, $"{clause} needs a condition of type BOOLEAN, not {actual.Type}",
        actual.Type.IsNumeric ? $"Compare it: {actual.Text} <> 0." : Write(actual.CastTo(DataType.Boolean)));

    public static Diagnostic AggregateMisplaced(TextSpan span, string function, string clause) => new(
        "CTAS2011",
        span,
        $"aggregate function \"{function}\" cannot stand in {clause}",
        clause == "WHERE" ? "Conditions on aggregates belong into HAVING." : null);

    public static Diagnostic AggregateNested(TextSpan span, string function) => new(
        "CTAS2012", span, $"aggregate function \"{function}\" cannot stand inside another aggregate function");

    public static Diagnostic NotGrouped(TextSpan span, string column, string written) => new(
        "CTAS2013",
        span,
        $"column \"{column}\" must appear in GROUP BY or inside an aggregate function",
        $"Add {written} to GROUP BY, or write MIN({written}) or MAX({written}).");

    public static Diagnostic OrdinalOutOfRange(TextSpan span, string clause, string ordinal, int columns) => new(
        "CTAS2014", span, $"{clause} position {ordinal} does not name a result column",
        columns == 1 ? "There is only column 1." : $"Positions go from 1 to {columns}.");

    public static Diagnostic DuplicateResultColumn(TextSpan span, string column) => new(
        "CTAS2015", span, $"result column \"{column}\" is given twice", "Give one of them another name with AS.");

    public static Diagnostic DuplicateAlias(TextSpan span, string alias) => new(
        "CTAS2016", span, $"\"{alias}\" stands twice in FROM", "Give one of them another name with AS.");

    public static Diagnostic ColumnCounts(TextSpan span, string construct, int expected, int actual) => new(
        "CTAS2017", span, $"{construct} needs {Columns(expected)}, not {actual}");

    public static Diagnostic TypesDiffer(
        TextSpan span, string construct, WrittenOperand first, WrittenOperand second) => new(
        "CTAS2018", span, $"{construct} cannot bring {first.Type} and {second.Type} to one type",
        CastHint(first, second));

    public static Diagnostic LiteralNotUnderstood(TextSpan span, string text, DataType type, string example) => new(
        "CTAS2019", span, $"'{text}' is not a value of type {type}", $"Write it like {example}.");

    public static Diagnostic NumberOutOfRange(TextSpan span, string number) => new(
        "CTAS2020", span, $"number {number} has more than {DataType.MaxDecimalPrecision} digits");

    public static Diagnostic NothingToExpand(TextSpan span) => new(
        "CTAS2021", span, "\"*\" needs a FROM", "Name the table to read after FROM.");

    public static Diagnostic UsingColumnNotFound(TextSpan span, string column, string side, string? closest) => new(
        "CTAS2022", span, $"column \"{column}\" of USING not found in the {side} table", DidYouMean(closest));

    public static Diagnostic OrderByNotInDistinct(TextSpan span) => new(
        "CTAS2023", span, "ORDER BY with DISTINCT or UNION can only name result columns",
        "Add the expression to the SELECT list, or order by a result column.");

    public static Diagnostic NotACount(TextSpan span, string clause) => new(
        "CTAS2024", span, $"{clause} needs a whole number that is not negative");

    public static Diagnostic DuplicateColumn(TextSpan span, string column) => new(
        "CTAS2025", span, $"column \"{column}\" is declared twice");

    public static Diagnostic ColumnMarkMisplaced(TextSpan span, string mark, string place) => new(
        "CTAS2026", span, $"{mark} cannot be used in {place}");

    public static Diagnostic TypeOutOfRange(TextSpan span, string type, string limit) => new(
        "CTAS2027", span, $"{type} is out of range", limit);

    public static Diagnostic DuplicateCommonTable(TextSpan span, string name) => new(
        "CTAS2028", span, $"\"{name}\" is declared twice in WITH");

    public static Diagnostic SourceInQuery(TextSpan span, string name, string table) => new(
        "CTAS2029", span, $"a query over loaded tables cannot read source \"{name}\"",
        $"Load it first: CREATE TABLE {table} AS SELECT * FROM {name}.");

    public static Diagnostic NameExists(TextSpan span, string kind, string name, bool canReplace) => new(
        "CTAS2030", span, $"{kind} \"{name}\" exists already",
        canReplace
            ? "Use CREATE OR REPLACE to replace it, or IF NOT EXISTS to keep it."
            : $"Take another name: only a {kind} can replace it.");

    public static Diagnostic SourceOfHost(TextSpan span, string name) => new(
        "CTAS2113", span, $"source \"{name}\" was given by the host application, and cannot be dropped");

    public static Diagnostic ArgumentType(
        TextSpan span, string function, int number, string expected, DataType actual, string? hint = null) => new(
        "CTAS2031", span, $"argument {number} of function \"{function}\" needs {expected}, not {actual}", hint);

    public static Diagnostic LambdaArgument(TextSpan span, string function, int number, string expected, string hint) => new(
        "CTAS2031", span, $"argument {number} of function \"{function}\" needs {expected}, not this lambda", hint);

    public static Diagnostic ArgumentValue(
        TextSpan span, string function, int number, string value, string complaint) => new(
        "CTAS2056", span, $"argument {number} of function \"{function}\" cannot be '{value}'", complaint);

    public static Diagnostic ConstantNeeded(TextSpan span, string function, int number) => new(
        "CTAS2110", span, $"argument {number} of function \"{function}\" needs a constant");

    public static Diagnostic SortKeyNotDistinct(TextSpan span, string function) => new(
        "CTAS2111", span, $"ORDER BY in \"{function}\" with DISTINCT can only name its arguments");

    public static Diagnostic OneSortKey(TextSpan span, string function) => new(
        "CTAS2112", span, $"WITHIN GROUP of \"{function}\" takes one ORDER BY item");

    public static Diagnostic EscapeNotACharacter(TextSpan span) => new(
        "CTAS2032", span, "ESCAPE needs a text of one character");

    public static Diagnostic PatternEndsInEscape(TextSpan span, char escape) => new(
        "CTAS2153", span, $"LIKE pattern ends in its escape character '{escape}'", "Write it twice to match the character itself.");

    public static Diagnostic UnknownField(TextSpan span, string field, string? closest, string expected) => new(
        "CTAS2033", span, $"EXTRACT has no field \"{field}\"", DidYouMean(closest) ?? $"Use one of {expected}.");

    public static Diagnostic LambdaType(TextSpan span, string function, DataType wanted, DataType actual) => new(
        "CTAS2058",
        span,
        $"the lambda of function \"{function}\" needs {wanted}, not {actual}",
        TypeRules.CanCast(actual, wanted) ? $"Write CAST(… AS {wanted})." : null);

    public static Diagnostic FunctionNameTaken(TextSpan span, string name, bool isBuiltIn) => new(
        "CTAS2057",
        span,
        isBuiltIn
            ? $"function \"{name}\" cannot be added, because SQL has a function of that name"
            : $"function \"{name}\" is added twice",
        "Give it another name.");

    public static Diagnostic FieldNotInType(TextSpan span, string field, DataType type) => new(
        "CTAS2033", span, $"a value of type {type} has no field \"{field}\"");

    public static Diagnostic NotAnAggregate(TextSpan span, string function, string clause) => new(
        "CTAS2034", span, $"{clause} belongs to aggregate functions, and \"{function}\" is none");

    public static Diagnostic UnknownStatementName(TextSpan span, string kind, string name, string? closest) => new(
        "CTAS2035", span, $"{kind} \"{name}\" not found", DidYouMean(closest));

    public static Diagnostic UnknownProperty(TextSpan span, string property, string? closest) => new(
        "CTAS2040", span, $"property \"{property}\" is not known", DidYouMean(closest));

    public static Diagnostic PropertyValue(TextSpan span, string property, string? shown, string expected) => new(
        "CTAS2041",
        span,
        shown is null
            ? $"property \"{property}\" has a value that does not fit"
            : $"property \"{property}\" cannot be '{shown}'",
        $"It takes {expected}.");

    public static Diagnostic PropertyTwice(TextSpan span, string property, string? otherSpelling) => new(
        "CTAS2042", span, otherSpelling is null
            ? $"property \"{property}\" is given twice"
            : $"property \"{property}\" is given twice, also as \"{otherSpelling}\"");

    public static Diagnostic PropertiesContradict(TextSpan span, string property, string other, string reason) => new(
        "CTAS2043", span, $"property \"{property}\" contradicts \"{other}\"", reason);

    public static Diagnostic PropertyMisplaced(TextSpan span, string property, string statement, string place) => new(
        "CTAS2044", span, $"property \"{property}\" cannot be used in {statement}", $"It belongs to {place}.");

    public static Diagnostic SourceWithoutPlace(TextSpan span, string name) => new(
        "CTAS2045", span, $"source \"{name}\" has no place to read from",
        "Give it a topic with 'topic' = '…' or a file with 'path' = '…'.");

    public static Diagnostic UnusedSourceName(TextSpan span, string name, string? closest) => new(
        "CTAS2046", span, $"properties of \"{name}\", but nothing in FROM or INTO has that name", DidYouMean(closest));

    public static Diagnostic PropertyNeeds(TextSpan span, string property, string other) => new(
        "CTAS2047", span, $"property \"{property}\" needs '{other}'", "Set both, or neither.");

    public static Diagnostic KeyNeeded(TextSpan span, string table) => new(
        "CTAS2048", span, $"table \"{table}\" over a topic needs a column that is its PRIMARY KEY",
        "Mark the column of the record key, or use CREATE STREAM to keep every record.");

    public static Diagnostic DeclaredElsewhere(TextSpan span, string name) => new(
        "CTAS2049", span, $"\"{name}\" exists already, so its properties cannot be given here",
        "Set them where it is declared.");

    public static Diagnostic NothingTakesProperty(TextSpan span, string property) => new(
        "CTAS2044", span, $"property \"{property}\" speaks of a source, but the SELECT reads none that SQL declares",
        "Give it where the source is made.");

    public static Diagnostic ConfigNotRead(TextSpan span, string file, string reason) => new(
        "CTAS2050", span, $"config file \"{file}\" {reason}");

    public static Diagnostic ConfigCycle(TextSpan span, IEnumerable<string> files) => new(
        "CTAS2051", span, $"config files extend each other: {string.Join(" → ", files)}");

    public static Diagnostic VariableNotSet(TextSpan span, string file, string variable) => new(
        "CTAS2052", span, $"config file \"{file}\" uses variable \"{variable}\", which is not set",
        $"Set the environment variable {variable}.");

    public static Diagnostic LocationNotUnderstood(TextSpan span, string text) => new(
        "CTAS2053", span, $"'{text}' names no topic",
        "Write kafka://topic or kafka://host:port/topic.");

    public static Diagnostic FieldNotFound(TextSpan span, string field, DataType type) => new(
        "CTAS2070",
        span,
        $"field \"{field}\" not found in {Shortened(type)}",
        ClosestName.Find(field, type.Fields.Select(known => known.Name)) is { } closest
            ? $"Did you mean \"{closest}\"?"
            : $"Its fields are {string.Join(", ", type.Fields.Select(known => known.Name))}.");

    public static Diagnostic NotAStruct(TextSpan span, string field, DataType actual) => new(
        "CTAS2071",
        span,
        $"field \"{field}\" is asked of a value of type {Shortened(actual)}, which has no fields",
        actual.Kind switch
        {
            DataTypeKind.Map => $"Write m['{field}'] for the value of a key.",
            DataTypeKind.Array => $"Write a[1].{field} for the field of an element.",
            DataTypeKind.Varchar => $"Cast JSON text: CAST(… AS STRUCT<{field} VARCHAR>).",
            _ => null,
        });

    public static Diagnostic NotIndexable(TextSpan span, DataType actual) => new(
        "CTAS2072", span, $"[…] needs an ARRAY or a MAP, not {Shortened(actual)}");

    public static Diagnostic IndexType(TextSpan span, string what, DataType expected, WrittenOperand actual) => new(
        "CTAS2073", span, $"{what} needs {expected}, not {actual.Type}", Write(actual.CastTo(expected)));

    public static Diagnostic DuplicateField(TextSpan span, string field) => new(
        "CTAS2074", span, $"field \"{field}\" is given twice", "Names of fields differ in more than case.");

    public static Diagnostic NullKey(TextSpan span) => new("CTAS2075", span, "a key of a MAP cannot be NULL");

    public static Diagnostic UnnestMisplaced(TextSpan span, string function, string clause) => new(
        "CTAS2076",
        span,
        $"\"{function}\" cannot stand in {clause}",
        "It makes several rows of one: write it in the SELECT list, or UNNEST(…) in FROM.");

    public static Diagnostic NotACollection(TextSpan span, string function, DataType actual) => new(
        "CTAS2077",
        span,
        $"\"{function}\" needs an ARRAY or a MAP, not {Shortened(actual)}",
        actual.Kind == DataTypeKind.Varchar ? "Cast JSON text: CAST(… AS ARRAY<VARCHAR>)." : null);

    public static Diagnostic UnnestJoin(TextSpan span, string reason) => new(
        "CTAS2078", span, $"UNNEST cannot be joined so: {reason}",
        "Its rows are made of the row on its left, so there is none without it.");

    public static Diagnostic MapInSelectList(TextSpan span, string function) => new(
        "CTAS2079", span, $"\"{function}\" of a MAP gives two columns",
        "Write it in FROM: CROSS JOIN UNNEST(…) AS u(key, value).");

    public static Diagnostic HeadersType(TextSpan span, string column, DataType actual) => new(
        "CTAS2080",
        span,
        $"column \"{column}\" holds all headers and cannot be {Shortened(actual)}",
        $"Write {HeaderType.Headers}, or VARCHAR for JSON text; HEADER('key') reads one header.");

    public static Diagnostic NotOneQuery(TextSpan span) => new(
        "CTAS2054", span, "a query is one SELECT statement");

    public static Diagnostic WindowMisplaced(TextSpan span, string function, string clause) => new(
        "CTAS2090",
        span,
        $"window function \"{function}\" cannot stand in {clause}",
        clause == "WHERE"
            ? "Conditions on window functions belong into QUALIFY; or compute it in a sub-query."
            : "Compute it in a sub-query, and use its column here.");

    public static Diagnostic WindowNested(TextSpan span, string function, string outer) => new(
        "CTAS2091",
        span,
        $"window function \"{function}\" cannot stand inside function \"{outer}\"",
        "Compute the inner one in a sub-query.");

    public static Diagnostic OverMissing(TextSpan span, string function) => new(
        "CTAS2092", span, $"window function \"{function}\" needs OVER", $"Write {function}(…) OVER (ORDER BY …).");

    public static Diagnostic WindowNotFound(TextSpan span, string name, string? closest) => new(
        "CTAS2093",
        span,
        $"window \"{name}\" not found",
        DidYouMean(closest) ?? $"Declare it after HAVING: WINDOW {name} AS (…).");

    public static Diagnostic DuplicateWindow(TextSpan span, string name) => new(
        "CTAS2094", span, $"window \"{name}\" is declared twice");

    public static Diagnostic WindowOverridden(TextSpan span, string name, string clause) => new(
        "CTAS2095",
        span,
        $"{clause} cannot be added to window \"{name}\"",
        "A window can add ORDER BY and a frame to one that has none; else write it out.");

    public static Diagnostic FrameReversed(TextSpan span) => new(
        "CTAS2096", span, "frame cannot end before it starts", "Write the earlier bound first.");

    public static Diagnostic FrameOffset(TextSpan span, string unit, string expected) => new(
        "CTAS2097", span, $"offset of a {unit} frame needs {expected}");

    public static Diagnostic FrameNeedsOneKey(TextSpan span, string unit) => new(
        "CTAS2098",
        span,
        unit == "RANGE" ? "offsets in RANGE need exactly one ORDER BY expression" : "GROUPS needs ORDER BY",
        "Use ROWS to count rows.");

    public static Diagnostic NullTreatmentMisplaced(TextSpan span, string function) => new(
        "CTAS2099",
        span,
        $"function \"{function}\" cannot take IGNORE NULLS or RESPECT NULLS",
        "Aggregates take it, and LAG, LEAD, FIRST_VALUE, LAST_VALUE and NTH_VALUE over a window.");

    public static Diagnostic QualifyWithoutWindow(TextSpan span) => new(
        "CTAS2100",
        span,
        "QUALIFY needs a window function, there or in the SELECT list",
        "Conditions on rows belong into WHERE, those on groups into HAVING.");

    public static Diagnostic NoEventTime(TextSpan span, string table) => new(
        "CTAS2101",
        span,
        $"\"{table}\" has no event time: a window needs a source, or a column ROWTIME",
        $"Add ROWTIME to the SELECT that makes {table}, or say which column it is: FROM (SELECT *, … AS ROWTIME FROM {table}) AS {table}.");

    public static Diagnostic FinalQuery(TextSpan span) => new(
        "CTAS2107",
        span,
        "SELECT … EMIT FINAL is not supported: a query sees the rows of tables, and not how far event time has come",
        "Make a table of it, CREATE TABLE … AS SELECT … EMIT FINAL, whose rows are those of closed windows, and select from that.");

    public static Diagnostic NoRowTime(TextSpan span, string table) => new(
        "CTAS2106",
        span,
        $"nothing tells how old a row of table \"{table}\" is, so that none can leave it by retention",
        "Give the result a column ROWTIME of type TIMESTAMP: SELECT …, … AS ROWTIME.");

    public static Diagnostic EventTimeType(TextSpan span, DataType type) => new(
        "CTAS2102",
        span,
        $"event time ROWTIME must be a TIMESTAMP, not {type}",
        "Bring it to a TIMESTAMP in a sub-query: SELECT …, CAST(… AS TIMESTAMP) AS ROWTIME.");

    public static Diagnostic WindowLength(TextSpan span, bool hasMonths) => new(
        "CTAS2103",
        span,
        hasMonths ? "a window needs a fixed length, and months have none" : "length of a window is out of range",
        hasMonths
            ? "Use DAYS or WEEKS; for calendar months GROUP BY DATE_TRUNC('month', …)."
            : "Write a length above 0, as in 5 MINUTES.");

    public static Diagnostic AdvanceTooLong(TextSpan span) => new(
        "CTAS2104",
        span,
        "a hopping window cannot advance by more than its size",
        "Rows between two windows would be in none; make SIZE larger or ADVANCE BY smaller.");

    public static Diagnostic SecondTimeWindow(TextSpan span) => new(
        "CTAS2105", span, "a query has one window of event time, and this is a second one", "Keep one of them.");

    private static string? DidYouMean(string? closest) => closest is null ? null : $"Did you mean \"{closest}\"?";

    // A STRUCT read from JSON may have hundreds of fields.
    private static string Shortened(DataType type) =>
        type.ToString() is { Length: > 200 } text ? text[..200] + "…" : type.ToString();

    private static string Columns(int count) => count == 1 ? "1 column" : $"{count} columns";

    private static string Quoted(IEnumerable<string> names) => string.Join(" or ", names.Select(name => $"\"{name}\""));

    private static string? Write(string? sql) => sql is null ? null : $"Write {sql}.";

    private static string? IntervalHint(string operation, WrittenOperand left, WrittenOperand right) =>
        operation is "+" or "-" && left.Type.Kind == DataTypeKind.Timestamp && right.Type.IsNumeric
            ? $"Say of which unit: {operation} INTERVAL '{(int.TryParse(right.Text, out int count) && count != 1 ? $"{count} days" : "1 day")}'."
            : null;

    private static string? CastHint(WrittenOperand left, WrittenOperand right)
    {
        (WrittenOperand from, WrittenOperand to) = right.IsText && !left.IsText ? (right, left) : (left, right);
        string? toOther = from.CastTo(to.Type);
        string? toText = from.IsText ? to.CastTo(from.Type) : null;
        return toOther is not null && toText is not null && toOther != toText
            ? $"Write {toOther}, or {toText}."
            : Write(toOther);
    }
}
