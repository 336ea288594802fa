using System.Diagnostics;
using Ctas.Binding;
using Ctas.Binding.Properties;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>
/// Plans scripts before anything is read: parses and binds every statement, finds what each table reads and in which
/// order they load, and gathers every mistake. Names declared in one text can be used in all; tables may be read before
/// the statement that makes them.
/// </summary>
internal sealed class ScriptPlanner
{
    private readonly PlanningContext _context;
    private readonly Dictionary<string, RelationInfo> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RelationInfo> _relations = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SourceDeclaration> _sources = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, TableStatement> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PlannedQuery> _previews = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _dropped = new(StringComparer.OrdinalIgnoreCase);
    private readonly ScriptSinks _sinks;
    private readonly RelationCatalog _catalog;
    private readonly OptimiserOptions _optimiser;

    private ScriptPlanner(PlanningContext context)
    {
        _context = context;
        _sinks = new ScriptSinks(context);
        foreach (string name in context.WithoutData) { _relations[name] = Open(name, isSource: false); }

        foreach (RelationInfo relation in context.Relations)
        {
            _known[relation.Name] = relation;
            _relations[relation.Name] = relation;
        }

        foreach (SourceDeclaration source in context.Declared)
        {
            _sources[source.Name] = source;
            _relations[source.Name] = AsInfo(source.ToSymbol());
        }

        _optimiser = context.Optimiser with { Statistics = name => _relations.GetValueOrDefault(name)?.Statistics };
        _catalog = new RelationCatalog(name => _relations.GetValueOrDefault(name), () => _relations.Keys)
        {
            Functions = context.Statements.Functions,
        };
    }

    /// <summary>Plans one script.</summary>
    public static ScriptPlan Plan(SourceText script, PlanningContext context) => Plan([script], context);

    /// <inheritdoc cref="Plan(IReadOnlyList{SourceText}, PlanningContext)"/>
    public static ScriptPlan Plan(IReadOnlyList<string> texts, PlanningContext context) =>
        Plan([.. texts.Select(text => new SourceText(text))], context);

    /// <summary>Plans several texts as one script.</summary>
    public static ScriptPlan Plan(IReadOnlyList<SourceText> texts, PlanningContext context) =>
        new ScriptPlanner(context).PlanTexts(texts);

    private ScriptPlan PlanTexts(IReadOnlyList<SourceText> texts)
    {
        // Read each statement by itself, then learn all names, then order, then bind: producers before consumers.
        var reader = new StatementReader(new ScriptSurroundings(_context.BaseFolder, _context.Environment));
        List<(BoundStatement Statement, DiagnosticBag Diagnostics)> statements = [];
        DiagnosticBag[] bags = [.. texts.Select(text => new DiagnosticBag(text))];
        foreach (DiagnosticBag bag in bags)
        {
            statements.AddRange(reader.Read(bag).Select(statement => (statement, bag)));
        }

        foreach ((BoundStatement statement, DiagnosticBag diagnostics) in statements)
        {
            Declare(statement, diagnostics);
            _sinks.Declare(statement, diagnostics);
        }

        Dictionary<SourceText, DiagnosticBag> bagOf = bags.ToDictionary(bag => bag.Source);
        DependencyGraph graph = Order(bagOf);
        BindTables(graph, bagOf);

        List<PlannedStatement> planned = [];
        foreach ((BoundStatement statement, DiagnosticBag diagnostics) in statements)
        {
            if (Plan(statement, diagnostics) is { } known) { planned.Add(known); }
        }

        return new ScriptPlan(planned, graph, reader.Settings, [.. _context.Statements.Mistakes, .. bags])
        {
            Declared = [.. _sources.Values],
            DeclaredSinks = _sinks.Remaining,
        };
    }

    private void Declare(BoundStatement statement, DiagnosticBag diagnostics)
    {
        switch (statement)
        {
            case BoundCreateTable { Table: var table }:
                DeclareTable(table, diagnostics);
                break;
            case BoundCreateSource source when IsFree(
                source.Source.Name, source.OrReplace, source.IfNotExists, source.NameSpan, diagnostics):
                _sources[source.Source.Name] = source.Source;
                _relations[source.Source.Name] = AsInfo(source.Source.ToSymbol());
                break;
            case BoundBroken { DeclaredName: { } name }:
                _relations.TryAdd(name, Open(name, isSource: false));
                break;
            case BoundDrop { IsSink: false } drop:
                _dropped.Add(drop.Name.Text);
                break;
        }
    }

    private void DeclareTable(TableStatement table, DiagnosticBag diagnostics)
    {
        if (IsFree(table.Name, table.OrReplace, table.IfNotExists, table.NameSpan, diagnostics))
        {
            _tables[table.Name] = table;
            _relations[table.Name] = Open(table.Name, isSource: false);
        }
    }

