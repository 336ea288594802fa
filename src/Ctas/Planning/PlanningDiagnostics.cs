using Ctas.Binding;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>Every mistake that planning can report. A code never changes its meaning and is never used again.</summary>
internal static class PlanningDiagnostics
{
    public static Diagnostic DependencyCycle(TextSpan span, IReadOnlyList<string> cycle) => new(
        "CTAS3001",
        span,
        $"tables depend on each other: {string.Join(" → ", cycle)}",
        "Break the cycle: one of them must read something else.");

    public static Diagnostic MissingDependency(TextSpan span, string table, string missing, string? closest) => new(
        "CTAS3002",
        span,
        $"table \"{table}\" depends on \"{missing}\", which is neither a table nor a source",
        closest is null ? null : $"Did you mean \"{closest}\"?");

    public static Diagnostic DuplicateTable(TextSpan span, string table) => new(
        "CTAS3003", span, $"table \"{table}\" is defined twice", "Give one of them another name.");

    public static Diagnostic StreamOfChangingRows(TextSpan span, string stream, string node) => new(
        "CTAS3004",
        span,
        $"stream \"{stream}\" cannot be made of rows that change: {node}",
        "Use CREATE TABLE.");

    public static Diagnostic SourceNotUsable(TextSpan span, string table, string mistake) => new(
        "CTAS3005", span, $"table \"{table}\" reads a source that cannot be made", mistake);

    public static Diagnostic CannotBeMaintained(TextSpan span, string what, string reason, string hint) => new(
        "CTAS3010", span, $"{what} cannot be kept fresh: {reason}", hint);

    public static Diagnostic EndlessQuery(TextSpan span) => new(
        "CTAS3020",
        span,
        "SELECT … EMIT CHANGES has no end",
        "Read it with QueryChangesAsync, or ctas run --follow; without EMIT CHANGES it gives the rows there are now.");

    public static Diagnostic StreamRowsWouldChange(TextSpan span, string stream, string node) => new(
        "CTAS3011",
        span,
        $"rows of stream \"{stream}\" would change: {node}",
        "Use CREATE TABLE, whose rows may change, or leave EMIT CHANGES out to load once; INNER JOIN, LEFT JOIN of a stream with a table, and outer joins of streams WITHIN a time and its GRACE PERIOD give rows that stay.");

    public static Diagnostic IndexOnSource(TextSpan span, string source) => new(
        "CTAS3012", span, $"\"{source}\" is a source, which cannot have an index", "Index a table that is made of it.");

    public static Diagnostic SinkTaken(TextSpan span, string sink, SinkDeclaration rival, string writer) => new(
        "CTAS3040",
        span,
        string.Equals(sink, rival.Name, StringComparison.OrdinalIgnoreCase)
            ? $"table \"{writer}\" writes to sink \"{sink}\" already"
            : $"sink \"{sink}\" writes to {(rival.Topic is null ? "file" : "topic")} \"{rival.Topic ?? rival.Path}\", and so does table \"{writer}\" through sink \"{rival.Name}\"",
        "A sink takes the changes of one table: give this table a topic or file of its own.");

    public static Diagnostic SinkNeedsKey(TextSpan span, string table, string sink) => new(
        "CTAS3041",
        span,
        $"rows of table \"{table}\" change and have no key, so that sink \"{sink}\" cannot be told which row a change is of",
        "Declare the key: CREATE TABLE name (id PRIMARY KEY, …) AS …, or leave EMIT CHANGES out to write the rows once.");

    public static Diagnostic SinkFeedsSource(TextSpan span, string table, string sink, string topic) => new(
        "CTAS3042",
        span,
        $"table \"{table}\" reads topic \"{topic}\", to which its sink \"{sink}\" writes",
        "Write to another topic: what a sink writes would come back as a change without end.");

    public static Diagnostic SinkCannotTellChanges(TextSpan span, string table, string sink) => new(
        "CTAS3044",
        span,
        $"rows of table \"{table}\" change, which the delimited lines of sink \"{sink}\" cannot tell",
        "Write JSON, or leave EMIT CHANGES out to write the rows once.");

    public static Diagnostic SinkNotUsable(TextSpan span, string sink, string mistake) => new(
        "CTAS3043", span, $"sink \"{sink}\" cannot be made", mistake);

