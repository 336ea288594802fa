namespace Ctas.Binding.Functions;

/// <summary>What a parameter accepts.</summary>
internal enum ParameterKind
{
    /// <summary>VARCHAR.</summary>
    Text,

    /// <summary>VARCHAR; other scalar types are written as text.</summary>
    AnyText,

    /// <summary>INT.</summary>
    Int,

    /// <summary>INT, BIGINT, DECIMAL or DOUBLE, as it comes.</summary>
    Number,

    /// <summary>DOUBLE; other numbers are widened.</summary>
    Double,

    /// <summary>Any type, the same for all arguments of this kind.</summary>
    Common,

    /// <summary>DATE or TIMESTAMP, given to the function as TIMESTAMP.</summary>
    Moment,
}

/// <summary>What a function returns.</summary>
internal enum ResultKind
{
    Varchar,
    Int,
    BigInt,
    Double,
    Boolean,

    /// <summary>The type of the first argument.</summary>
    First,

    /// <summary>The type of the first argument; a DECIMAL has one digit more, because 9.5 rounds to 10.0.</summary>
    Rounded,

    /// <summary>The type that all Common arguments have.</summary>
    Common,
}

/// <summary>A scalar function.</summary>
/// <param name="Name">The canonical name, under which it is executed.</param>
/// <param name="Parameters">Kinds in order; the last one repeats up to <paramref name="MaxArguments"/>.</param>
/// <param name="MinArguments">Fewest arguments.</param>
/// <param name="MaxArguments">Most arguments.</param>
/// <param name="Result">What it returns.</param>
internal sealed record ScalarFunction(
    string Name, IReadOnlyList<ParameterKind> Parameters, int MinArguments, int MaxArguments, ResultKind Result)
{
    /// <summary>The kind of the argument at <paramref name="ordinal"/>.</summary>
    public ParameterKind ParameterAt(int ordinal) => Parameters[Math.Min(ordinal, Parameters.Count - 1)];
}

/// <summary>
/// The functions of the dialect: what each takes and returns. The kernels in Execution go by the canonical names.
/// </summary>
/// <remarks>
/// All return NULL when an argument is NULL, except: CONCAT takes NULL for an empty text, COALESCE returns the first
/// argument that is not NULL, GREATEST and LEAST leave NULLs out, NULLIF compares. SUBSTRING counts from 1; LENGTH
/// counts characters; ROUND, FLOOR and CEIL keep type and scale, ROUND goes half away from zero (negative digits round
/// before the point); TRIM, LTRIM and RTRIM take the characters to cut as an optional second argument; EXTRACT takes
/// the field's upper-case name as a constant first; MOD is the operator %; IFNULL is COALESCE of two.
/// </remarks>
internal static class FunctionCatalog
{
    private const int Many = 64;

    private static readonly ScalarFunction[] Functions =
    [
        new("UPPER", [ParameterKind.Text], 1, 1, ResultKind.Varchar),
        new("LOWER", [ParameterKind.Text], 1, 1, ResultKind.Varchar),
        new("LENGTH", [ParameterKind.Text], 1, 1, ResultKind.Int),
        new("CONCAT", [ParameterKind.AnyText], 1, Many, ResultKind.Varchar),
        new("SUBSTRING", [ParameterKind.Text, ParameterKind.Int], 2, 3, ResultKind.Varchar),
        new("TRIM", [ParameterKind.Text], 1, 2, ResultKind.Varchar),
        new("LTRIM", [ParameterKind.Text], 1, 2, ResultKind.Varchar),
        new("RTRIM", [ParameterKind.Text], 1, 2, ResultKind.Varchar),
        new("REPLACE", [ParameterKind.Text], 3, 3, ResultKind.Varchar),
        new("STARTS_WITH", [ParameterKind.Text], 2, 2, ResultKind.Boolean),
        new("ABS", [ParameterKind.Number], 1, 1, ResultKind.First),
        new("ROUND", [ParameterKind.Number, ParameterKind.Int], 1, 2, ResultKind.Rounded),
        new("FLOOR", [ParameterKind.Number], 1, 1, ResultKind.Rounded),
        new("CEIL", [ParameterKind.Number], 1, 1, ResultKind.Rounded),
        new("SIGN", [ParameterKind.Number], 1, 1, ResultKind.Int),
        new("SQRT", [ParameterKind.Double], 1, 1, ResultKind.Double),
        new("POWER", [ParameterKind.Double], 2, 2, ResultKind.Double),
        new("COALESCE", [ParameterKind.Common], 1, Many, ResultKind.Common),
        new("NULLIF", [ParameterKind.Common], 2, 2, ResultKind.Common),
        new("GREATEST", [ParameterKind.Common], 1, Many, ResultKind.Common),
        new("LEAST", [ParameterKind.Common], 1, Many, ResultKind.Common),
        new("EXTRACT", [ParameterKind.Text, ParameterKind.Moment], 2, 2, ResultKind.BigInt),
    ];

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UCASE"] = "UPPER",
        ["LCASE"] = "LOWER",
        ["LEN"] = "LENGTH",
        ["CHAR_LENGTH"] = "LENGTH",
        ["SUBSTR"] = "SUBSTRING",
        ["CEILING"] = "CEIL",
        ["POW"] = "POWER",
        ["IFNULL"] = "COALESCE",
    };

    private static readonly Dictionary<string, ScalarFunction> ByName =
        Functions.ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The canonical names of the scalar functions that execution must know.</summary>
    public static IEnumerable<string> CanonicalNames => Functions.Select(function => function.Name);

    /// <summary>Every name that can be called, for suggestions.</summary>
    public static IEnumerable<string> AllNames =>
        CanonicalNames.Concat(Aliases.Keys).Concat(AggregateCatalog.AllNames).Append("MOD");

    /// <summary>The fields of EXTRACT.</summary>
    public static IReadOnlyList<string> ExtractFields { get; } = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];

    /// <summary>The scalar function called so, ignoring case; null when there is none.</summary>
    public static ScalarFunction? Find(string name)
    {
        if (string.Equals(name, "IFNULL", StringComparison.OrdinalIgnoreCase))
        {
            return ByName["COALESCE"] with { MinArguments = 2, MaxArguments = 2 };
        }

        return ByName.GetValueOrDefault(Aliases.GetValueOrDefault(name, name));
    }
}
