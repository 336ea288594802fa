using System.Diagnostics;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <content>Windows of event time: WINDOW TUMBLING | HOPPING | SESSION, and the same in GROUP BY.</content>
internal sealed partial class Binder
{
    private const string WindowStart = "WINDOWSTART";
    private const string WindowEnd = "WINDOWEND";
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>The SELECT whose columns are those of the table that is made; null where nothing is added to them.</summary>
    private SelectSyntax? _resultSelect;

    /// <summary>A window, and how its columns are named in expressions.</summary>
    private sealed record TimeWindow(
        TimeWindowSyntax Syntax, BoundTimeWindowKind Kind, long Size, long Advance, ColumnSymbol Start, ColumnSymbol? End)
    {
        /// <summary>How long after its end a window takes late rows, in microseconds; null where nothing is said.</summary>
        public long? Grace { get; init; }

        /// <summary>The end of a tumbling or hopping window follows from its start.</summary>
        public BoundExpression EndExpression => End is not null
            ? new BoundColumn(End)
            : new BoundBinary(
                BoundOperator.Add,
                new BoundColumn(Start),
                new BoundConstant(new Interval(0, (int)(Size / MicrosPerDay), Size % MicrosPerDay), DataType.Interval),
                DataType.Timestamp);

        /// <summary>What rows are grouped by beside the keys.</summary>
        public IEnumerable<BoundExpression> Keys =>
            End is null ? [new BoundColumn(Start)] : [new BoundColumn(Start), new BoundColumn(End)];

        public Scope AddTo(Scope scope) => scope with
        {
            Merged =
            [
                .. scope.Merged.Where(m => !IsSameName(m.Name, WindowStart) && !IsSameName(m.Name, WindowEnd)),
                new ScopeName(WindowStart, new BoundColumn(Start)),
                new ScopeName(WindowEnd, EndExpression),
            ],
        };
    }

    /// <summary>Takes a window out of GROUP BY, where it stands like a function: <c>TUMBLING(INTERVAL 5 MINUTES)</c>.</summary>
    private SelectSyntax WithWindowClause(SelectSyntax select)
    {
        foreach (FunctionCallSyntax call in select.GroupBy.OfType<FunctionCallSyntax>())
        {
            if (AsTimeWindow(call) is not { } window) { continue; }

            if (select.Window is not null) { Report(BindingDiagnostics.SecondTimeWindow(call.Span)); }

            return WithWindowClause(select with
            {
                Window = select.Window ?? window,
                GroupBy = [.. select.GroupBy.Where(key => !ReferenceEquals(key, call))],
            });
        }

        return select;
    }

    /// <summary>The window that a call in GROUP BY is; null when it is none.</summary>
    public static TimeWindowSyntax? AsTimeWindow(FunctionCallSyntax call)
    {
        bool isKind = Enum.TryParse(call.Name.Text, ignoreCase: true, out TimeWindowKind kind);
        IntervalLiteralSyntax[] lengths = [.. call.Arguments.OfType<IntervalLiteralSyntax>()];
        int expected = kind == TimeWindowKind.Hopping ? 2 : 1;
        if (!isKind || lengths.Length != call.Arguments.Count || lengths.Length != expected) { return null; }

        return new TimeWindowSyntax(kind, lengths[0], lengths.ElementAtOrDefault(1), null, null) { Span = call.Span };
    }

    private TimeWindow? BindTimeWindow(TimeWindowSyntax syntax)
    {
        long? size = BindLength(syntax.Size, mayBeZero: syntax.Kind == TimeWindowKind.Session);
        long? advance = syntax.AdvanceBy is null ? size : BindLength(syntax.AdvanceBy, mayBeZero: false);

        // Of RETENTION, all windows are kept.
        long? grace = syntax.GracePeriod is null ? null : BindLength(syntax.GracePeriod, mayBeZero: true);
        bool isBroken = size is null || advance is null
            || (syntax.Retention is not null && BindLength(syntax.Retention, mayBeZero: true) is null)
            || (syntax.GracePeriod is not null && grace is null);
        if (isBroken) { return null; }

        if (advance > size)
        {
            Report(BindingDiagnostics.AdvanceTooLong(syntax.AdvanceBy!.Span));
            return null;
        }

        bool isSession = syntax.Kind == TimeWindowKind.Session;
        return new TimeWindow(
            syntax,
            Kind(syntax.Kind),
            size!.Value,
            advance!.Value,
            new ColumnSymbol(WindowStart, DataType.Timestamp),
            isSession ? new ColumnSymbol(WindowEnd, DataType.Timestamp) : null)
        {
            Grace = grace,
        };
    }

