using System.Diagnostics;
using Ctas.Binding;
using Ctas.Binding.Properties;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.Planning;

/// <content>The plans of single statements, once all names are known.</content>
internal sealed partial class ScriptPlanner
{
    private PlannedStatement? Plan(BoundStatement statement, DiagnosticBag diagnostics)
    {
        switch (statement)
        {
            case BoundCreateTable { Table: var table }:
                return _tables.GetValueOrDefault(table.Name) == table ? new LoadStatement(AsPlan(table)) : null;
            case BoundCreateSource { Source: var source }:
                return _sources.GetValueOrDefault(source.Name) == source
                    ? new SourceStatement(PlannedSource.Of(source))
                    : null;
            case BoundSelect select:
                PlanQuery(select.Query, diagnostics);
                return new SelectStatement(select.Query.Source[select.Span].ToString())
                {
                    EmitsChanges = select.Query.EmitsChanges,
                };
            case BoundExplain explain:
                return PlanExplain(explain.Statement, diagnostics) is { } plan
                    ? new ExplainStatement(plan, diagnostics.Source[explain.Span].ToString())
                    {
                        Analysed = explain.IsAnalysed ? AnalysedOf(explain.Statement, diagnostics) : null,
                    }
                    : null;
            case BoundCreateSink sink:
                return new SinkStatement(PlannedSink.Of(sink.Sink), diagnostics.Source, sink.NameSpan);
            case BoundDrop { IsSink: true } drop:
                if (!drop.IfExists && !_sinks.IsKnown(drop.Name.Text))
                {
                    diagnostics.Add(BindingDiagnostics.UnknownStatementName(
                        drop.Name.Span, "sink", drop.Name.Text, _sinks.Closest(drop.Name.Text)));
                }

                return new DropSinkStatement(drop.Name.Text, drop.IfExists, drop.Cascade);
            case BoundDrop drop when _sources.ContainsKey(drop.Name.Text):
                return new DropSourceStatement(drop.Name.Text);
            case BoundDrop drop when _known.GetValueOrDefault(drop.Name.Text) is { IsSource: true }:
                diagnostics.Add(BindingDiagnostics.SourceOfHost(drop.Name.Span, drop.Name.Text));
                return null;
            case BoundDrop drop:
                ReportUnknown(drop.Name.Text, drop.Name.Span, drop.KindName, drop.IfExists, diagnostics);
                return new DropStatement(drop.Name.Text, drop.IfExists, drop.Cascade);
            case BoundDescribe describe:
                ReportUnknown(
                    describe.Name.Text,
                    describe.Name.Span,
                    "table, source or sink",
                    isOptional: _sinks.IsKnown(describe.Name.Text),
                    diagnostics);
                return new DescribeStatement(describe.Name.Text);
            case BoundCreateIndex index:
                return PlanIndex(index, diagnostics);
            case BoundShow show:
                return new ShowStatement(show.KindName);
            case BoundSet set:
                return new SetStatement(set.Property, set.Value);
            case BoundBroken:
                return null;
            default:
                throw new UnreachableException($"No rule for {statement.GetType().Name}.");
        }
    }

    private static AnalysedStatement AnalysedOf(BoundStatement statement, DiagnosticBag diagnostics) => new(
        diagnostics.Source[statement.Span].ToString(), (statement as BoundCreateTable)?.Table.Name);

    private PlannedQuery? PlanExplain(BoundStatement statement, DiagnosticBag diagnostics)
    {
        if (statement is BoundSelect select) { return PlanQuery(select.Query, diagnostics); }

        if (statement is not BoundCreateTable { Table: var table }) { return null; }

        int before = diagnostics.Count;
        ReportMisplaced(table, diagnostics);
        BoundTable bound = Binder.BindTable(table, _catalog, diagnostics, isLoading: false);
        return diagnostics.Count > before ? null : Optimised(LogicalPlanner.Plan(bound, table), EmitOf(table) != EmitMode.Snapshot);
    }

