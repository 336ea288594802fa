namespace Ctas.Planning.Rewrites;

/// <summary>Finds parts of plans that do the same and are worth running once.</summary>
internal static class EqualParts
{
    /// <summary>True when a part does more than read, filter and compute: keeping rows costs more than that.</summary>
    public static bool AreWorthSharing(LogicalPlan part) => part is LogicalAggregate or LogicalJoin or LogicalDistinct
        or LogicalSetOperation or LogicalSort or LogicalLimit or LogicalWindow;

    /// <summary>The parts that have an equal, those that are equal together: two or more.</summary>
    public static IReadOnlyList<IReadOnlyList<LogicalPlan>> Of(IEnumerable<LogicalPlan> plans)
    {
        // Only parts of one shape are compared in full.
        var shapes = new Dictionary<LogicalPlan, int>(ReferenceEqualityComparer.Instance);
        IEnumerable<IGrouping<int, LogicalPlan>> alike =
            plans.SelectMany(PlanTree.All).Where(AreWorthSharing).GroupBy(part => ShapeOf(part, shapes));
        return [.. alike.Where(parts => parts.Skip(1).Any()).SelectMany(Classes).Where(parts => parts.Count > 1)];
    }

    private static List<List<LogicalPlan>> Classes(IEnumerable<LogicalPlan> alike)
    {
        List<List<LogicalPlan>> classes = [];
        foreach (LogicalPlan part in alike)
        {
            if (classes.Find(equal => PlanComparison.AreSame(equal[0], part)) is { } same) { same.Add(part); }
            else { classes.Add([part]); }
        }

        return classes;
    }

    private static int ShapeOf(LogicalPlan plan, Dictionary<LogicalPlan, int> known)
    {
        if (known.TryGetValue(plan, out int shape)) { return shape; }

        var hash = new HashCode();
        hash.Add(plan.GetType());
        hash.Add(plan.Schema.Fields.Count);
        if (plan is LogicalScan scan) { hash.Add(scan.Relation); }

        foreach (LogicalPlan child in plan.Children) { hash.Add(ShapeOf(child, known)); }

        return known[plan] = hash.ToHashCode();
    }
}
