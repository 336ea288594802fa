namespace Ctas.Planning;

/// <summary>Whether a plan that runs once gives every key of its schema once.</summary>
internal static class UniqueKeys
{
    /// <summary>True when it does; false also where that is not known, as for a changelog, which repeats keys.</summary>
    public static bool AreGivenBy(LogicalPlan plan) => plan switch
    {
        LogicalAggregate => true,
        LogicalScan scan => !scan.IsSource,
        LogicalFilter filter => AreGivenBy(filter.Input),
        LogicalDistinct distinct => AreGivenBy(distinct.Input),
        LogicalProject project => AreGivenBy(project.Input),
        LogicalSort sort => AreGivenBy(sort.Input),
        LogicalLimit limit => AreGivenBy(limit.Input),
        _ => false,
    };
}
