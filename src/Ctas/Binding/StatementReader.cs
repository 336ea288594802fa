using System.Diagnostics;
using Ctas.Binding.Properties;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>
/// Parses texts into statements and checks what can be checked in each alone: properties, declared columns, what is not
/// supported. SET counts for what follows, from text to text. Single-threaded.
/// </summary>
internal sealed class StatementReader(ScriptSurroundings surroundings)
{
    private static readonly string[] Places = ["topic", "path", "type", "partitions", "replicas"];

    private PropertySet _settings = PropertySet.Empty;

    /// <summary>What SET has set so far, by canonical name.</summary>
    public PropertySet Settings => _settings;

    /// <summary>Parses a text that is one SELECT; null after a mistake, which has been reported.</summary>
    public static QueryStatement? ReadQuery(DiagnosticBag diagnostics)
    {
        ParseResult<ScriptSyntax> parsed = Parser.ParseScript(diagnostics.Source);
        diagnostics.AddRange(parsed.Diagnostics);
        if (parsed.Diagnostics.Count > 0) { return null; }

        if (parsed.Root.Statements is [SelectStatementSyntax select])
        {
            return new QueryStatement(select.Query, select.Emit, diagnostics.Source);
        }

        TextSpan place = parsed.Root.Statements.FirstOrDefault(s => s is not SelectStatementSyntax)?.Span
            ?? parsed.Root.Span;
        diagnostics.Add(BindingDiagnostics.NotOneQuery(place));
        return null;
    }

    /// <summary>Reads the statements of a script in order; mistakes are reported.</summary>
    public IReadOnlyList<BoundStatement> Read(DiagnosticBag diagnostics)
    {
        ParseResult<ScriptSyntax> parsed = Parser.ParseScript(diagnostics.Source);
        diagnostics.AddRange(parsed.Diagnostics);
        List<BoundStatement> statements = [];
        foreach (StatementSyntax syntax in parsed.Root.Statements) { statements.Add(Read(syntax, diagnostics)); }

        return statements;
    }

    private BoundStatement Read(StatementSyntax syntax, DiagnosticBag diagnostics)
    {
        switch (syntax)
        {
            case CreateAsSyntax create:
                return new BoundCreateTable(ReadTable(create, diagnostics), create.Span);
            case CreateSourceSyntax create:
                return ReadSource(create, diagnostics);
            case SelectStatementSyntax select:
                return new BoundSelect(new QueryStatement(select.Query, select.Emit, diagnostics.Source), select.Span);
            case DropSyntax drop:
                return new BoundDrop(drop.Kind, drop.Name, drop.IfExists, drop.Cascade, drop.Span);
            case ShowSyntax show:
                return new BoundShow(show.Kind, show.Span);
            case DescribeSyntax describe:
                return new BoundDescribe(describe.Name, describe.Span);
            case ExplainSyntax { Statement: CreateAsSyntax or SelectStatementSyntax or BrokenStatementSyntax } explain:
                return new BoundExplain(Read(explain.Statement, diagnostics), explain.Analyze, explain.Span);
            case ExplainSyntax explain:
                return Refuse(explain, "EXPLAIN of anything but SELECT and CREATE … AS", diagnostics);
            case SetSyntax set:
                return ReadSet(set, diagnostics);
            case CreateSinkSyntax sink:
                return ReadSink(sink, diagnostics);
            case CreateIndexSyntax index:
                return ReadIndex(index, diagnostics);
            case BrokenStatementSyntax broken:
                return new BoundBroken(broken.DeclaredName?.Text, broken.Span);
            default:
                throw new UnreachableException($"No rule for {syntax.GetType().Name}.");
        }
    }

    private static BoundStatement ReadIndex(CreateIndexSyntax index, DiagnosticBag diagnostics)
    {
        IndexKind? kind = index.Method?.Text.ToUpperInvariant() switch
        {
            null or "BTREE" => IndexKind.Ordered,
            "HASH" => IndexKind.Hash,
            _ => null,
        };
        if (kind is { } known)
        {
            return new BoundCreateIndex(
                new WrittenName(index.Table.Text, index.Table.Span),
                known,
                [.. index.Columns.Select(column => new WrittenName(column.Text, column.Span))],
                index.Span);
        }

        diagnostics.Add(BindingDiagnostics.UnknownIndexMethod(index.Method!.Span, index.Method.Text));
        return new BoundBroken(DeclaredName: null, index.Span);
    }

    private static BoundBroken Refuse(StatementSyntax syntax, string construct, DiagnosticBag diagnostics)
    {
        diagnostics.Add(BindingDiagnostics.NotSupportedYet(syntax.Span, construct));
        return new BoundBroken(DeclaredName: null, syntax.Span);
    }