    private PlannedQuery? PlanQuery(QueryStatement query, DiagnosticBag diagnostics)
    {
        int before = diagnostics.Count;
        BoundRelation bound = Binder.BindQuery(query, _catalog, diagnostics);
        if (diagnostics.Count > before) { return null; }

        PlannedQuery planned = LogicalPlanner.Plan(new BoundTable(bound, []));
        if (query.EmitsChanges) { PlanningDiagnostics.CheckMaintainable(query, planned.Plan, diagnostics); }

        return diagnostics.Count > before ? null : Optimised(planned, query.EmitsChanges);
    }

    private PlannedQuery Optimised(PlannedQuery planned, bool isMaintained) =>
        Optimiser.Optimise(planned, _optimiser with { IsMaintained = isMaintained });

    private IndexStatement? PlanIndex(BoundCreateIndex index, DiagnosticBag diagnostics)
    {
        string table = index.Table.Text;
        int before = diagnostics.Count;
        ReportUnknown(table, index.Table.Span, "table", isOptional: false, diagnostics);
        if (!_relations.TryGetValue(table, out RelationInfo? relation)) { return null; }

        if (relation.IsSource) { diagnostics.Add(PlanningDiagnostics.IndexOnSource(index.Table.Span, table)); }

        // What a table of all columns of a source has is known when it is loaded.
        Data.Schema? schema = _previews.GetValueOrDefault(table) is { } preview && !IsOpen(preview.Plan)
            ? preview.Schema
            : relation.Schema;
        foreach (WrittenName column in index.Columns.Where(column => schema is { } known && known.IndexOf(column.Text) < 0))
        {
            diagnostics.Add(BindingDiagnostics.ColumnNotFound(
                column.Span, column.Text, table, ClosestName.Find(column.Text, schema!.Fields.Select(field => field.Name))));
        }

        return diagnostics.Count > before
            ? null
            : new IndexStatement(
                relation.Name, new NamedIndex([.. index.Columns.Select(column => column.Text)], index.Kind));
    }

    private static bool IsOpen(LogicalPlan plan) => PlanTree.All(plan).OfType<LogicalScan>().Any(scan => scan.IsOpen);

    private void ReportUnknown(string name, TextSpan span, string kind, bool isOptional, DiagnosticBag diagnostics)
    {
        if (isOptional || _relations.ContainsKey(name)) { return; }

        diagnostics.Add(BindingDiagnostics.UnknownStatementName(
            span, kind, name, ClosestName.Find(name, _relations.Keys)));
    }

    private TablePlan AsPlan(TableStatement table)
    {
        SourceDeclaration[] declared =
        [
            .. table.LocalSources.Values,
            .. table.References.Select(r => _sources.GetValueOrDefault(r.Name)).OfType<SourceDeclaration>().Distinct()
                .Select(source => source with
                {
                    Properties = PropertySets.Over(source.Properties, table.SourceProperties, PropertyPlace.Source),
                }),
        ];
        IEnumerable<string> given = table.References
            .Where(r => _relations.TryGetValue(r.Name, out RelationInfo? relation) && relation.IsSource)
            .Select(r => _relations[r.Name].Name);
        PlannedQuery? preview = _previews.GetValueOrDefault(table.Name);
        return new TablePlan(
            table.Name,
            table.Sql,
            table.IsStream,
            table.OrReplace,
            table.IfNotExists,
            EmitOf(table),
            DependenciesOf(table),
            [.. declared.Select(PlannedSource.Of).OrderBy(source => source.Name, StringComparer.OrdinalIgnoreCase)],
            table.Properties)
        {
            SourceNames =
            [
                .. given.Concat(table.LocalSources.Values.Select(source => source.Name))
                    .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase),
            ],
            Statement = table,
            Sink = _sinks.SinkOf(table.Name) is { } sink ? PlannedSink.Of(sink) : null,
            Preview = preview is null ? null : Optimised(preview, EmitOf(table) != EmitMode.Snapshot),
            Unoptimised = preview,
        };
    }

    private static EmitMode EmitOf(TableStatement table) =>
        table.EmitsFinal ? EmitMode.Final : table.EmitsChanges ? EmitMode.Changes : EmitMode.Snapshot;
}
