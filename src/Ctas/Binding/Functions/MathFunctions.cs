namespace Ctas.Binding.Functions;

/// <summary>Functions of numbers. What has no result is an error of the row, never NaN or a wrong number.</summary>
internal static class MathFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("ABS", "value N -> N")
        {
            Meaning = "Without its sign.",
            Example = new("ABS(-3.5)", "3.5"),
            Heritage = Heritage.Both,
        },
        new("ROUND", "value N [, digits INT] -> N")
        {
            Meaning = "Rounded half away from zero to digits after the point; negative digits round before it.",
            Example = new("ROUND(-1.255, 2)", "-1.260"),
            Heritage = Heritage.Both,
            Result = types => TypeRules.WithRoomToRound(types[0]),
        },
        new("FLOOR", "value N -> N")
        {
            Meaning = "The greatest whole number that is not greater.",
            Example = new("FLOOR(-0.5)", "-1.0"),
            Heritage = Heritage.Both,
            Result = types => TypeRules.WithRoomToRound(types[0]),
        },
        new("CEIL", "value N -> N")
        {
            Aliases = ["CEILING"],
            Meaning = "The least whole number that is not less.",
            Example = new("CEIL(1.2)", "2.0"),
            Heritage = Heritage.Both,
            Result = types => TypeRules.WithRoomToRound(types[0]),
        },
        new("SIGN", "value N -> INT")
        {
            Meaning = "-1, 0 or 1.",
            Example = new("SIGN(-7)", "-1"),
            Heritage = Heritage.Both,
        },
        new("SQRT", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Square root; an error for a negative number.",
            Example = new("SQRT(9)", "3"),
            Heritage = Heritage.Both,
        },
        new("POWER", "base DOUBLE, exponent DOUBLE -> DOUBLE")
        {
            Aliases = ["POW"],
            Meaning = "One number to the power of another.",
            Example = new("POWER(2, 10)", "1024"),
            Heritage = Heritage.Both,
        },
        new("MOD", "dividend N, divisor N -> N")
        {
            Meaning = "The rest of a division, with the sign of the dividend: the operator %.",
            Example = new("MOD(-7, 3)", "-1"),
            Heritage = Heritage.PostgreSql,
            IsRewritten = true,
        },
    ];
}
