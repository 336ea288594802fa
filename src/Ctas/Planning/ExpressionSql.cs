using System.Diagnostics;
using System.Globalization;
using Ctas.Data;

namespace Ctas.Planning;

/// <summary>Writes expressions as SQL, with the column names of their input.</summary>
internal static class ExpressionSql
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>The expression over <paramref name="input"/>.</summary>
    public static string Render(ScalarExpression expression, Schema input)
    {
        string Text(ScalarExpression operand) => Render(operand, input);
        string Operand(ScalarExpression operand) =>
            operand is BinaryExpression or NotExpression or InListExpression or LikeExpression or IsNullExpression
                ? $"({Text(operand)})"
                : Text(operand);
        return expression switch
        {
            ColumnReference e => input.Fields[e.Ordinal].Name,
            ConstantExpression e => Constant(e),
            BinaryExpression e => $"{Chained(e, e.Left)} {Symbol(e.Operator)} {Operand(e.Right)}",
            NegateExpression e => Negated(Operand(e.Operand)),
            NotExpression e => $"NOT {Operand(e.Operand)}",
            IsNullExpression e => $"{Operand(e.Operand)} IS {Not(e.IsNegated)}NULL",
            CastExpression e => $"{(e.IsTry ? "TRY_CAST" : "CAST")}({Text(e.Operand)} AS {e.Type})",
            CaseExpression e => Case(e, input),
            InListExpression e =>
                $"{Operand(e.Operand)} {Not(e.IsNegated)}IN ({string.Join(", ", e.Values.Select(Text))})",
            LikeExpression e =>
                $"{Operand(e.Operand)} {Not(e.IsNegated)}{(e.IgnoresCase ? "ILIKE" : "LIKE")} {Operand(e.Pattern)}",
            FunctionExpression e => $"{e.Function}({string.Join(", ", e.Arguments.Select(Text))})",
            FieldExpression e => $"{Operand(e.Operand)}->{e.Field}",
            ElementExpression e => $"{Operand(e.Operand)}[{Text(e.Index)}]",
            ConstructorExpression e => Constructor(e, Text),
            LambdaParameter e => e.Name,
            LetExpression e => $"LET({e.Parameter.Name} := {Text(e.Value)}, {Text(e.Body)})",
            LambdaExpression { Parameters: [var parameter] } e => $"{parameter.Name} => {Text(e.Body)}",
            LambdaExpression e =>
                $"({string.Join(", ", e.Parameters.Select(parameter => parameter.Name))}) => {Text(e.Body)}",
            _ => throw new UnreachableException($"No rule for {expression.GetType().Name}."),
        };

        // Two signs in a row would begin a comment.
        static string Negated(string operand) => operand.StartsWith('-') ? $"-({operand})" : $"-{operand}";

        // a AND b AND c needs no parentheses.
        string Chained(BinaryExpression outer, ScalarExpression left) =>
            left is BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } inner
            && inner.Operator == outer.Operator
                ? Text(left)
                : Operand(left);
    }

    /// <summary>An aggregate over <paramref name="input"/>.</summary>
    public static string Render(AggregateCall call, Schema input)
    {
        IEnumerable<ScalarExpression> all = call.Arguments.Concat(call.Options);
        string arguments = string.Join(", ", all.Select(argument => Render(argument, input)));
        string distinct = call.IsDistinct ? "DISTINCT " : "";
        string order = call.OrderBy.Count == 0 ? "" : $" ORDER BY {Render(call.OrderBy, input)}";
        string filter = call.Filter is null ? "" : $" FILTER (WHERE {Render(call.Filter, input)})";
        return $"{call.Function}({distinct}{(arguments.Length == 0 ? "*" : arguments)}{order}){filter}";
    }

    /// <summary>The items of an ORDER BY; NULLs are told of only where they are not at their usual end.</summary>
    public static string Render(IEnumerable<SortKey> keys, Schema input) => string.Join(", ", keys.Select(key =>
        Render(key.Expression, input) + (key.IsDescending ? " desc" : "")
        + (key.NullsFirst == key.IsDescending ? "" : key.NullsFirst ? " nulls first" : " nulls last")));

    private static string Constructor(ConstructorExpression expression, Func<ScalarExpression, string> text)
    {
        string[] items = [.. expression.Items.Select(text)];
        return expression.Kind switch
        {
            DataTypeKind.Array => $"ARRAY[{string.Join(", ", items)}]",
            DataTypeKind.Map => $"MAP({string.Join(", ", items.Chunk(2).Select(entry => string.Join(" := ", entry)))})",
            _ => $"STRUCT({string.Join(", ", expression.Fields.Zip(items, (name, item) => $"{name} := {item}"))})",
        };
    }

    private static string Case(CaseExpression expression, Schema input)
    {
        IEnumerable<string> branches = expression.Branches.Select(branch =>
            $"WHEN {Render(branch.Condition, input)} THEN {Render(branch.Result, input)} ");
        string otherwise = expression.Else is null ? "" : $"ELSE {Render(expression.Else, input)} ";
        return $"CASE {string.Concat(branches)}{otherwise}END";
    }

    private static string Not(bool isNegated) => isNegated ? "NOT " : "";

    private static string Constant(ConstantExpression constant) => (constant.Value, constant.Type.Kind) switch
    {
        (null, _) => "NULL",
        (bool value, _) => value ? "TRUE" : "FALSE",
        (string value, _) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
        (byte[] value, _) => $"x'{Convert.ToHexString(value)}'",
        (int days, DataTypeKind.Date) => $"DATE '{DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(days):yyyy-MM-dd}'",
        (long micros, DataTypeKind.Time) =>
            Invariant($"TIME '{new TimeOnly(micros * TimeSpan.TicksPerMicrosecond):HH:mm:ss.FFFFFF}'"),
        (long micros, DataTypeKind.Timestamp) =>
            Invariant($"TIMESTAMP '{ColumnValues.ToTimestamp(micros):yyyy-MM-dd HH:mm:ss.FFFFFF}'"),
        (Interval value, _) => IntervalText(value),
        (Int128 value, DataTypeKind.Decimal) => DecimalText(value, constant.Type.Scale),
        (double value, _) => value.ToString("R", CultureInfo.InvariantCulture),
        var (value, _) => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string IntervalText(Interval value)
    {
        long wholeDays = value.Microseconds / MicrosPerDay;
        decimal seconds = (value.Microseconds - (wholeDays * MicrosPerDay)) / 1_000_000m;
        string[] parts =
        [
            .. Part(value.Months, "month"), .. Part(value.Days + wholeDays, "day"), .. Part(seconds, "second"),
        ];
        return $"INTERVAL '{(parts.Length == 0 ? "0 seconds" : string.Join(' ', parts))}'";
    }

    private static string[] Part(decimal amount, string unit) =>
        amount == 0 ? [] : [Invariant($"{amount:0.######} {unit}{(amount == 1 ? "" : "s")}")];

    private static string DecimalText(Int128 value, int scale)
    {
        string digits = Int128.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string sign = value < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Symbol(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.Concat => "||",
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "<>",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.IsNotDistinctFrom => "IS NOT DISTINCT FROM",
        BinaryOperator.IsDistinctFrom => "IS DISTINCT FROM",
        BinaryOperator.And => "AND",
        BinaryOperator.Or => "OR",
        _ => throw new UnreachableException($"No symbol for {operation}."),
    };
}
