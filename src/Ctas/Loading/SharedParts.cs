using Ctas.Execution;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>The parts of queries that tables of one wave have in common, and run once. Safe for concurrent use.</summary>
/// <remarks>
/// Which tables may have parts in common is known from their plans ahead; which do is told when a table has been planned against
/// what it reads. A part is kept for the tables that have still to say whether they read it. Tables that are kept fresh, and those
/// that go on from a stored snapshot, take no part.
/// </remarks>
internal sealed class SharedParts
{
    private readonly Lock _lock = new();
    private readonly TableRegistry _registry;
    private readonly Dictionary<string, CommonParts> _common = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<CommonPart, MemoryLimit> _limits = [];
    private readonly HashSet<string> _undecided = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(CommonPart Common, SharedPart Part)> _parts = [];

    /// <summary>Finds what the tables may share.</summary>
    /// <param name="tables">The tables that are computed in full, once.</param>
    /// <param name="services">What a load works with.</param>
    public SharedParts(IEnumerable<TableToLoad> tables, LoadServices services)
    {
        _registry = services.Registry;
        foreach (IGrouping<int, TableToLoad> wave in tables.GroupBy(table => table.Wave))
        {
            Dictionary<string, TablePlan> plans = wave.ToDictionary(table => table.Plan.Name, table => table.Plan);
            CommonParts common = CommonParts.Of(plans.ToDictionary(table => table.Key, table => table.Value.Preview!.Plan));
            foreach (string table in plans.Keys.Where(table => common.Of(table).Any()))
            {
                _common.Add(table, common);
                _undecided.Add(table);
                foreach (CommonPart part in common.Of(table))
                {
                    _limits[part] = LimitOf(LoadProperties.LargestMemoryBudget(part.Tables.Select(name => plans[name]), services.Options));
                }
            }
        }
    }

    /// <summary>What a table may read of them; null when it has nothing in common with others.</summary>
    public TableParts? Of(string table) => _common.ContainsKey(table) ? new TableParts(this, table) : null;

    /// <summary>Says that a table needs none any more; called of every table once at least.</summary>
    /// <returns>Done when nothing runs any more that only this table waited for.</returns>
    public Task LeaveAsync(string table)
    {
        lock (_lock)
        {
            _undecided.Remove(table);
            return Task.WhenAll(_parts.Select(part => part.Part.LeaveAsync(table)));
        }
    }

    /// <summary>The plan of a table with scans of parts in their places; what it might have read and does not is left.</summary>
    /// <param name="table">The table.</param>
    /// <param name="plan">Its plan, whose own equal parts stand apart.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="options">How it runs.</param>
    public (LogicalPlan Plan, IReadOnlyList<SharedPart> Parts) Share(
        string table, LogicalPlan plan, LoadInputs inputs, ExecutionOptions options)
    {
        List<SharedPart> read = [];
        lock (_lock)
        {
            _undecided.Remove(table);
            LogicalPlan shared = Replaced(plan);
            foreach ((_, SharedPart part) in _parts.Where(part => !read.Contains(part.Part))) { _ = part.LeaveAsync(table); }

            return (shared, read);
        }

        LogicalPlan Replaced(LogicalPlan node)
        {
            if (_common[table].Find(table, node) is not { } common || PartOf(common, node, table, inputs, options) is not { } part)
            {
                return PlanTree.MapChildren(node, Replaced);
            }

            if (!read.Contains(part)) { read.Add(part); }

            return AsScan(part.Number, node);
        }
    }

    /// <summary>One that is there, else one that other tables may still read; null when nobody else will.</summary>
    private SharedPart? PartOf(CommonPart common, LogicalPlan plan, string table, LoadInputs inputs, ExecutionOptions options)
    {
        SharedPart? part = _parts.Find(
            known => known.Common == common && known.Part.IsSame(plan, inputs, options.OnRowError)).Part;
        string[] others = [.. common.Tables.Where(_undecided.Contains)];
        if (part is null && others.Length > 0)
        {
            ExecutionOptions own = options with { Memory = _limits[common], Held = _registry.Reserve() };
            part = new SharedPart(_parts.Count + 1, plan, inputs.For(plan), own, [table, .. others]);
            _parts.Add((common, part));
        }

        return part;
    }

    private static LogicalScan AsScan(int number, LogicalPlan plan) => new(
        $"part {number}",
        IsSource: false,
        new Data.OrdinalList([.. Enumerable.Range(0, plan.Schema.Fields.Count)]),
        new Data.Schema(plan.Schema.Fields, plan.Schema.Key.AsSpan()),
        plan.Kind)
    {
        Part = number,
    };

    private static MemoryLimit LimitOf(long? bytes) => bytes is { } most
        ? new MemoryLimit(most, "the most that a table which shares it may hold")
        : MemoryLimit.None;
}
