using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

/// <summary>How a loaded table takes in the records that its sources got since.</summary>
internal enum ContinuationKind
{
    /// <summary>Not at all: it is computed again when an input has changed.</summary>
    None,

    /// <summary>Their rows are added.</summary>
    Append,

    /// <summary>Rows of their keys are taken out, then their rows are added.</summary>
    Upsert,
}

/// <summary>Whether the rows of new records alone, applied to the table as it was, give the table as it would be.</summary>
/// <remarks>
/// <code>
/// append-only sources ─► filter, project, unnest, union all ─► Append
/// one changelog       ─► filter, project that keep its key  ─► Upsert
/// anything else (joins, aggregates, windows, limits)        ─► None
/// </code>
/// </remarks>
/// <param name="Kind">How.</param>
/// <param name="Reason">Why not, in words that follow "because"; empty where it can.</param>
internal sealed record Continuation(ContinuationKind Kind, string Reason = "")
{
    /// <summary>Upsert: the name in the changelog of each key column of the table, in key order.</summary>
    public IReadOnlyList<string> SourceKey { get; private init; } = [];

    /// <summary>Finds out.</summary>
    public static Continuation Of(PlannedQuery query)
    {
        LogicalScan[] scans = [.. Leaves(query.Plan).OfType<LogicalScan>()];
        if (FirstOther(query.Plan) is { } other) { return No($"its rows depend on one another: {ExplainText.Describe(other)}"); }

        if (scans.Length == 0 || scans.Any(scan => !scan.IsSource)) { return No("it reads a table"); }

        if (scans.DistinctBy(scan => scan.Relation, StringComparer.OrdinalIgnoreCase).Count() < scans.Length)
        {
            return No("it reads a source twice");
        }

        return scans.All(scan => scan.Kind == ChangeKind.AppendOnly)
            ? new Continuation(ContinuationKind.Append)
            : ByKey(query, scans);
    }

    /// <summary>Why the rows are not the same each time the same records are loaded; null when they are.</summary>
    public static string? WhyNotRepeatable(PlannedQuery query) =>
        !query.ReadsClock && PlanTree.All(query.Plan).Any(node => node is LogicalRetention)
            ? "which rows its retention leaves changes with time"
            : WhyNotDetermined(query);

    /// <summary>Why the rows do not follow from the records and their times; null when they do.</summary>
    public static string? WhyNotDetermined(PlannedQuery query)
    {
        if (query.ReadsClock) { return "it reads the clock"; }

        bool isDeterministic = true;
        Visit(query.Plan);
        return isDeterministic ? null : "it calls a function that is not deterministic";

        void Visit(LogicalPlan plan)
        {
            plan.MapExpressions(expression =>
            {
                isDeterministic &= ExpressionRisks.IsDeterministic(expression);
                return expression;
            });
            foreach (LogicalPlan input in plan.Children) { Visit(input); }
        }
    }

    private static Continuation No(string reason) => new(ContinuationKind.None, reason);

    private static Continuation ByKey(PlannedQuery query, LogicalScan[] scans)
    {
        if (scans is not [LogicalScan only]) { return No("it reads a changelog and another source"); }

        if (!only.Schema.HasKey) { return No("records without a key are rows of their own"); }

        if (query.IsKeyDeclared) { return No("it declares a key of its own"); }

        if (FirstUnnest(query.Plan) is not null) { return No("a record gives several rows"); }

        string?[] names = [.. query.Schema.Key.Select(ordinal => NameInScan(query.Plan, ordinal))];
        string[] wanted = [.. only.Schema.Key.Select(ordinal => only.Schema.Fields[ordinal].Name)];
        return names.Length == wanted.Length && wanted.All(names.Contains)
            ? new Continuation(ContinuationKind.Upsert) { SourceKey = [.. names.Select(name => name!)] }
            : No("the key of its changelog is not its key");
    }

    private static IEnumerable<LogicalPlan> Leaves(LogicalPlan plan) =>
        plan.Children.Count == 0 ? [plan] : plan.Children.SelectMany(Leaves);

    /// <summary>The first node that does more than handing on the rows of each record by itself.</summary>
    private static LogicalPlan? FirstOther(LogicalPlan plan) =>
        plan is LogicalScan or LogicalFilter or LogicalProject or LogicalUnnest or LogicalUnionAll
            ? plan.Children.Select(FirstOther).FirstOrDefault(other => other is not null)
            : plan;

    private static LogicalUnnest? FirstUnnest(LogicalPlan plan) =>
        plan as LogicalUnnest ?? plan.Children.Select(FirstUnnest).FirstOrDefault(unnest => unnest is not null);

    /// <summary>The column of the scan that a column of the result is; null where it is computed.</summary>
    private static string? NameInScan(LogicalPlan plan, int ordinal) => plan switch
    {
        LogicalScan scan => scan.Schema.Fields[ordinal].Name,
        LogicalFilter filter => NameInScan(filter.Input, ordinal),
        LogicalProject project => project.Expressions[ordinal] is ColumnReference column
            ? NameInScan(project.Input, column.Ordinal)
            : null,
        _ => null,
    };
}
