using System.Text;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>Maintains many random queries over random histories, and counts what they were made of.</summary>
/// <param name="seed">Chooses queries and histories.</param>
/// <param name="maxFailures">Ends the run after so many differences.</param>
internal sealed class MaintenanceRun(int seed, int maxFailures)
{
    private const int FocusPerCase = 12;
    private const int EventTimeOnceIn = 4;
    private readonly Dictionary<string, int[]> _constructs = ConstructCatalog.Names.ToDictionary(name => name, _ => new int[4]);
    private readonly SortedDictionary<string, int> _operators = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly int[] _outcomes = new int[4];
    private readonly SortedDictionary<string, int[]> _eventTime = new(StringComparer.Ordinal);
    private int _changes;
    private int _failedTicks;
    private long _lateRows;

    /// <summary>Descriptions of the first differences.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Kinds of nodes in queries that agreed.</summary>
    public IReadOnlyCollection<string> Operators => _operators.Keys;

    /// <summary>The constructs that no query which agreed used.</summary>
    public IReadOnlyList<string> NeverMaintained =>
        [.. _constructs.Where(count => count.Value[(int)MaintenanceOutcome.Agreed] == 0).Select(count => count.Key)];

    /// <summary>What goes by event time and agreed, with the number of queries.</summary>
    public IReadOnlyDictionary<string, int> AgreedByEventTime =>
        _eventTime.ToDictionary(count => count.Key, count => count.Value[(int)MaintenanceOutcome.Agreed]);

    /// <summary>How often a query that agreed was put in the place of itself by what it had saved.</summary>
    public int Restarts { get; private set; }

    public int CountOf(MaintenanceOutcome outcome) => _outcomes[(int)outcome];

    public void Run(int cases)
    {
        for (int number = 0; number < cases && Failures.Count < maxFailures; number++)
        {
            RunCase(number);
            if (number % EventTimeOnceIn == 0) { RunByEventTime(number); }
        }
    }

    public string Report()
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"seed {seed}: {_outcomes.Sum()} queries through {MaintenanceCase.Ticks} ticks each: {_outcomes[0]} agreed, "
            + $"{_outcomes[1]} refused, {_outcomes[2]} failed, {_outcomes[3]} different; {_changes} changes of results, {Restarts} restarts, "
            + $"{_failedTicks} ticks rolled back");
        foreach ((string name, int count) in _operators) { text.AppendLine($"{name,-36}{count,9}"); }

        foreach ((string reason, int count) in _reasons) { text.AppendLine($"{count,5} {reason}"); }

        text.AppendLine($"{"construct",-36}{"agreed",9}{"refused",9}{"failed",9}{"different",11}");
        foreach ((string name, int[] count) in _constructs)
        {
            text.AppendLine($"{name,-36}{count[0],9}{count[1],9}{count[2],9}{count[3],11}");
        }

        text.AppendLine($"{"by event time",-36}{"agreed",9}{"refused",9}{"failed",9}{"different",11}   {_lateRows} late rows");
        foreach ((string name, int[] count) in _eventTime)
        {
            text.AppendLine($"{name,-36}{count[0],9}{count[1],9}{count[2],9}{count[3],11}");
        }

        return $"{text}\n{string.Join('\n', Failures)}";
    }

    private void RunCase(int number)
    {
        int caseSeed = (seed * 1_000_003) + number;
        var random = new Random(caseSeed);
        OracleTable[] tables = [.. new[] { "t", "u", "v" }.Select(name => OracleTable.Random(name, random))];
        OracleQuery query = new QueryGenerator(new Choices(random, Focus(number)), tables).Next();
        string sql = query.Sql.For(Engine.Ctas);
        var maintained = new MaintenanceCase(tables, sql, caseSeed, isOptimised: random.Next(3) > 0, looksUp: random.Next(2) > 0);
        MaintenanceOutcome outcome = maintained.Run();
        _outcomes[(int)outcome]++;
        _changes += maintained.Changes;
        Restarts += maintained.Restarts;
        _failedTicks += maintained.FailedTicks;
        if (outcome is MaintenanceOutcome.Refused or MaintenanceOutcome.Failed) { CountReason($"{outcome}: {maintained.Reason}"); }

        foreach (string construct in query.Sql.Constructs()) { _constructs[construct][(int)outcome]++; }

        if (outcome == MaintenanceOutcome.Agreed) { CountOperators(maintained.Plan!, maintained.LookedUp); }

        if (outcome == MaintenanceOutcome.Different)
        {
            Failures.Add(
                $"-- seed {seed}, case {number}\n{sql}\n{ExplainText.Render(maintained.Plan!)}\n{maintained.Difference}\n");
        }
    }

    private void RunByEventTime(int number)
    {
        int caseSeed = (seed * 1_000_003) + number;
        var random = new Random(caseSeed);
        OracleTable[] tables = [.. new[] { "s", "r", "t" }.Select(name => OracleTable.Random(name, random) with { HasKey = false })];
        EventTimeQuery query = new QueryGenerator(new Choices(random, Focus(number)), tables)
            .NextByEventTime((EventTimeKind)(number / EventTimeOnceIn % 3));
        var maintained = new EventTimeCase(tables, query, caseSeed);
        MaintenanceOutcome outcome = maintained.Run();
        if (!_eventTime.TryGetValue(query.Construct, out int[]? counts)) { _eventTime[query.Construct] = counts = new int[4]; }

        counts[(int)outcome]++;
        _lateRows += maintained.LateRows;
        Restarts += maintained.Restarts;
        if (outcome == MaintenanceOutcome.Refused) { CountReason($"by event time: {maintained.Reason}"); }

        if (outcome == MaintenanceOutcome.Different)
        {
            Failures.Add($"-- seed {seed}, case {number} by event time{(query.IsFinal ? ", final" : "")}\n{query.Maintained}\n{maintained.Difference}\n");
        }
    }

    private void CountReason(string reason) => _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;

    private void CountOperators(LogicalPlan plan, int lookedUp)
    {
        if (lookedUp > 0) { _operators["rows looked up by joins"] = _operators.GetValueOrDefault("rows looked up by joins") + 1; }

        foreach (string name in PlanTree.All(plan).Select(NameOf).Distinct())
        {
            _operators[name] = _operators.GetValueOrDefault(name) + 1;
        }
    }

    private static string NameOf(LogicalPlan node) => node switch
    {
        LogicalJoin join => $"{join.Join} join{(join.Residual is null ? "" : ", residual")}{(join.IsNullAware ? ", null-aware" : "")}",
        LogicalSetOperation operation => $"{operation.Operation}{(operation.IsAll ? " all" : "")}",
        LogicalTimeWindow window => $"{window.Window} window",
        _ => node.GetType().Name["Logical".Length..],
    };

    // Cases take turns, so that in any long enough row of them every construct is in focus.
    private static HashSet<string> Focus(int number) =>
    [
        .. Enumerable.Range(0, FocusPerCase).Select(
            i => ConstructCatalog.Names[((number * FocusPerCase) + i) % ConstructCatalog.Names.Count]),
    ];
}
