namespace Ctas.Binding.Functions;

/// <summary>Functions of numbers. What has no result is an error of the row, never NaN or a wrong number.</summary>
internal static class MathFunctions
{
    private static readonly string[] GlobeUnits =
        ["KM", "KILOMETER", "KILOMETERS", "KILOMETRE", "KILOMETRES", "MI", "MILE", "MILES"];

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
        new("EXP", "value DOUBLE -> DOUBLE")
        {
            Meaning = "e to the power of a number.",
            Example = new("EXP(1)", "2.718281828459045"),
            Heritage = Heritage.Both,
        },
        new("LN", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Natural logarithm.",
            Example = new("LN(1)", "0"),
            Heritage = Heritage.Both,
        },
        new("LOG", "value DOUBLE -> DOUBLE", "base DOUBLE, value DOUBLE -> DOUBLE")
        {
            Meaning = "Logarithm to base 10, or to another base.",
            Example = new("LOG(2, 8)", "3"),
            Heritage = Heritage.Both,
        },
        new("LOG10", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Logarithm to base 10.",
            Example = new("LOG10(1000)", "3"),
            Heritage = Heritage.PostgreSql,
        },
        new("LOG2", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Logarithm to base 2.",
            Example = new("LOG2(8)", "3"),
            Heritage = Heritage.Own,
        },
        new("CBRT", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Cube root.",
            Example = new("CBRT(27)", "3"),
            Heritage = Heritage.Both,
        },
        new("SIN", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Sine of radians.",
            Example = new("SIN(0)", "0"),
            Heritage = Heritage.Both,
        },
        new("COS", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Cosine of radians.",
            Example = new("COS(0)", "1"),
            Heritage = Heritage.Both,
        },
        new("TAN", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Tangent of radians.",
            Example = new("TAN(0)", "0"),
            Heritage = Heritage.Both,
        },
        new("COT", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Cotangent of radians.",
            Example = new("ROUND(COT(PI() / 4), 12)", "1"),
            Heritage = Heritage.Both,
        },
        new("ASIN", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Radians whose sine it is.",
            Example = new("ASIN(0)", "0"),
            Heritage = Heritage.Both,
        },
        new("ACOS", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Radians whose cosine it is.",
            Example = new("ACOS(1)", "0"),
            Heritage = Heritage.Both,
        },
        new("ATAN", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Radians whose tangent it is.",
            Example = new("ATAN(0)", "0"),
            Heritage = Heritage.Both,
        },
        new("ATAN2", "y DOUBLE, x DOUBLE -> DOUBLE")
        {
            Meaning = "The angle of the point (x, y), in radians.",
            Example = new("ATAN2(0, 1)", "0"),
            Heritage = Heritage.Both,
        },
        new("SINH", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Hyperbolic sine.",
            Example = new("SINH(0)", "0"),
            Heritage = Heritage.Both,
        },
        new("COSH", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Hyperbolic cosine.",
            Example = new("COSH(0)", "1"),
            Heritage = Heritage.Both,
        },
        new("TANH", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Hyperbolic tangent.",
            Example = new("TANH(0)", "0"),
            Heritage = Heritage.Both,
        },
        new("ASINH", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Inverse hyperbolic sine.",
            Example = new("ASINH(0)", "0"),
            Heritage = Heritage.PostgreSql,
        },
        new("ACOSH", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Inverse hyperbolic cosine.",
            Example = new("ACOSH(1)", "0"),
            Heritage = Heritage.PostgreSql,
        },
        new("ATANH", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Inverse hyperbolic tangent.",
            Example = new("ATANH(0)", "0"),
            Heritage = Heritage.PostgreSql,
        },
        new("DEGREES", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Radians as degrees.",
            Example = new("DEGREES(PI())", "180"),
            Heritage = Heritage.Both,
        },
        new("RADIANS", "value DOUBLE -> DOUBLE")
        {
            Meaning = "Degrees as radians.",
            Example = new("RADIANS(180)", "3.141592653589793"),
            Heritage = Heritage.Both,
        },
        new("PI", " -> DOUBLE")
        {
            Meaning = "The ratio of a circle to its diameter.",
            Example = new("PI()", "3.141592653589793"),
            Heritage = Heritage.Both,
            IsRewritten = true,
        },
        new("E", " -> DOUBLE")
        {
            Meaning = "The base of the natural logarithm.",
            Example = new("E()", "2.718281828459045"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("TRUNC", "value N [, digits INT] -> N")
        {
            Aliases = ["TRUNCATE"],
            Meaning = "Cut toward zero after so many digits; negative digits cut before the point.",
            Example = new("TRUNC(-1.789, 1)", "-1.700"),
            Heritage = Heritage.Both,
        },
        new("DIV", "dividend N, divisor N -> N")
        {
            Meaning = "The whole quotient, toward zero.",
            Example = new("DIV(-7.5, 2)", "-3.0"),
            Heritage = Heritage.PostgreSql,
        },
        new("GCD", "left INT, right INT -> INT", "left BIGINT, right BIGINT -> BIGINT")
        {
            Meaning = "Greatest common divisor.",
            Example = new("GCD(1071, 462)", "21"),
            Heritage = Heritage.PostgreSql,
        },
        new("LCM", "left INT, right INT -> INT", "left BIGINT, right BIGINT -> BIGINT")
        {
            Meaning = "Least common multiple.",
            Example = new("LCM(4, 6)", "12"),
            Heritage = Heritage.PostgreSql,
        },
        new("FACTORIAL", "value BIGINT -> DECIMAL")
        {
            Meaning = "Product of the whole numbers up to it, which is at most 33.",
            Example = new("FACTORIAL(20)", "2432902008176640000"),
            Heritage = Heritage.PostgreSql,
        },
        new("WIDTH_BUCKET", "value DOUBLE, low DOUBLE, high DOUBLE, count INT -> INT")
        {
            Meaning = "Which of so many equal ranges it falls into, from 1; 0 below them, one more than their number "
                + "above.",
            Example = new("WIDTH_BUCKET(5.35, 0.024, 10.06, 5)", "3"),
            Heritage = Heritage.PostgreSql,
        },
        new(
            "GEO_DISTANCE",
            "latitude1 DOUBLE, longitude1 DOUBLE, latitude2 DOUBLE, longitude2 DOUBLE [, unit VARCHAR] -> DOUBLE")
        {
            Meaning = "Distance of two places on the globe, in degrees, along a great circle: in kilometres ('KM'), or miles "
                + "('MI').",
            Example = new("ROUND(GEO_DISTANCE(50.09, 14.42, 47.56, 7.59), 1)", "573.4"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.OneOf(4, GlobeUnits)],
        },
        new("TO_HEX", "value INT -> VARCHAR", "value BIGINT -> VARCHAR")
        {
            Meaning = "In hex digits.",
            Example = new("TO_HEX(255)", "ff"),
            Heritage = Heritage.PostgreSql,
        },
        new("RANDOM", " -> DOUBLE")
        {
            Aliases = ["RAND"],
            Meaning = "A random number from 0 to less than 1.",
            Example = new("RANDOM() < 1", "true"),
            Heritage = Heritage.Both,
            IsDeterministic = false,
        },
    ];
}
