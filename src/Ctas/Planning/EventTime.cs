using Ctas.Binding;

namespace Ctas.Planning;

/// <summary>A column of a scan that gives event time.</summary>
/// <param name="Scan">The scan.</param>
/// <param name="Ordinal">The column among those of the scan.</param>
internal readonly record struct EventTimeColumn(LogicalScan Scan, int Ordinal)
{
    /// <summary>The column's name.</summary>
    public string Name => Scan.Schema.Fields[Ordinal].Name;

    /// <summary>True for the ROWTIME of a source, whose progress the source itself can tell.</summary>
    public bool IsRowTime => Scan.IsSource && string.Equals(Name, PseudoColumn.RowTime, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Finds out where the event time of rows comes from, and which windows a result is grouped by.</summary>
internal static class EventTime
{
    /// <summary>
    /// The columns of scans that an expression is one of, unchanged, or the greatest of; null when it is anything else, so
    /// that its progress cannot be told from that of the scans.
    /// </summary>
    /// <param name="plan">The node whose columns the expression is over.</param>
    /// <param name="time">The expression.</param>
    public static IReadOnlyList<EventTimeColumn>? Trace(LogicalPlan plan, ScalarExpression time) => time switch
    {
        ColumnReference column => TraceColumn(plan, column.Ordinal),
        FunctionExpression { Function: "GREATEST" } greatest => TraceAll(greatest.Arguments.Select(argument => Trace(plan, argument))),
        _ => null,
    };

    /// <summary>The window of a GROUP BY, and the key that tells when it closes; null when it has none.</summary>
    public static (LogicalTimeWindow Window, int Key)? WindowOf(LogicalAggregate aggregate)
    {
        for (int key = 0; key < aggregate.Keys.Count; key++)
        {
            if (aggregate.Keys[key] is ColumnReference column
                && WindowAt(aggregate.Input, column.Ordinal) is { } window) { return (window, key); }
        }

        return null;
    }

    /// <summary>The GROUP BY over a window that gives the rows of a plan, where nothing but conditions and columns follow.</summary>
    public static LogicalAggregate? FinalAggregate(LogicalPlan plan) => plan switch
    {
        LogicalAggregate aggregate when WindowOf(aggregate) is not null => aggregate,
        LogicalFilter or LogicalProject or LogicalRetention or LogicalSort { RowLimit: null } => FinalAggregate(plan.Children[0]),
        _ => null,
    };

    private static LogicalTimeWindow? WindowAt(LogicalPlan plan, int ordinal) => plan switch
    {
        LogicalTimeWindow window => ordinal == window.ClosingOrdinal ? window : null,
        LogicalFilter filter => WindowAt(filter.Input, ordinal),
        LogicalProject project => project.Expressions[ordinal] is ColumnReference column
            ? WindowAt(project.Input, column.Ordinal)
            : null,
        _ => null,
    };

    private static IReadOnlyList<EventTimeColumn>? TraceColumn(LogicalPlan plan, int ordinal) => plan switch
    {
        LogicalScan scan => [new EventTimeColumn(scan, ordinal)],
        LogicalProject project => Trace(project.Input, project.Expressions[ordinal]),
        LogicalFilter or LogicalSort or LogicalLimit or LogicalDistinct or LogicalRetention => TraceColumn(plan.Children[0], ordinal),
        LogicalAggregate aggregate when ordinal < aggregate.Keys.Count => Trace(aggregate.Input, aggregate.Keys[ordinal]),
        LogicalUnionAll union => TraceAll(union.Inputs.Select(input => TraceColumn(input, ordinal))),
        LogicalJoin join => ordinal < join.Left.Schema.Fields.Count
            ? TraceColumn(join.Left, ordinal)
            : TraceColumn(join.Right, ordinal - join.Left.Schema.Fields.Count),
        LogicalTimeWindow or LogicalWindow or LogicalUnnest => ordinal < plan.Children[0].Schema.Fields.Count
            ? TraceColumn(plan.Children[0], ordinal)
            : null,
        _ => null,
    };

    private static List<EventTimeColumn>? TraceAll(IEnumerable<IReadOnlyList<EventTimeColumn>?> parts)
    {
        List<EventTimeColumn> all = [];
        foreach (IReadOnlyList<EventTimeColumn>? part in parts)
        {
            if (part is null) { return null; }

            all.AddRange(part);
        }

        return all;
    }
}
