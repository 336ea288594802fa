using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>Finds equal parts of a plan, as a common table read twice leaves them, and lets them run once.</summary>
/// <remarks>Only parts that do more than read, filter and compute: keeping rows costs more than that.</remarks>
internal sealed class SharedPlans
{
    private readonly List<LogicalShared> _shared = [];
    private readonly List<LogicalPlan> _found = [];

    private SharedPlans()
    {
    }

    /// <summary>The plan with its equal parts shared.</summary>
    public static LogicalPlan Apply(LogicalPlan plan)
    {
        var sharing = new SharedPlans();
        sharing.Find(plan);
        if (sharing._found.Count == 0) { return plan; }

        LogicalPlan body = sharing.Replaced(plan);
        return WithoutSingleReaders(new LogicalSharing(sharing._shared, body));
    }

    private void Find(LogicalPlan plan)
    {
        // Only parts of one shape are compared in full.
        var shapes = new Dictionary<LogicalPlan, int>(ReferenceEqualityComparer.Instance);
        IEnumerable<IGrouping<int, LogicalPlan>> alike =
            PlanTree.All(plan).Where(IsWorthIt).GroupBy(part => ShapeOf(part, shapes));
        foreach (IGrouping<int, LogicalPlan> group in alike)
        {
            List<LogicalPlan> once = [];
            foreach (LogicalPlan part in group)
            {
                if (once.Find(other => PlanComparison.AreSame(other, part)) is not { } same) { once.Add(part); }
                else if (!_found.Contains(same)) { _found.Add(same); }
            }
        }
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

    /// <summary>A part that only stands inside another shared one has one reader left: it runs where it is read.</summary>
    private static LogicalSharing WithoutSingleReaders(LogicalSharing sharing)
    {
        Dictionary<int, int> readers = PlanTree.All(sharing).OfType<LogicalSharedRead>()
            .CountBy(read => read.Number).ToDictionary(count => count.Key, count => count.Value);
        Dictionary<int, LogicalPlan> inline = sharing.Shared.Where(shared => readers[shared.Number] == 1)
            .ToDictionary(shared => shared.Number, shared => shared.Input);
        LogicalPlan Inlined(LogicalPlan plan) => plan is LogicalSharedRead read && inline.TryGetValue(read.Number, out LogicalPlan? input)
            ? Inlined(input)
            : PlanTree.MapChildren(plan, Inlined);

        LogicalShared[] rest = [.. sharing.Shared.Where(shared => !inline.ContainsKey(shared.Number))];
        Dictionary<int, int> numbers = rest.Select((shared, i) => (shared.Number, New: i + 1)).ToDictionary(n => n.Number, n => n.New);
        LogicalPlan Renumbered(LogicalPlan plan) => plan is LogicalSharedRead read
            ? read with { Number = numbers[read.Number] }
            : PlanTree.MapChildren(plan, Renumbered);
        return new LogicalSharing(
            [.. rest.Select(shared => new LogicalShared(numbers[shared.Number], Renumbered(Inlined(shared.Input))))],
            Renumbered(Inlined(sharing.Body)));
    }

    private static bool IsWorthIt(LogicalPlan plan) =>
        plan is LogicalAggregate or LogicalJoin or LogicalDistinct or LogicalSetOperation or LogicalSort or LogicalLimit;

    /// <summary>The outermost equal parts are read where they stood; what they share among themselves comes first.</summary>
    private LogicalPlan Replaced(LogicalPlan plan)
    {
        if (!IsWorthIt(plan) || _found.Find(known => PlanComparison.AreSame(known, plan)) is not { } found)
        {
            return PlanTree.MapChildren(plan, Replaced);
        }

        LogicalShared? shared = _shared.Find(known => ReferenceEquals(_found[known.Number - 1], found));
        if (shared is null)
        {
            LogicalPlan input = PlanTree.MapChildren(found, Replaced);
            shared = new LogicalShared(_found.IndexOf(found) + 1, input);
            _shared.Add(shared);
        }

        return new LogicalSharedRead(shared.Number, new Schema(plan.Schema.Fields, plan.Schema.Key.AsSpan()), plan.Kind);
    }
}