    /// <summary>EMIT CHANGES needs a query whose every change can be told from those of its inputs.</summary>
    public static void CheckMaintainable(TableStatement statement, LogicalPlan plan, DiagnosticBag diagnostics)
    {
        if (!statement.EmitsChanges && !statement.EmitsFinal) { return; }

        foreach (MaintenanceObstacle obstacle in Maintainability.ObstaclesOf(Maintainability.OverExactSources(plan)))
        {
            diagnostics.Add(CannotBeMaintained(
                statement.NameSpan, $"table \"{statement.Name}\"", obstacle.Reason, obstacle.Hint));
        }

        CheckWindows(statement, plan, diagnostics);
        if (statement.IsStream && plan.Kind != ChangeKind.AppendOnly)
        {
            diagnostics.Add(StreamRowsWouldChange(statement.NameSpan, statement.Name, ExplainText.FirstChanging(plan)));
        }
    }

    /// <summary>The same for a SELECT.</summary>
    public static void CheckMaintainable(QueryStatement query, LogicalPlan plan, DiagnosticBag diagnostics)
    {
        foreach (MaintenanceObstacle obstacle in Maintainability.ObstaclesOf(plan))
        {
            diagnostics.Add(CannotBeMaintained(query.Query.Span, "the query", obstacle.Reason, obstacle.Hint));
        }
    }

    /// <summary>Windows can close only by a time whose progress is known.</summary>
    private static void CheckWindows(TableStatement statement, LogicalPlan plan, DiagnosticBag diagnostics)
    {
        if (statement.EmitsFinal && EventTime.FinalAggregate(plan) is null)
        {
            diagnostics.Add(FinalNeedsWindows(statement.NameSpan, statement.Name));
        }

        bool mayNotClose = Rewrites.PlanTree.All(plan).OfType<LogicalTimeWindow>().Any(window =>
            (window.Grace is not null || statement.EmitsFinal)
            && EventTime.Trace(window.Input, window.Time)?.All(column => column.IsRowTime || !column.Scan.IsSource) is not true);
        if (mayNotClose) { diagnostics.Add(WindowsCannotClose(statement.NameSpan, statement.Name)); }
    }

    public static Diagnostic FinalNeedsWindows(TextSpan span, string table) => new(
        "CTAS3021",
        span,
        $"table \"{table}\" has no windows that become final",
        "EMIT FINAL wants GROUP BY over WINDOW TUMBLING, HOPPING or SESSION, with nothing but HAVING behind it; or use EMIT CHANGES.");

    public static Diagnostic WindowsCannotClose(TextSpan span, string table) => new(
        "CTAS3022",
        span,
        $"the windows of table \"{table}\" cannot close, because their time is not the ROWTIME of a source",
        "Declare the source WITH (timestamp = '…'); or leave GRACE PERIOD out and use EMIT CHANGES.");

    public static Diagnostic SnapshotsNeeded(TextSpan span, string table) => new(
        "CTAS3006",
        span,
        $"table \"{table}\" asks for loading.unified = 'true', and the engine stores no snapshots",
        "Call UseSnapshots on the builder, or write 'auto'.");

    /// <summary>CREATE STREAM … AS needs a query that only ever adds rows.</summary>
    public static void CheckStream(TableStatement statement, LogicalPlan plan, DiagnosticBag diagnostics)
    {
        if (!statement.IsStream || GivesRowsOnce(plan)) { return; }

        diagnostics.Add(StreamOfChangingRows(statement.NameSpan, statement.Name, ExplainText.FirstChanging(plan)));
    }

    /// <summary>True when every row belongs to one row of a stream: it is given once, when that comes.</summary>
    /// <remarks>As in ksqlDB, a row of a stream meets a table as that is at the moment.</remarks>
    private static bool GivesRowsOnce(LogicalPlan plan) => plan switch
    {
        { Kind: ChangeKind.AppendOnly } => true,
        LogicalFilter or LogicalProject => GivesRowsOnce(plan.Children[0]),
        LogicalUnionAll => plan.Children.All(GivesRowsOnce),
        LogicalJoin { Join: JoinKind.Inner or JoinKind.Cross } => plan.Children.Any(GivesRowsOnce),
        LogicalJoin { Join: JoinKind.Right } join => GivesRowsOnce(join.Right),
        LogicalJoin { Join: JoinKind.Full } => plan.Children.All(GivesRowsOnce),
        LogicalJoin join => GivesRowsOnce(join.Left),
        _ => false,
    };
}
