using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <content><c>retention</c>: rows leave a table as they become too old.</content>
internal sealed partial class Binder
{
    private const string RowTimeName = "ROWTIME";

    // Of the table that is made: how old its rows may be, and where that is said.
    private (long Micros, TextSpan Span)? _retention;
    private SelectSyntax? _retainedSelect;
    private bool _hasHiddenTime;

    private void BindRetention(TableStatement statement)
    {
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
        bool isAsked = _retention is not null && ReferenceEquals(select, _retainedSelect) && !select.IsDistinct
            && !columns.Any(column => IsSameName(column.Name, RowTimeName));
        if (!isAsked || FindEventTime(scope, _retention!.Value.Span) is not { } time) { return columns; }

        _hasHiddenTime = true;
        BoundExpression newest = isGrouped
            ? new BoundAggregate(FunctionCatalog.Find("MAX")!, [time], DataType.Timestamp) { Span = time.Span }
            : time;
        return [.. columns, new ResultColumn("$" + RowTimeName, newest, IsAlias: false)];
    }

    /// <summary>The rows of the result that are not too old.</summary>
    private BoundRelation Retained(BoundRelation relation, string table)
    {
        if (_retention is not { } retention) { return relation; }

        ColumnSymbol? time = _hasHiddenTime
            ? relation.Columns[^1]
            : relation.Columns.FirstOrDefault(column => IsSameName(column.Name, RowTimeName) && column.Type.Kind == DataTypeKind.Timestamp);
        if (time is not null) { return new BoundRetention(relation, time, retention.Micros, _now, _hasHiddenTime); }

        // Columns that have not been read yet may hold it.
        bool mayCome = relation.IsOpen || openColumnType.Kind == DataTypeKind.Unknown && ReadsOpen(relation);
        if (!mayCome) { Report(BindingDiagnostics.NoRowTime(retention.Span, table)); }

        return relation;
    }

    private static bool ReadsOpen(BoundRelation relation) =>
        relation is BoundScan { IsOpen: true } || relation.Inputs().Any(ReadsOpen);
}
