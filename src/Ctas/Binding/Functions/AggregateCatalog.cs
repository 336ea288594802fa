using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>
/// The aggregate functions of the dialect. The accumulators in Execution go by the canonical names.
/// </summary>
/// <remarks>All leave NULLs out and give NULL of no values, except where they say otherwise.</remarks>
internal static class AggregateCatalog
{
    private static readonly AggregateParameter Any = new(AggregateParameterKind.Any);
    private static readonly AggregateParameter Ordered = new(AggregateParameterKind.Ordered);
    private static readonly AggregateParameter Number = new(AggregateParameterKind.Number);

    private static readonly AggregateDefinition[] Functions =
    [
        new("COUNT", [Any], 1, _ => DataType.BigInt) { TakesStar = true, OfNoRows = 0L },
        new("SUM", [Number], 1, types => SumType(types[0])),
        new("AVG", [Number], 1, _ => DataType.Double),
        new("MIN", [Ordered], 1, types => types[0]) { IgnoresDistinct = true },
        new("MAX", [Ordered], 1, types => types[0]) { IgnoresDistinct = true },
    ];

    private static readonly Dictionary<string, AggregateDefinition> ByName = Functions
        .SelectMany(function => function.Aliases.Prepend(function.Name).Select(name => (name, function)))
        .ToDictionary(entry => entry.name, entry => entry.function, StringComparer.OrdinalIgnoreCase);

    /// <summary>All functions, by canonical name.</summary>
    public static IReadOnlyList<AggregateDefinition> All => Functions;

    /// <summary>Every name that can be called, for suggestions.</summary>
    public static IEnumerable<string> AllNames => ByName.Keys;

    /// <summary>The function called so, ignoring case; null when there is none.</summary>
    public static AggregateDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    private static DataType SumType(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => DataType.BigInt,
        DataTypeKind.Decimal => DataType.Decimal(DataType.MaxDecimalPrecision, type.Scale),
        _ => type,
    };
}
