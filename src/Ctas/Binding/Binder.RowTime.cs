using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <content>
/// The time of rows: what a stream carries for those that ask for it, and <c>retention</c>, by which rows leave a table as they
/// become too old.
/// </content>
internal sealed partial class Binder
{
    // Of the table that is made: how old its rows may be, and where that is said.
    private (long Micros, TextSpan Span)? _retention;
    private SelectSyntax? _retainedSelect;
    private SelectSyntax? _carryingSelect;
    private bool _hasHiddenTime;

    private void BindRowTime(TableStatement statement)
    {
        bool isCarried = statement.CarriesRowTime && statement.Syntax.Columns.IsEmpty;
        _carryingSelect = isCarried ? statement.Syntax.Query.Body as SelectSyntax : null;
        if (statement.Retention is not { } retention) { return; }

        _retention = (retention.Ticks / TimeSpan.TicksPerMicrosecond, statement.SpanOf("retention"));
        _retainedSelect = statement.Syntax.Query.Body as SelectSyntax;
    }

    /// <summary>
    /// The columns of the SELECT that makes the table and, where none of them is its ROWTIME, the time of a row: that of
    /// the newest record that it was made of.
    /// </summary>
    private List<ResultColumn> WithRowTime(SelectSyntax select, List<ResultColumn> columns, Scope scope, bool isGrouped)
    {
        columns = WithCarriedTime(select, columns, scope, isGrouped);
        bool isAsked = _retention is not null && ReferenceEquals(select, _retainedSelect) && !select.IsDistinct
            && !columns.Any(column => IsSameName(column.Name, PseudoColumn.RowTime));
        if (!isAsked || FindEventTime(scope, _retention!.Value.Span) is not { } time) { return columns; }

        _hasHiddenTime = true;
        BoundExpression newest = isGrouped
            ? new BoundAggregate(FunctionCatalog.Find("MAX")!, [time], DataType.Timestamp) { Span = time.Span }
            : time;
        return [.. columns, new ResultColumn("$" + PseudoColumn.RowTime, newest, IsAlias: false)];
    }

    /// <summary>The columns and, where a stream carries event time and none of them is its ROWTIME, that.</summary>
    /// <remarks>Its own statement does not ask for it: a ROWTIME that is no time is no mistake here, and is not carried.</remarks>
    private List<ResultColumn> WithCarriedTime(SelectSyntax select, List<ResultColumn> columns, Scope scope, bool isGrouped)
    {
        bool isAsked = ReferenceEquals(select, _carryingSelect) && !isGrouped && !select.IsDistinct
            && !columns.Any(column => IsSameName(column.Name, PseudoColumn.RowTime))
            && RowTimesOf(scope, select.Span).All(found => IsMoment(found.Time));
        return isAsked && FindEventTime(scope, select.Span) is { } time and not BoundError
            ? [.. columns, new ResultColumn(PseudoColumn.RowTime, time, IsAlias: false)]
            : columns;
    }

    /// <summary>The rows of the result that are not too old.</summary>
    private BoundRelation Retained(BoundRelation relation, string table)
    {
        if (_retention is not { } retention) { return relation; }

        ColumnSymbol? time = _hasHiddenTime
            ? relation.Columns[^1]
            : relation.Columns.FirstOrDefault(column => IsSameName(column.Name, PseudoColumn.RowTime) && column.Type.Kind == DataTypeKind.Timestamp);
        if (time is not null) { return new BoundRetention(relation, time, retention.Micros, _now, _hasHiddenTime); }

        // Columns that have not been read yet may hold it.
        bool mayCome = relation.IsOpen || openColumnType.Kind == DataTypeKind.Unknown && ReadsOpen(relation);
        if (!mayCome) { Report(BindingDiagnostics.NoRowTime(retention.Span, table)); }

        return relation;
    }

    private static bool ReadsOpen(BoundRelation relation) =>
        relation is BoundScan { IsOpen: true } || relation.Inputs().Any(ReadsOpen);
}