    /// <summary>The length in microseconds; null after a mistake.</summary>
    private long? BindLength(IntervalLiteralSyntax syntax, bool mayBeZero)
    {
        if (BindLiteral(syntax) is not BoundConstant { Value: Interval interval }) { return null; }

        Int128 micros = ((Int128)interval.Days * MicrosPerDay) + interval.Microseconds;
        bool fits = interval.Months == 0 && micros <= long.MaxValue / 4 && (mayBeZero ? micros >= 0 : micros > 0);
        if (fits) { return (long)micros; }

        Report(BindingDiagnostics.WindowLength(syntax.Span, interval.Months != 0));
        return null;
    }

    /// <summary>The rows of the relation in windows; the relation itself after a mistake.</summary>
    private BoundRelation InWindows(
        BoundRelation relation, TimeWindow window, Scope scope, IReadOnlyList<BoundExpression> keys)
    {
        if (EventTime(scope, window.Syntax.Span) is not { } time) { return relation; }

        BoundExpression[] own = window.End is null ? [] : [.. keys.Except(window.Keys).Distinct()];
        return new BoundTimeWindow(
            relation, window.Kind, time, window.Size, window.Advance, own, window.Start, window.End)
        {
            Grace = window.Grace,
        };
    }

    /// <summary>
    /// ROWTIME of what is read: of a source, or a column of that name. Of a join, the latest of its streams.
    /// </summary>
    private BoundExpression? EventTime(Scope scope, TextSpan span)
    {
        if (FindEventTime(scope, span) is { } time) { return time is BoundError ? null : time; }

        string read = scope.Tables.Select(table => table.Name).FirstOrDefault(known => known is not null) ?? "t";
        if (!scope.Tables.Any(table => table.Relation is BoundScan { IsOpen: true }))
        {
            Report(BindingDiagnostics.NoEventTime(span, read));
        }

        return null;
    }

    /// <summary>The same; null where nothing that is read has a ROWTIME, and an error, reported, where one is no time.</summary>
    private BoundExpression? FindEventTime(Scope scope, TextSpan span)
    {
        (bool IsStream, BoundExpression Time)[] found =
            [.. RowTimesOf(scope, span).Select(match => match with { Time = AsMoment(match.Time) })];
        if (Array.Find(found, match => match.Time is BoundError) is { Time: { } error }) { return error; }

        BoundExpression[] streams = [.. found.Where(match => match.IsStream).Select(match => match.Time)];
        BoundExpression[] times = streams.Length > 0 ? streams : [.. found.Select(match => match.Time)];
        return times.Length switch
        {
            0 => null,
            1 => times[0],
            _ => Call(FunctionCatalog.Find("GREATEST")!, "GREATEST", times, span),
        };
    }

    /// <summary>The ROWTIME of each table that has one, whatever its type, and whether the table is a stream.</summary>
    private static IEnumerable<(bool IsStream, BoundExpression Time)> RowTimesOf(Scope scope, TextSpan span)
    {
        var name = new NameSyntax(PseudoColumn.RowTime) { Span = span };
        return from table in scope.Tables
               let matches = Scope.LookupIn(table, name)
               where matches.Count > 0
               select (table.Relation is BoundScan { Relation.IsStream: true }, matches[0].Expression with { Span = span });
    }

    private static bool IsMoment(BoundExpression time) =>
        time.Type.Kind is DataTypeKind.Timestamp or DataTypeKind.Date or DataTypeKind.Unknown or DataTypeKind.Null;

    private BoundExpression AsMoment(BoundExpression time) =>
        IsMoment(time)
            ? Coercion.To(time, DataType.Timestamp)
            : Report(BindingDiagnostics.EventTimeType(time.Span, time.Type));

    /// <summary>
    /// The window's columns where a table is made and names none of them: without them, nobody could tell its rows apart.
    /// </summary>
    private static List<ResultColumn> WithWindowColumns(List<ResultColumn> columns, TimeWindow window)
    {
        bool isNamed = columns.Any(column => column.Expression.Columns().Overlaps(
            window.Keys.SelectMany(key => key.Columns())));
        return isNamed
            ? columns
            :
            [
                .. columns,
                new ResultColumn(WindowStart, new BoundColumn(window.Start), IsAlias: false),
                new ResultColumn(WindowEnd, window.EndExpression, IsAlias: false),
            ];
    }

    private static BoundTimeWindowKind Kind(TimeWindowKind kind) => kind switch
    {
        TimeWindowKind.Tumbling => BoundTimeWindowKind.Tumbling,
        TimeWindowKind.Hopping => BoundTimeWindowKind.Hopping,
        TimeWindowKind.Session => BoundTimeWindowKind.Session,
        _ => throw new UnreachableException($"No rule for {kind}."),
    };
}