    private TableStatement ReadTable(CreateAsSyntax syntax, DiagnosticBag diagnostics)
    {
        IReadOnlyList<TableReference> references = TableReferences.Of(syntax.Query);
        var names = new Dictionary<string, PropertyPlace>(StringComparer.OrdinalIgnoreCase);
        if (syntax.Sink is { } into) { names[into.Text] = PropertyPlace.Sink; }

        foreach (TableReference read in references.Where(r => !r.IsLocation)) { names[read.Name] = PropertyPlace.Source; }

        string statement = $"CREATE {syntax.Kind.ToString().ToUpperInvariant()} … AS";
        var binder = new PropertyBinder(diagnostics, surroundings, statement, PropertyPlace.Any, names);
        BoundProperties properties = binder.Bind(syntax.Properties, syntax.Span);
        ReportOwnPlace(properties.Own, statement, diagnostics);

        var sources = new SourceBinder(diagnostics, surroundings, _settings);
        PropertySet sourceProperties =
            PropertySets.Only(properties.Own.Properties, PropertyPlace.Source, except: Places);
        bool? isStream = syntax.Kind == RelationKind.Stream ? true : null;
        Dictionary<string, SourceDeclaration> local = new(StringComparer.OrdinalIgnoreCase);
        SinkDeclaration? sink = null;
        foreach ((string name, PropertyGroup group) in properties.Named)
        {
            if (names[name] == PropertyPlace.Sink)
            {
                SinkDeclaration? bound = new SinkBinder(diagnostics, surroundings, _settings).Bind(name, group);
                sink = (bound ?? SinkDeclaration.Without(name)) with { Owner = syntax.Name.Text };
                continue;
            }

            // One without a place has been reported; its name is no further mistake.
            local.Add(
                name, sources.BindNamed(name, group, properties.Own, isStream) ?? SourceDeclaration.Without(name));
        }

        // A mistake in its properties has been reported; that the sink is then not known is no further one.
        if (sink is null && syntax.Sink is { } broken
            && syntax.Properties.Any(p => p.Name.Text.StartsWith(broken.Text + ".", StringComparison.OrdinalIgnoreCase)))
        {
            sink = SinkDeclaration.Without(broken.Text) with { Owner = syntax.Name.Text };
        }

        foreach (TableReference location in references.Where(r => r.IsLocation && !local.ContainsKey(r.Name)))
        {
            if (sources.BindLocation(location, properties.Own, isStream) is { } source)
            {
                local.Add(location.Name, source);
            }
        }

        PropertySet own = PropertySets.Over(_settings, properties.Own.Properties, PropertyPlace.Table);
        return new TableStatement(syntax, diagnostics.Source, references, local, own, sourceProperties)
        {
            ReadsEventTime = TableReferences.ReadEventTime(syntax.Query),
            LocalSink = sink,
        };
    }

    /// <summary>A place belongs to one source, and the statement may read several.</summary>
    private static void ReportOwnPlace(PropertyGroup own, string statement, DiagnosticBag diagnostics)
    {
        foreach (string name in Places)
        {
            if (own.InputOf(name) is { } input)
            {
                diagnostics.Add(BindingDiagnostics.PropertyMisplaced(
                    input.NameSpan,
                    input.Shown,
                    statement,
                    $"a source: write it with the name in front, like orders.{name}"));
            }
        }
    }

    private BoundStatement ReadSink(CreateSinkSyntax syntax, DiagnosticBag diagnostics)
    {
        var binder = new PropertyBinder(
            diagnostics, surroundings, "CREATE SINK", PropertyPlace.Sink, new Dictionary<string, PropertyPlace>());
        PropertyGroup group = binder.Bind(syntax.Properties, syntax.Name.Span).Own;
        return new SinkBinder(diagnostics, surroundings, _settings).Bind(syntax.Name.Text, group) is { } sink
            ? new BoundCreateSink(sink, syntax.Name.Span, syntax.Span)
            : new BoundBroken(syntax.Name.Text, syntax.Span);
    }

    private BoundStatement ReadSource(CreateSourceSyntax syntax, DiagnosticBag diagnostics)
    {
        string statement = $"CREATE {syntax.Kind.ToString().ToUpperInvariant()}";
        var binder = new PropertyBinder(
            diagnostics, surroundings, $"{statement} without AS", PropertyPlace.Source, new Dictionary<string, PropertyPlace>());
        BoundProperties properties = binder.Bind(syntax.Properties, syntax.Name.Span);
        SourceDeclaration? source =
            new SourceBinder(diagnostics, surroundings, _settings).BindStatement(syntax, properties.Own);
        return source is null
            ? new BoundBroken(syntax.Name.Text, syntax.Span)
            : new BoundCreateSource(source, syntax.OrReplace, syntax.IfNotExists, syntax.Name.Span, syntax.Span);
    }

    private BoundStatement ReadSet(SetSyntax syntax, DiagnosticBag diagnostics)
    {
        var binder = new PropertyBinder(diagnostics, surroundings, "SET", PropertyPlace.Any | PropertyPlace.Sink, new Dictionary<string, PropertyPlace>());
        PropertyGroup group = binder.Bind([syntax.Property], syntax.Span).Own;
        ReportOwnPlace(group, "SET", diagnostics);
        if (group.Properties.Names.FirstOrDefault() is not { } name)
        {
            return new BoundBroken(DeclaredName: null, syntax.Span);
        }

        foreach (string set in group.Properties.Names) { _settings = _settings.With(set, group.Properties[set]!); }

        return new BoundSet(name, group.Properties[name]!, syntax.Span);
    }
}