    /// <summary>True when the statement is the one that makes the name; a mistake is reported.</summary>
    private bool IsFree(string name, bool orReplace, bool ifNotExists, TextSpan span, DiagnosticBag diagnostics)
    {
        if (_tables.ContainsKey(name) || _sources.ContainsKey(name))
        {
            if (!ifNotExists) { diagnostics.Add(PlanningDiagnostics.DuplicateTable(span, name)); }

            return false;
        }

        bool exists = _known.TryGetValue(name, out RelationInfo? known) && !_dropped.Contains(name);
        if (!exists || orReplace || ifNotExists) { return true; }

        diagnostics.Add(BindingDiagnostics.NameExists(span, known!.IsSource ? "source" : "table", name));
        return false;
    }

    /// <summary>
    /// The graph of the scripts' tables; cycles are reported where the first table of each names the next.
    /// </summary>
    private DependencyGraph Order(Dictionary<SourceText, DiagnosticBag> bagOf)
    {
        GraphTable[] nodes = [.. _tables.Values.Select(table => new GraphTable(table.Name, DependenciesOf(table)))];
        DependencyGraph graph = DependencyGraph.Build(nodes, _ => true, out IReadOnlyList<GraphProblem> problems);
        foreach (GraphCycle cycle in problems.OfType<GraphCycle>())
        {
            TableStatement table = _tables[cycle.Tables[0]];
            TextSpan span = table.References.First(r => IsSameName(r.Name, cycle.Tables[1])).Span;
            bagOf[table.Source].Add(PlanningDiagnostics.DependencyCycle(span, cycle.Tables));
        }

        return graph;
    }

