using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    private (BoundRelation Relation, Scope Scope) BindFrom(TableSyntax? from, CommonTables? commonTables) =>
        from is null ? (new BoundSingleRow(), Scope.Empty) : BindTableSyntax(from, commonTables);

    private (BoundRelation Relation, Scope Scope) BindTableSyntax(TableSyntax table, CommonTables? commonTables)
    {
        switch (table)
        {
            case NamedTableSyntax named:
                return Aliased(BindName(named.Name, commonTables), named.Alias, named.Name.Text);
            case LocationSyntax location:
                return Aliased(BindLocation(location), location.Alias, LocationAlias(location.Text));
            case SubqueryTableSyntax subquery:
                return Aliased(BindQuery(subquery.Query, commonTables), subquery.Alias, name: null);
            case JoinSyntax { Right: FunctionTableSyntax function } join when MakesRows(function.Call):
                return BindUnnestJoin(join, function, commonTables);
            case JoinSyntax { Right: SubqueryTableSyntax { IsLateral: true } query } join:
                return BindLateralJoin(join, query, commonTables);
            case JoinSyntax join:
                return BindJoin(join, commonTables);
            case FunctionTableSyntax function when MakesRows(function.Call):
                return BindUnnest(function);
            case FunctionTableSyntax function:
                return Aliased(RefuseFunction(function.Call), function.Alias, name: null);
            default:
                throw new System.Diagnostics.UnreachableException($"No rule for {table.GetType().Name}.");
        }
    }

    private BoundScan RefuseFunction(FunctionCallSyntax call)
    {
        string name = call.Name.Text;
        if (catalog.Functions.Find(name.ToUpperInvariant()) is null)
        {
            Report(BindingDiagnostics.FunctionNotFound(
                call.Name.Span, name, ClosestName.Find(name.ToUpperInvariant(), catalog.Functions.AllNames)));
        }
        else
        {
            Report(BindingDiagnostics.NotSupportedYet(
                call.Span,
                $"function \"{name}\" in FROM",
                "GENERATE_SERIES and table functions of the host give rows; UNNEST(…) gives those of an ARRAY or a MAP."));
        }

        return SilentRelation(name);
    }

    private (BoundRelation Relation, Scope Scope) Aliased(BoundRelation relation, TableAliasSyntax? alias, string? name)
    {
        BoundRelation renamed = alias is null ? relation : WithColumnNames(relation, alias.Columns, alias.Name);
        return (renamed, new Scope([new ScopeTable(alias?.Name.Text ?? name, renamed)], [], []));
    }

    /// <summary>
    /// A common table, a registered table or source, or a source declared in place; never silently a topic.
    /// </summary>
    private BoundRelation BindName(NameSyntax name, CommonTables? commonTables)
    {
        if (CommonTables.Find(commonTables, name) is { } common) { return BindCommonTable(name, common.Relation, common.Scans); }

        _scans++;

        if (catalog.Find(name.Text) is { } relation) { return BindRelation(relation, name.Span); }

        if (localSources.TryGetValue(name.Text, out SourceDeclaration? local)) { return Scan(local.ToSymbol()); }

        IEnumerable<string> candidates =
            catalog.Names.Concat(localSources.Keys).Concat(CommonTables.Names(commonTables));
        Report(BindingDiagnostics.RelationNotFound(
            name.Span, name.Text, reader, ClosestName.Find(name.Text, candidates)));
        return SilentRelation(name.Text);
    }

    private BoundRelation BindCommonTable(NameSyntax name, BoundRelation relation, long scans)
    {
        _scans += scans;
        if (!_readCommonTables.Add(relation) && !relation.IsDeterministic())
        {
            Report(BindingDiagnostics.NotSupportedYet(
                name.Span,
                $"reading the common table \"{name.Text}\" twice, whose values differ each time,",
                "Make a table of it with CREATE TABLE … AS, and read that."));
        }

        if (_scans <= MaxScans) { return Renewed(relation); }

        _scans = 0;
        Report(BindingDiagnostics.TooManyScans(name.Span, name.Text, MaxScans));
        return SilentRelation(name.Text);
    }

    private BoundScan BindLocation(LocationSyntax location)
    {
        if (IsAdHoc)
        {
            string table = LocationAlias(location.Text) ?? "name";
            Report(BindingDiagnostics.SourceInQuery(location.Span, location.Text, table));
            return SilentRelation(location.Text);
        }

        _scans++;
        if (catalog.Find(location.Text) is { } known) { return Scan(known); }

        return localSources.TryGetValue(location.Text, out SourceDeclaration? source)
            ? Scan(source.ToSymbol())
            : SilentRelation(location.Text);
    }

    private BoundScan BindRelation(RelationSymbol relation, TextSpan span)
    {
        if (IsAdHoc && relation.IsSource)
        {
            Report(BindingDiagnostics.SourceInQuery(span, relation.Name, relation.Name + "_table"));
            return SilentRelation(relation.Name);
        }

        return Scan(relation);
    }

    private BoundScan Scan(RelationSymbol relation) => new(
        relation,
        (relation.Schema?.Fields ?? FieldList.Empty).Select(field => new ColumnSymbol(field.Name, field.Type)),
        PseudoColumn.SymbolsFor(relation),
        openColumnType);

    /// <summary>What a location without alias is called: the topic, or the file's name without its endings.</summary>
    private static string? LocationAlias(string location)
    {
        string last = location.TrimEnd('/').Split('/', '\\')[^1];
        if (location.StartsWith("kafka://", StringComparison.OrdinalIgnoreCase)) { return last; }

        int dot = last.IndexOf('.', StringComparison.Ordinal);
        string stem = dot > 0 ? last[..dot] : last;
        return stem.Length == 0 || stem.Contains('*', StringComparison.Ordinal) ? null : stem;
    }
}
