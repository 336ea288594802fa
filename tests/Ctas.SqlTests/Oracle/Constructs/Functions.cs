namespace Ctas.SqlTests.Oracle.Constructs;

/// <summary>Scalar functions.</summary>
internal static class Functions
{
    public static IReadOnlyList<Construct> All { get; } =
    [
        new("fn.UPPER", "varchar", "UPPER({varchar})"),
        new("fn.LOWER", "varchar", "LOWER({varchar})"),
        new("fn.LENGTH", "int", "CAST(LENGTH({varchar}) AS INT)"),
        new("fn.CONCAT", "varchar", "CONCAT({varchar}, {varchar}, {int})"),
        new("fn.SUBSTRING", "varchar", "SUBSTRING({varchar}, {1|2|3|9}, {0|1|2|7})"),
        new("fn.SUBSTRING.rest", "varchar", "SUBSTRING({varchar}, {1|2|4})"),
        new("fn.TRIM", "varchar", "{TRIM|LTRIM|RTRIM}({varchar})"),
        new("fn.TRIM.characters", "varchar", "{TRIM|LTRIM|RTRIM}({varchar}, {'a'|'ab'|' x'|'ž'})"),
        new("fn.REPLACE", "varchar", "REPLACE({varchar}, {'a'|'ab'|'😀'}, {'xy'|''|'a'})"),
        new("fn.STARTS_WITH", "boolean", "STARTS_WITH({varchar}, {leaf:varchar})"),
        new("fn.ABS", "number", "ABS({same})"),
        new("fn.ROUND", "double", "ROUND({tame})"),
        new("fn.ROUND.digits", "double", "ROUND({tame}, {0|1|2})"),
        new("fn.ROUND.decimal", "decimal", "CAST(ROUND({decimal}, {0|1}) AS DECIMAL(12, 2))"),
        new("fn.FLOOR", "double", "FLOOR({double})"),
        new("fn.CEIL", "double", "{CEIL|CEILING}({double})"),
        new("fn.FLOOR.decimal", "decimal", "CAST({FLOOR|CEIL}({decimal}) AS DECIMAL(12, 2))"),
        new("fn.SIGN", "int", "CAST(SIGN({int|bigint|double|decimal}) AS INT)"),
        new("fn.SQRT", "double", "SQRT(ABS({tame}))"),
        new("fn.POWER", "double", "{POWER|POW}({tame}, {2|0|3})"),
        new("fn.MOD", "whole", "MOD({same}, {3|-4})"),
        new("fn.COALESCE", "any", "COALESCE({same}, {same})"),
        new("fn.COALESCE.several", "any", "COALESCE(NULL, {same}, {same}, {const:same})"),
        new("fn.IFNULL", "any", "IFNULL({same}, {const:same})"),
        new("fn.NULLIF", "any", "NULLIF({same}, {leaf:same})"),
        new("fn.GREATEST", "comparable", "{GREATEST|LEAST}({same}, {same}, {const:same})"),
        new("fn.EXTRACT", "bigint", "CAST(EXTRACT({YEAR|MONTH|DAY|HOUR|MINUTE|SECOND} FROM {timestamp}) AS BIGINT)"),
        new("fn.EXTRACT.date", "bigint", "EXTRACT({YEAR|MONTH|DAY} FROM {date})"),
    ];
}
