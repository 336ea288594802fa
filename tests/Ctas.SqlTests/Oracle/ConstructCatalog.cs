using Ctas.SqlTests.Oracle.Constructs;

namespace Ctas.SqlTests.Oracle;

/// <summary>Every construct that random queries are made of.</summary>
internal static class ConstructCatalog
{
    /// <summary>Constructs that Ctas does not have yet: a line goes when its construct lands.</summary>
    private static readonly HashSet<string> Pending = [];

    public static IReadOnlyList<Construct> Scalars { get; } = Available([.. Operators.All, .. Functions.All, .. NestedData.All]);

    public static IReadOnlyList<Construct> Aggregates { get; } = Available(Constructs.Aggregates.All);

    public static IReadOnlyList<Construct> Windows { get; } = Available(Constructs.Windows.All);

    /// <summary>Aggregates, window functions and scalars.</summary>
    public static IReadOnlyList<Construct> Expressions { get; } = [.. Aggregates, .. Windows, .. Scalars];

    /// <summary>The names of all of them, in the order of the report.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. QueryGenerator.Constructs.Where(IsAvailable),
        .. Expressions.Select(construct => construct.Name),
    ];

    public static bool IsAvailable(string name) => !Pending.Contains(name);

    private static Construct[] Available(IReadOnlyList<Construct> all) =>
        [.. all.Where(construct => IsAvailable(construct.Name))];
}
