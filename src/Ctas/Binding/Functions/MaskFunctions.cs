namespace Ctas.Binding.Functions;

/// <summary>Functions that hide what a text says and keep its shape.</summary>
internal static class MaskFunctions
{
    private const string Masks =
        " [, upper VARCHAR] [, lower VARCHAR] [, digit VARCHAR] [, other VARCHAR] -> VARCHAR";

    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("MASK", "text VARCHAR [, upper VARCHAR] [, lower VARCHAR] [, digit VARCHAR] [, other VARCHAR] -> VARCHAR")
        {
            Meaning = "With X for upper case, x for lower case, n for digits and - for the rest, or other masks.",
            Example = new("MASK('Ab-12 é')", "Xx-nn-x"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A mask that is NULL leaves its characters as they are.",
        },
        new(
            "MASK_LEFT", "text VARCHAR, count INT" + Masks)
        {
            Meaning = "With the first characters masked.",
            Example = new("MASK_LEFT('Ab-12', 2)", "Xx-12"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A mask that is NULL leaves its characters as they are.",
        },
        new(
            "MASK_RIGHT", "text VARCHAR, count INT" + Masks)
        {
            Meaning = "With the last characters masked.",
            Example = new("MASK_RIGHT('Ab-12', 2)", "Ab-nn"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A mask that is NULL leaves its characters as they are.",
        },
        new(
            "MASK_KEEP_LEFT", "text VARCHAR, count INT" + Masks)
        {
            Meaning = "With all but the first characters masked.",
            Example = new("MASK_KEEP_LEFT('Ab-12', 2)", "Ab-nn"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A mask that is NULL leaves its characters as they are.",
        },
        new(
            "MASK_KEEP_RIGHT", "text VARCHAR, count INT" + Masks)
        {
            Meaning = "With all but the last characters masked.",
            Example = new("MASK_KEEP_RIGHT('4111-1111', 4)", "nnnn-1111"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A mask that is NULL leaves its characters as they are.",
        },
    ];
}
