using Ctas.Data;
using Ctas.Text;

namespace Ctas.Binding;

/// <content>Rows of values, sets of keys, JSON access, LATERAL and NATURAL.</content>
internal static partial class BindingDiagnostics
{
    public static Diagnostic QualifierBeside(TextSpan span, string name) =>
        WithLateral(QualifierNotFound(span, name, closest: null, alias: null));

    public static Diagnostic WithLateral(Diagnostic mistake) => mistake with
    {
        Hint = "Write LATERAL before the sub-query, so that it can read the tables before it.",
    };

    public static Diagnostic WithLaterName(Diagnostic mistake, string name) => mistake with
    {
        Hint = $"The SELECT list names \"{name}\" after WHERE: repeat the expression here, or select from a sub-query.",
    };

    public static Diagnostic WithText(Diagnostic mistake, string text) => mistake with
    {
        Hint = $"A text stands in single quotes: '{text.Replace("'", "''", StringComparison.Ordinal)}'.",
    };

    public static Diagnostic LambdaMisplaced(TextSpan span) => new(
        "CTAS2120", span, "a lambda is no value", "It stands as an argument of TRANSFORM, FILTER, REDUCE and their kin.");

    public static Diagnostic RowMisplaced(TextSpan span) => new(
        "CTAS2121",
        span,
        "a row of values can only be compared",
        "Write (a, b) = (c, d) or (a, b) IN (…); STRUCT(a := …, b := …) makes one value of several.");

    public static Diagnostic RowBesideValue(TextSpan span) => new(
        "CTAS2122", span, "a row of values can only be compared with a row", "Put as many values in parentheses.");

    public static Diagnostic RowLengths(TextSpan span, int left, int right) => new(
        "CTAS2123", span, $"rows of {left} and {right} values cannot be compared");

    public static Diagnostic GroupingSetsMisplaced(TextSpan span, string kind) => new(
        "CTAS2124", span, $"{kind} cannot stand there", "It stands in GROUP BY, or in GROUPING SETS.");

    public static Diagnostic QuantifiedArray(TextSpan span, string quantifier, WrittenOperand operand) => new(
        "CTAS2125",
        span,
        $"{quantifier} needs a query or an ARRAY, not {operand.Text} of type {operand.Type}",
        $"Write {quantifier} (SELECT …) or {quantifier} (ARRAY[…]).");

    public static Diagnostic JsonKeyType(TextSpan span, string symbol, WrittenOperand key) => new(
        "CTAS2126",
        span,
        $"operator \"{symbol}\" needs the name of a field or the place of an item, not {key.Type}",
        "Write json -> 'field' or json -> 0.");

    public static Diagnostic NotJson(TextSpan span, string symbol, WrittenOperand operand) => new(
        "CTAS2127",
        span,
        $"operator \"{symbol}\" needs JSON text, not {operand.Type}",
        operand.Type.Kind switch
        {
            DataTypeKind.Struct => "A field of a STRUCT is written without quotes, as in s->field.",
            DataTypeKind.Array => "An item of an ARRAY is written a[1], the first one being 1.",
            DataTypeKind.Map => "A value of a MAP is written m['key'].",
            _ => null,
        });

    public static Diagnostic NaturalNeedsColumns(TextSpan span, string side) => new(
        "CTAS2128",
        span,
        $"columns of the {side} side of NATURAL JOIN are not known before it is read",
        "Name the columns with USING (…), or declare those of the source.");

    public static Diagnostic GroupingArgument(TextSpan span) => new(
        "CTAS2129", span, "an argument of GROUPING must be one of the expressions in GROUP BY");

    public static Diagnostic LateralJoin(TextSpan span) => new(
        "CTAS2130",
        span,
        "LATERAL cannot be joined so: its rows belong to those before it",
        "Use CROSS JOIN, JOIN … ON or LEFT JOIN … ON, without USING, NATURAL and WITHIN.");

    public static Diagnostic SessionsOfSets(TextSpan span) => new(
        "CTAS2132",
        span,
        "sessions cannot be grouped by several sets of keys",
        "Each set has sessions of its own: write a query for each, with UNION ALL between them.");

    public static Diagnostic TooManyGroupingSets(TextSpan span, int max) => new(
        "CTAS2131", span, $"GROUP BY has more than {max} sets of keys", "Write out the ones you need in GROUPING SETS.");
}
