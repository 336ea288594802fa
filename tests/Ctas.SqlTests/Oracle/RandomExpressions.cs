using System.Globalization;
using Ctas.Data;

namespace Ctas.SqlTests.Oracle;

/// <summary>
/// Random expressions that mean the same to both engines. Where spellings differ, the text holds <c>«ours|theirs»</c>.
/// </summary>
internal sealed class RandomExpressions(Random random, IReadOnlyList<OracleColumn> columns)
{
    private static readonly string[] Comparisons =
        ["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"];

    public static DataType[] Types { get; } =
    [
        DataType.Int, DataType.BigInt, DataType.Double, DataType.Varchar,
        DataType.Boolean, DataType.Date, DataType.Timestamp,
        DataType.Decimal(12, 2),
    ];

    public string Of(DataType type, int depth)
    {
        if (depth == 0 || random.Next(4) == 0) { return Leaf(type); }

        if (random.Next(5) == 0) { return Choice(type, depth); }

        return type.Kind switch
        {
            DataTypeKind.Boolean => Predicate(depth),
            DataTypeKind.Int or DataTypeKind.BigInt => Whole(type, depth),
            DataTypeKind.Double => Number(depth),
            DataTypeKind.Varchar => Text(depth),
            DataTypeKind.Date => random.Next(2) == 0
                ? $"({Of(type, depth - 1)} + {Pick("1", "30", "-7")})"
                : $"CAST({Of(DataType.Timestamp, depth - 1)} AS DATE)",
            DataTypeKind.Timestamp => random.Next(2) == 0
                ? $"({Of(type, depth - 1)} + INTERVAL {Pick("'1 day'", "'3 hours'", "'1 month'")})"
                : $"CAST({Of(DataType.Date, depth - 1)} AS TIMESTAMP)",
            _ => $"CAST(({Of(type, depth - 1)} {Pick("+", "-")} {Of(type, depth - 1)}) AS DECIMAL(12, 2))",
        };
    }

