using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>Finds equal parts of a plan, as a common table read twice leaves them, and lets them run once.</summary>
internal sealed class SharedPlans
{
    private readonly List<LogicalShared> _shared = [];
    private readonly List<LogicalPlan> _found;

    private SharedPlans(LogicalPlan plan) => _found = [.. EqualParts.Of([plan]).Select(equal => equal[0])];

    /// <summary>The plan with its equal parts shared.</summary>
    public static LogicalPlan Apply(LogicalPlan plan)
    {
        var sharing = new SharedPlans(plan);
        if (sharing._found.Count == 0) { return plan; }

        LogicalPlan body = sharing.Replaced(plan);
        return WithoutSingleReaders(new LogicalSharing(sharing._shared, body));
    }

    /// <summary>The plan with each shared part where it is read.</summary>
    public static LogicalPlan Inlined(LogicalPlan plan)
    {
        if (plan is not LogicalSharing sharing) { return PlanTree.MapChildren(plan, Inlined); }

        Dictionary<int, LogicalPlan> shared = sharing.Shared.ToDictionary(part => part.Number, part => part.Input);
        return Inlined(sharing.Body, shared);
    }

    private static LogicalPlan Inlined(LogicalPlan plan, IReadOnlyDictionary<int, LogicalPlan> inline) =>
        plan is LogicalSharedRead read && inline.TryGetValue(read.Number, out LogicalPlan? input)
            ? Inlined(input, inline)
            : PlanTree.MapChildren(plan, child => Inlined(child, inline));

    /// <summary>A part that only stands inside another shared one has one reader left: it runs where it is read.</summary>
    private static LogicalSharing WithoutSingleReaders(LogicalSharing sharing)
    {
        Dictionary<int, int> readers = PlanTree.All(sharing).OfType<LogicalSharedRead>()
            .CountBy(read => read.Number).ToDictionary(count => count.Key, count => count.Value);
        Dictionary<int, LogicalPlan> inline = sharing.Shared.Where(shared => readers[shared.Number] == 1)
            .ToDictionary(shared => shared.Number, shared => shared.Input);

        LogicalShared[] rest = [.. sharing.Shared.Where(shared => !inline.ContainsKey(shared.Number))];
        Dictionary<int, int> numbers = rest.Select((shared, i) => (shared.Number, New: i + 1)).ToDictionary(n => n.Number, n => n.New);
        LogicalPlan Renumbered(LogicalPlan plan) => plan is LogicalSharedRead read
            ? read with { Number = numbers[read.Number] }
            : PlanTree.MapChildren(plan, Renumbered);
        return new LogicalSharing(
            [.. rest.Select(shared => new LogicalShared(numbers[shared.Number], Renumbered(Inlined(shared.Input, inline))))],
            Renumbered(Inlined(sharing.Body, inline)));
    }

    /// <summary>The outermost equal parts are read where they stood; what they share among themselves comes first.</summary>
    private LogicalPlan Replaced(LogicalPlan plan)
    {
        if (!EqualParts.AreWorthSharing(plan) || _found.Find(known => PlanComparison.AreSame(known, plan)) is not { } found)
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
