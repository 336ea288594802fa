using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>A function that only stands before OVER. Immutable.</summary>
/// <param name="Name">The canonical name, under which it is executed.</param>
/// <param name="MinArguments">Fewest arguments.</param>
/// <param name="MaxArguments">Most arguments.</param>
internal sealed record WindowFunction(string Name, int MinArguments, int MaxArguments)
{
    /// <summary>The type of the result; null for that of the first argument.</summary>
    public DataType? Result { get; init; }

    /// <summary>True when its result comes from the rows of the frame; the others look at the whole partition.</summary>
    public bool UsesFrame { get; init; }

    /// <summary>True for functions that give a value of another row, and so can leave NULLs out.</summary>
    public bool TakesNullTreatment => Result is null;
}

/// <summary>The functions that only stand before OVER. Every aggregate function may stand there too.</summary>
internal static class WindowFunctionCatalog
{
    private static readonly WindowFunction[] Functions =
    [
        new("ROW_NUMBER", 0, 0) { Result = DataType.BigInt },
        new("RANK", 0, 0) { Result = DataType.BigInt },
        new("DENSE_RANK", 0, 0) { Result = DataType.BigInt },
        new("PERCENT_RANK", 0, 0) { Result = DataType.Double },
        new("CUME_DIST", 0, 0) { Result = DataType.Double },
        new("NTILE", 1, 1) { Result = DataType.BigInt },
        new("LAG", 1, 3),
        new("LEAD", 1, 3),
        new("FIRST_VALUE", 1, 1) { UsesFrame = true },
        new("LAST_VALUE", 1, 1) { UsesFrame = true },
        new("NTH_VALUE", 2, 2) { UsesFrame = true },
    ];

    private static readonly Dictionary<string, WindowFunction> ByName =
        Functions.ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>All functions.</summary>
    public static IReadOnlyList<WindowFunction> All => Functions;

    /// <summary>The function called so, ignoring case; null when there is none.</summary>
    public static WindowFunction? Find(string name) => ByName.GetValueOrDefault(name);
}
