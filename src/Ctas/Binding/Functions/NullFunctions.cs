namespace Ctas.Binding.Functions;

/// <summary>Functions that choose between values.</summary>
internal static class NullFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("COALESCE", "values T... -> T")
        {
            Meaning = "The first value that is not NULL; later ones are not computed.",
            Example = new("COALESCE(NULL, 2, 3)", "2"),
            Heritage = Heritage.Both,
            Nulls = "NULL only when all are.",
        },
        new("IFNULL", "value T, otherwise T -> T")
        {
            Kernel = "COALESCE",
            Aliases = ["NVL"],
            Meaning = "The value, or the other one when it is NULL.",
            Example = new("IFNULL(NULL, 'none')", "none"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL only when both are.",
        },
        new("NULLIF", "value T, unwanted T -> T")
        {
            Meaning = "The value, or NULL when it equals the other one.",
            Example = new("NULLIF(3, 3)", "NULL"),
            Heritage = Heritage.Both,
            Nulls = "A NULL to compare with leaves the value as it is.",
        },
        new("GREATEST", "values T... -> T")
        {
            Meaning = "The greatest value.",
            Example = new("GREATEST(1, NULL, 3)", "3"),
            Heritage = Heritage.Both,
            Nulls = "NULLs are left out.",
        },
        new("LEAST", "values T... -> T")
        {
            Meaning = "The least value.",
            Example = new("LEAST(4, 2, NULL)", "2"),
            Heritage = Heritage.Both,
            Nulls = "NULLs are left out.",
        },
        new("IIF", "condition BOOLEAN, then T, otherwise T -> T")
        {
            Meaning = "One value when the condition is TRUE, else the other one: CASE in short.",
            Example = new("IIF(2 > 1, 'yes', 'no')", "yes"),
            Heritage = Heritage.Own,
            Nulls = "A NULL condition takes the second value.",
        },
        new("ELT", "number INT, values T... -> T")
        {
            Meaning = "The value at a place, from 1; NULL when there is none.",
            Example = new("ELT(2, 'a', 'b')", "b"),
            Heritage = Heritage.KsqlDb,
            Nulls = "Other values may be NULL.",
        },
        new("FIELD", "value T, values T... -> INT")
        {
            Meaning = "Where a value stands among others, from 1; 0 when it does not.",
            Example = new("FIELD('b', 'a', 'b')", "2"),
            Heritage = Heritage.KsqlDb,
            Nulls = "0 for NULL.",
        },
        new("AS_VALUE", "value T -> T")
        {
            Meaning = "The value itself. In ksqlDB it makes a column of a key; here a key is a column.",
            Example = new("AS_VALUE(7)", "7"),
            Heritage = Heritage.KsqlDb,
            IsRewritten = true,
        },
    ];
}