    private string[] DependenciesOf(TableStatement table) =>
    [
        .. table.References
            .Where(r => !r.IsLocation && _relations.TryGetValue(r.Name, out RelationInfo? relation)
                && !relation.IsSource)
            .Select(r => _relations[r.Name].Name)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase),
    ];

    private void BindTables(DependencyGraph graph, Dictionary<SourceText, DiagnosticBag> bagOf)
    {
        // Tables in or behind a cycle come last; what they read from each other stays open.
        IEnumerable<string> ordered = graph.Waves.SelectMany(wave => wave);
        foreach (string name in ordered.Concat(_tables.Keys.Where(name => graph.WaveOf(name) == 0)))
        {
            TableStatement table = _tables[name];
            _sinks.Bind(table, bagOf[table.Source]);
            BindTable(table, bagOf[table.Source]);
        }
    }

    private void BindTable(TableStatement table, DiagnosticBag diagnostics)
    {
        int before = diagnostics.Count;
        ReportMisplaced(table, diagnostics);
        BoundTable bound = Binder.BindTable(table, _catalog, diagnostics, isLoading: false);
        if (diagnostics.Count > before)
        {
            return;
        }

        PlannedQuery preview = LogicalPlanner.Plan(bound);
        PlanningDiagnostics.CheckStream(table, preview.Plan, diagnostics);
        PlanningDiagnostics.CheckMaintainable(table, preview.Plan, diagnostics);
        if (_sinks.SinkOf(table.Name) is { } sink) { CheckSink(table, preview, sink, diagnostics); }

        _previews[table.Name] = preview;
        bool isStream = table.IsStream || preview.Plan.Kind == ChangeKind.AppendOnly;
        _relations[table.Name] = new RelationInfo(
            table.Name, IsSource: false, isStream, bound.Relation.IsOpen ? null : preview.Schema);
    }

    private void CheckSink(TableStatement table, PlannedQuery preview, SinkDeclaration sink, DiagnosticBag diagnostics)
    {
        bool isKnown = !PlanTree.All(preview.Plan).OfType<LogicalScan>().Any(scan => scan.IsOpen);
        bool changes = table.EmitsChanges && isKnown && preview.Plan.Kind != ChangeKind.AppendOnly;
        if (changes && !preview.Schema.HasKey)
        {
            diagnostics.Add(PlanningDiagnostics.SinkNeedsKey(table.Sink!.Span, table.Name, sink.Name));
        }
        else if (changes && sink.Path is not null && PlannedSink.Of(sink).IsDelimited)
        {
            diagnostics.Add(PlanningDiagnostics.SinkCannotTellChanges(table.Sink!.Span, table.Name, sink.Name));
        }

        if (sink.Topic is { } topic && TopicsOf(table).Contains(topic))
        {
            diagnostics.Add(PlanningDiagnostics.SinkFeedsSource(table.Sink!.Span, table.Name, sink.Name, topic));
        }
    }

    /// <summary>The topics that a table reads, itself or through tables of the script.</summary>
    private HashSet<string> TopicsOf(TableStatement table)
    {
        HashSet<string> topics = [];
        HashSet<TableStatement> seen = [table];
        var waiting = new Stack<TableStatement>(seen);
        while (waiting.TryPop(out TableStatement? reader))
        {
            topics.UnionWith(reader.LocalSources.Values
                .Concat(reader.References.Select(read => _sources.GetValueOrDefault(read.Name)).OfType<SourceDeclaration>())
                .Select(source => source.Topic).OfType<string>());
            foreach (TableStatement producer in
                reader.References.Select(read => _tables.GetValueOrDefault(read.Name)).OfType<TableStatement>().Where(seen.Add))
            {
                waiting.Push(producer);
            }
        }

        return topics;
    }

    private void ReportMisplaced(TableStatement table, DiagnosticBag diagnostics)
    {
        foreach (string name in table.LocalSources.Keys.Where(_relations.ContainsKey))
        {
            TextSpan span = table.References.First(r => IsSameName(r.Name, name)).Span;
            diagnostics.Add(BindingDiagnostics.DeclaredElsewhere(span, name));
        }

        bool readsDeclared = table.LocalSources.Count > 0 || table.References.Any(r => _sources.ContainsKey(r.Name));
        string? homeless = table.SourceProperties.Names.FirstOrDefault(
            name => PropertyCatalog.Find(name) is { } known && (known.Places & PropertyPlace.Table) == PropertyPlace.None);
        if (!readsDeclared && homeless is not null)
        {
            diagnostics.Add(BindingDiagnostics.NothingTakesProperty(table.SpanOf(homeless), homeless));
        }
    }

    private PlannedStatement? Plan(BoundStatement statement, DiagnosticBag diagnostics)
    {
        switch (statement)
        {
            case BoundCreateTable { Table: var table }:
                return _tables.GetValueOrDefault(table.Name) == table ? new LoadStatement(AsPlan(table)) : null;
            case BoundCreateSource { Source: var source }:
                return _sources.GetValueOrDefault(source.Name) == source
                    ? new SourceStatement(AsPlanned(source))
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
        return diagnostics.Count > before ? null : Optimiser.Optimise(LogicalPlanner.Plan(bound), _optimiser);
    }

    private PlannedQuery? PlanQuery(QueryStatement query, DiagnosticBag diagnostics)
    {
        int before = diagnostics.Count;
        BoundRelation bound = Binder.BindQuery(query, _catalog, diagnostics);
        if (diagnostics.Count > before) { return null; }

        PlannedQuery planned = LogicalPlanner.Plan(new BoundTable(bound, []));
        if (query.EmitsChanges) { PlanningDiagnostics.CheckMaintainable(query, planned.Plan, diagnostics); }

        return diagnostics.Count > before ? null : Optimiser.Optimise(planned, _optimiser);
    }

    private IndexStatement? PlanIndex(BoundCreateIndex index, DiagnosticBag diagnostics)
    {
        string table = index.Table.Text;
        int before = diagnostics.Count;
        ReportUnknown(table, index.Table.Span, "table", isOptional: false, diagnostics);
        if (!_relations.TryGetValue(table, out RelationInfo? relation)) { return null; }

        if (relation.IsSource) { diagnostics.Add(PlanningDiagnostics.IndexOnSource(index.Table.Span, table)); }

        Data.Schema? schema = _previews.GetValueOrDefault(table)?.Schema ?? relation.Schema;
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
            [.. declared.Select(AsPlanned).OrderBy(source => source.Name, StringComparer.OrdinalIgnoreCase)],
            table.Properties)
        {
            SourceNames =
            [
                .. given.Concat(table.LocalSources.Values.Select(source => source.Name))
                    .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase),
            ],
            Statement = table,
            Sink = _sinks.SinkOf(table.Name) is { } sink ? PlannedSink.Of(sink) : null,
            Preview = preview is null ? null : Optimiser.Optimise(preview, _optimiser),
            Unoptimised = preview,
        };
    }

    private static EmitMode EmitOf(TableStatement table) =>
        table.EmitsFinal ? EmitMode.Final : table.EmitsChanges ? EmitMode.Changes : EmitMode.Snapshot;

    private static PlannedSource AsPlanned(SourceDeclaration source) => new(
        source.Name,
        source.Topic,
        source.BootstrapServers,
        source.Path,
        source.IsStream,
        source.Columns is null ? null : [.. source.Columns.Select(AsPlanned)],
        source.Properties);

    private static PlannedSourceColumn AsPlanned(DeclaredColumn column) =>
        new(column.Name, column.Type, AsMark(column.Mark), column.HeaderKey);

    private static SourceColumnMark AsMark(DeclaredMark mark) => mark switch
    {
        DeclaredMark.None => SourceColumnMark.None,
        DeclaredMark.Key => SourceColumnMark.Key,
        DeclaredMark.PrimaryKey => SourceColumnMark.PrimaryKey,
        DeclaredMark.Header => SourceColumnMark.Header,
        DeclaredMark.Headers => SourceColumnMark.Headers,
        _ => throw new UnreachableException($"No rule for {mark}."),
    };

    private static RelationInfo AsInfo(RelationSymbol symbol) =>
        new(symbol.Name, symbol.IsSource, symbol.IsStream, symbol.Schema);

    private static RelationInfo Open(string name, bool isSource) =>
        new(name, isSource, IsStream: false, Schema: null);

    private static bool IsSameName(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