    public string Predicate(int depth)
    {
        if (depth == 0) { return Comparison(0); }

        int inner = depth - 1;
        return random.Next(9) switch
        {
            0 => $"({Predicate(inner)} AND {Predicate(inner)})",
            1 => $"({Predicate(inner)} OR {Predicate(inner)})",
            2 => $"(NOT {Predicate(inner)})",
            3 => $"({Of(AnyType(), inner)} IS {Pick("", "NOT ")}NULL)",
            4 => InList(inner),
            5 =>
                $"({Of(DataType.Varchar, inner)} {Pick("", "NOT ")}{Pick("LIKE", "ILIKE")} {Pick(
                    "'a%'", "'%b%'", "'_'", "'%a_'", "''", "'%'")})",
            6 => $"({Of(DataType.Int, inner)} {Pick("", "NOT ")}BETWEEN {Leaf(DataType.Int)} AND {Leaf(DataType.Int)})",
            7 => $"STARTS_WITH({Of(DataType.Varchar, inner)}, {Leaf(DataType.Varchar)})",
            _ => Comparison(inner),
        };
    }

    public DataType AnyType() => Types[random.Next(Types.Length)];

    private string Comparison(int depth)
    {
        DataType type = AnyType();
        return $"({Of(type, depth)} {Pick(Comparisons)} {Of(type, depth)})";
    }

    private string InList(int depth)
    {
        DataType type = Pick(DataType.Int, DataType.Varchar, DataType.Double);
        string values = string.Join(
            ", ", Enumerable.Range(0, random.Next(1, 5)).Select(_ => Constant(type, canBeNull: true)));
        return $"({Of(type, depth)} {Pick("", "NOT ")}IN ({values}))";
    }

    private string Choice(DataType type, int depth) => random.Next(4) switch
    {
        0 => $"COALESCE({Of(type, depth - 1)}, {Of(type, depth - 1)})",
        1 => $"NULLIF({Of(type, depth - 1)}, {Of(type, depth - 1)})",
        2 when type.Kind != DataTypeKind.Boolean =>
            $"{Pick("GREATEST", "LEAST")}({Of(type, depth - 1)}, {Of(type, depth - 1)})",
        _ =>
            $"(CASE WHEN {Predicate(depth - 1)} THEN {Of(type, depth - 1)}{Pick(
                "", $" ELSE {Of(type, depth - 1)}")} END)",
    };

    private string Whole(DataType type, int depth) => random.Next(8) switch
    {
        0 => $"({Of(type, depth - 1)} «/|//» {Pick("2", "3", "-7")})",
        1 => $"({Of(type, depth - 1)} % {Pick("2", "5", "-3")})",
        2 => $"ABS({Of(type, depth - 1)})",
        3 => $"CAST(LENGTH({Of(DataType.Varchar, depth - 1)}) AS {Name(type)})",
        4 =>
            $"CAST(EXTRACT({Pick(
                "YEAR", "MONTH", "DAY", "HOUR",
                "MINUTE", "SECOND")} FROM {Of(DataType.Timestamp, depth - 1)}) AS {Name(type)})",
        5 => $"CAST({Of(DataType.Double, depth - 1)} AS {Name(type)})",
        6 when type.Kind == DataTypeKind.Int => $"TRY_CAST({Leaf(DataType.Varchar)} AS «INT|INTEGER»)",
        _ => $"({Of(type, depth - 1)} {Pick("+", "-", "*")} {Of(type, depth - 1)})",
    };

    private string Number(int depth) => random.Next(6) switch
    {
        0 => $"CAST({Of(DataType.Int, depth - 1)} AS DOUBLE)",
        1 => $"{Pick("FLOOR", "CEIL", "ROUND", "ABS")}({Of(DataType.Double, depth - 1)})",
        2 => $"(-{Of(DataType.Double, depth - 1)})",
        3 => $"({Of(DataType.Double, depth - 1)} / {Pick("CAST(2 AS DOUBLE)", "CAST(4 AS DOUBLE)")})",
        4 => $"CAST({Of(DataType.Decimal(12, 2), depth - 1)} AS DOUBLE)",
        _ => $"({Of(DataType.Double, depth - 1)} {Pick("+", "-", "*")} {Of(DataType.Double, depth - 1)})",
    };

    private string Text(int depth) => random.Next(8) switch
    {
        0 => $"UPPER({Of(DataType.Varchar, depth - 1)})",
        1 => $"LOWER({Of(DataType.Varchar, depth - 1)})",
        2 => $"({Of(DataType.Varchar, depth - 1)} || {Of(DataType.Varchar, depth - 1)})",
        3 => $"CONCAT({Of(DataType.Varchar, depth - 1)}, {Of(DataType.Varchar, depth - 1)})",
        4 => $"SUBSTRING({Of(DataType.Varchar, depth - 1)}, {random.Next(1, 4)}, {random.Next(0, 4)})",
        5 => $"REPLACE({Of(DataType.Varchar, depth - 1)}, 'a', {Pick("'xy'", "''")})",
        6 =>
            $"CAST({Of(Pick(
                DataType.Int, DataType.BigInt, DataType.Boolean, DataType.Date,
                DataType.Timestamp, DataType.Decimal(12, 2)), depth - 1)} AS VARCHAR)",
        _ => $"{Pick("TRIM", "LTRIM", "RTRIM")}({Of(DataType.Varchar, depth - 1)})",
    };

    private string Leaf(DataType type)
    {
        OracleColumn[] fitting = [.. columns.Where(column => column.Type == type)];
        return fitting.Length > 0
            && random.Next(4) != 0 ? fitting[random.Next(fitting.Length)].Name : Constant(type, canBeNull: false);
    }

    private string Constant(DataType type, bool canBeNull)
    {
        object? value = canBeNull ? RandomTable.Value(random, type) : RandomTable.NotNull(random, type);
        string literal = RandomTable.Literal(value, type);
        return type.Kind == DataTypeKind.BigInt && value is not null ? $"CAST({literal} AS BIGINT)" : literal;
    }

    private static string Name(DataType type) => type.Kind == DataTypeKind.Int ? "«INT|INTEGER»" : "BIGINT";

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    /// <summary>One engine's text.</summary>
    public static string For(string sql, bool ours)
    {
        var text = new System.Text.StringBuilder();
        foreach (string part in sql.Split('«'))
        {
            int end = part.IndexOf('»', StringComparison.Ordinal);
            if (end < 0)
            {
                text.Append(part);
                continue;
            }

            string[] spellings = part[..end].Split('|');
            text.Append(CultureInfo.InvariantCulture, $"{spellings[ours ? 0 : 1]}{part[(end + 1)..]}");
        }

        return text.ToString();
    }
}
