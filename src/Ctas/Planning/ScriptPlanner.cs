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
internal sealed partial class ScriptPlanner
{
    private readonly PlanningContext _context;
    private readonly Dictionary<string, RelationInfo> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RelationInfo> _relations = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SourceDeclaration> _sources = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, TableStatement> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PlannedQuery> _previews = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _dropped = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _earlierSources = new(StringComparer.OrdinalIgnoreCase);
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
            _earlierSources.Add(source.Name);
            _relations[source.Name] = RelationInfo.Of(source.ToSymbol());
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
        DiagnosticBag[] bags = [.. texts.Select(text => new DiagnosticBag(text))];
        (BoundStatement Statement, DiagnosticBag Diagnostics)[] read =
            [.. bags.SelectMany(bag => reader.Read(bag).Select(statement => (statement, bag)))];
        (BoundStatement Statement, DiagnosticBag Diagnostics)[] statements =
            [.. CarriedTimes.Mark([.. read.Select(entry => entry.Statement)]).Zip(read, (statement, entry) => (statement, entry.Diagnostics))];

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
            Declared = [.. _sources.Values.Where(source => !_dropped.Contains(source.Name))],
            DeclaredSinks = _sinks.Remaining,
        };
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

        PlannedQuery preview = LogicalPlanner.Plan(bound, table);
        PlanningDiagnostics.CheckStream(table, preview.Plan, diagnostics);
        PlanningDiagnostics.CheckMaintainable(table, preview.Plan, diagnostics);
        if (_sinks.SinkOf(table.Name) is { } sink) { CheckSink(table, preview, sink, diagnostics); }

        _previews[table.Name] = preview;
        bool isStream = table.IsStream || preview.Plan.Kind == ChangeKind.AppendOnly;
        _relations[table.Name] = new RelationInfo(
            table.Name, IsSource: false, isStream, bound.Relation.IsOpen ? null : preview.Schema);
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

    private static RelationInfo Open(string name, bool isSource) =>
        new(name, isSource, IsStream: false, Schema: null);

    private static bool IsSameName(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
