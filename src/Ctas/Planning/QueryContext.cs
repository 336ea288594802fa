using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

/// <summary>What a single SELECT is planned against. Immutable.</summary>
/// <param name="Relations">
/// The tables and sources by name, null where there is none; a relation without schema has no rows, and its columns are NULL.
/// </param>
internal sealed record QueryContext(Func<string, RelationInfo?> Relations)
{
    /// <summary>All names, for suggestions. Default: none.</summary>
    public Func<IEnumerable<string>> Names { get; init; } = () => [];

    /// <summary>How the plan is made better. Default: without the help of other layers.</summary>
    public OptimiserOptions Optimiser { get; init; } = OptimiserOptions.Default;

    /// <summary>The clock and the functions of the host. Default: the system's clock.</summary>
    public StatementEnvironment Statements { get; init; } = StatementEnvironment.Default;

    /// <summary>What names in the SELECT mean.</summary>
    public RelationCatalog Catalog => new(Relations, Names) { Functions = Statements.Functions };

    /// <summary>The optimiser with what is known of the relations; what was looked at once is not looked at again.</summary>
    public OptimiserOptions InformedOptimiser()
    {
        Dictionary<string, Data.RelationStatistics?> known = new(StringComparer.OrdinalIgnoreCase);
        return Optimiser with
        {
            Statistics = name => known.TryGetValue(name, out Data.RelationStatistics? statistics)
                ? statistics
                : known[name] = Relations(name)?.Statistics,
        };
    }
}
