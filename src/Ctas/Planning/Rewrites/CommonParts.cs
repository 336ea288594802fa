namespace Ctas.Planning.Rewrites;

/// <summary>Parts that the queries of several tables have in common, as far as that is known ahead. Immutable.</summary>
/// <remarks>
/// A plan may change once the sizes of its tables are known, the order of its joins above all. So a part is known again by
/// what it gives and reads, which stays; whether two parts do the same is for <see cref="PlanComparison"/> to tell.
/// </remarks>
internal sealed class CommonParts
{
    private readonly Dictionary<string, Dictionary<string, CommonPart>> _parts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the outermost parts that two tables or more have in common.</summary>
    /// <param name="plans">The plans of tables, optimised, by name of the table.</param>
    public static CommonParts Of(IReadOnlyDictionary<string, LogicalPlan> plans)
    {
        // Names of tables that have a part; one that stands only inside another common part belongs to that.
        Dictionary<string, LogicalPlan> whole = plans.ToDictionary(plan => plan.Key, plan => SharedPlans.Inlined(plan.Value));
        var classOf = new Dictionary<LogicalPlan, int>(ReferenceEqualityComparer.Instance);
        IReadOnlyList<LogicalPlan>[] classes = [.. EqualParts.Of(whole.Values).Where(parts => IsWorthKeeping(parts[0]))];
        for (int number = 0; number < classes.Length; number++)
        {
            foreach (LogicalPlan part in classes[number]) { classOf[part] = number; }
        }

        ILookup<int, (string Table, LogicalPlan Part)> outermost = whole
            .SelectMany(plan => Outermost(plan.Value, classOf).Select(part => (Table: plan.Key, Part: part)))
            .ToLookup(found => classOf[found.Part]);
        var common = new CommonParts();
        foreach (IGrouping<int, (string Table, LogicalPlan Part)> parts in outermost)
        {
            string[] tables = [.. parts.Select(found => found.Table).Distinct().Order(StringComparer.OrdinalIgnoreCase)];
            if (tables.Length > 1) { common.Add(new CommonPart(tables), parts); }
        }

        return common;
    }

    /// <summary>All of them that a table has.</summary>
    public IEnumerable<CommonPart> Of(string table) => _parts.GetValueOrDefault(table)?.Values.Distinct() ?? [];

    /// <summary>What a part of a table's plan is; null where no other table has it.</summary>
    public CommonPart? Find(string table, LogicalPlan part) =>
        EqualParts.AreWorthSharing(part) && _parts.TryGetValue(table, out Dictionary<string, CommonPart>? parts)
            ? parts.GetValueOrDefault(SignOf(part))
            : null;

    /// <summary>A table's plan with the names of the tables that have the same on each part that is common.</summary>
    public LogicalPlan Marked(string table, LogicalPlan plan) => Find(table, plan) is { } common
        ? plan with { SharedWith = [.. common.Tables.Where(other => !string.Equals(other, table, StringComparison.OrdinalIgnoreCase))] }
        : PlanTree.MapChildren(plan, input => Marked(table, input));

    // The rows of a join go on as they are made, on several threads: to keep them all costs more than to join again.
    private static bool IsWorthKeeping(LogicalPlan part) => part is not LogicalJoin;

    private void Add(CommonPart common, IEnumerable<(string Table, LogicalPlan Part)> parts)
    {
        foreach ((string table, LogicalPlan part) in parts)
        {
            if (!_parts.TryGetValue(table, out Dictionary<string, CommonPart>? signs)) { _parts[table] = signs = []; }

            signs[SignOf(part)] = common;
        }
    }

    private static IEnumerable<LogicalPlan> Outermost(LogicalPlan plan, Dictionary<LogicalPlan, int> classOf) =>
        classOf.ContainsKey(plan) ? [plan] : plan.Children.SelectMany(input => Outermost(input, classOf));

    private static string SignOf(LogicalPlan part) => string.Join(
        '\n',
        part.GetType().Name,
        string.Join(',', part.Schema.Fields.Select(field => field.Name).Order(StringComparer.Ordinal)),
        string.Join(',', PlanTree.All(part).OfType<LogicalScan>().Select(scan => scan.Relation).Order(StringComparer.Ordinal)));
}

/// <summary>A part that several tables have in common. Compared by reference.</summary>
/// <param name="tables">Their names, sorted.</param>
internal sealed class CommonPart(IReadOnlyList<string> tables)
{
    /// <summary>The tables that have it, sorted.</summary>
    public IReadOnlyList<string> Tables { get; } = tables;
}
