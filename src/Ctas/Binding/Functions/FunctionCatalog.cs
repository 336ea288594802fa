namespace Ctas.Binding.Functions;

/// <summary>
/// The functions of the dialect. Each is declared once, in the file of its family; the kernels in Execution go by the
/// canonical names, and <c>docs/functions.md</c> is written from here.
/// </summary>
internal static class FunctionCatalog
{
    /// <summary>The functions by family, in the order of the reference.</summary>
    public static IReadOnlyList<FunctionFamily> Families { get; } =
    [
        new("Text", TextFunctions.All),
        new("Masks", MaskFunctions.All),
        new("Regular expressions", RegexFunctions.All),
        new("Mathematics", MathFunctions.All),
        new("Date and time", TemporalFunctions.All),
        new("Choice and NULL", NullFunctions.All),
        new("Arrays and maps", NestedFunctions.All),
        new("JSON", JsonFunctions.All),
        new("Numbers of bytes", BytesFunctions.All),
        new("Digests", DigestFunctions.All),
        new("URLs", UrlFunctions.All),
        new("Aggregates", [.. AggregateFunctions.All, .. StatisticalAggregates.All, .. ListAggregates.All]),
        new("Window functions", WindowFunctions.All),
    ];

    private static readonly Dictionary<string, FunctionEntry> ByName = Families
        .SelectMany(family => family.Functions)
        .SelectMany(function => function.Aliases.Prepend(function.Name), (function, name) => (name, function))
        .ToDictionary(named => named.name, named => named.function, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every function.</summary>
    public static IEnumerable<FunctionEntry> All => Families.SelectMany(family => family.Functions);

    /// <summary>The names of the scalar functions that execution must know.</summary>
    public static IEnumerable<string> KernelNames => All
        .Where(function => function is { Kind: FunctionKind.Scalar, IsRewritten: false })
        .Select(function => function.Kernel)
        .Distinct();

    /// <summary>Every name that can be called, for suggestions.</summary>
    public static IEnumerable<string> AllNames => ByName.Keys;

    /// <summary>The function called so, ignoring case; null when there is none.</summary>
    public static FunctionEntry? Find(string name) => ByName.GetValueOrDefault(name);
}
