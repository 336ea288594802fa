using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>Plans single SELECTs against relations whose schemas are known.</summary>
internal static class QueryPlanner
{
    /// <summary>Plans a table's SELECT once its sources have shown their columns.</summary>
    /// <param name="table">The table.</param>
    /// <param name="relations">
    /// The tables and sources it reads, by name; a relation without schema has no rows, and its columns are NULL.
    /// </param>
    /// <param name="options">How the plan is made better; null: without the help of other layers.</param>
    /// <param name="environment">The clock and the functions of the host; null: the system's clock.</param>
    /// <exception cref="CtasCompilationException">Columns are missing or types do not fit; all mistakes at
    /// once.</exception>
    public static PlannedQuery Plan(
        TablePlan table,
        Func<string, RelationInfo?> relations,
        OptimiserOptions? options = null,
        StatementEnvironment? environment = null)
    {
        var diagnostics = new DiagnosticBag(table.Statement.Source);
        var catalog = new RelationCatalog(relations, () => [.. table.Dependencies, .. table.SourceNames])
        {
            Functions = (environment ?? StatementEnvironment.Default).Functions,
        };
        BoundTable bound = Binder.BindTable(table.Statement, catalog, diagnostics, isLoading: true);
        diagnostics.ThrowIfAny();
        PlannedQuery planned = LogicalPlanner.Plan(bound);
        PlanningDiagnostics.CheckStream(table.Statement, planned.Plan, diagnostics);
        PlanningDiagnostics.CheckMaintainable(table.Statement, planned.Plan, diagnostics);
        diagnostics.ThrowIfAny();
        return Optimiser.Optimise(planned, Knowing(relations, options));
    }

    /// <summary>Plans a SELECT over loaded tables.</summary>
    /// <param name="sql">One SELECT, with or without a final semicolon.</param>
    /// <param name="tables">The loaded tables by name; sources among them are refused.</param>
    /// <param name="names">All names, for suggestions; null for none.</param>
    /// <param name="options">How the plan is made better; null: without the help of other layers.</param>
    /// <param name="environment">The clock and the functions of the host; null: the system's clock.</param>
    /// <exception cref="CtasCompilationException">The SQL holds mistakes; all of them at once.</exception>
    public static PlannedQuery PlanQuery(
        string sql,
        Func<string, RelationInfo?> tables,
        Func<IEnumerable<string>>? names = null,
        OptimiserOptions? options = null,
        StatementEnvironment? environment = null)
    {
        var diagnostics = new DiagnosticBag(new SourceText(sql));
        QueryStatement query = Read(diagnostics);
        CheckEnds(query, diagnostics);
        return Plan(query, diagnostics, tables, names, options, environment);
    }

    /// <summary>Plans a SELECT, with EMIT CHANGES or without, whose result shall be kept right while tables change.</summary>
    /// <inheritdoc cref="PlanQuery" path="/param"/>
    /// <exception cref="CtasCompilationException">The SQL holds mistakes, or it cannot be kept right.</exception>
    public static PlannedQuery PlanChanges(
        string sql,
        Func<string, RelationInfo?> tables,
        Func<IEnumerable<string>>? names = null,
        OptimiserOptions? options = null,
        StatementEnvironment? environment = null)
    {
        var diagnostics = new DiagnosticBag(new SourceText(sql));
        QueryStatement query = Read(diagnostics);
        PlannedQuery planned = Plan(query, diagnostics, tables, names, options, environment);
        PlanningDiagnostics.CheckMaintainable(query, planned.Plan, diagnostics);
        diagnostics.ThrowIfAny();
        return planned;
    }

    /// <summary>Refuses a SELECT that never ends where all its rows are wanted.</summary>
    /// <exception cref="CtasCompilationException">It has EMIT CHANGES, or could not be parsed.</exception>
    public static void CheckEnds(string sql)
    {
        var diagnostics = new DiagnosticBag(new SourceText(sql));
        CheckEnds(Read(diagnostics), diagnostics);
    }

    private static void CheckEnds(QueryStatement query, DiagnosticBag diagnostics)
    {
        if (query.EmitsChanges) { diagnostics.Add(PlanningDiagnostics.EndlessQuery(query.Query.Span)); }

        diagnostics.ThrowIfAny();
    }

    private static QueryStatement Read(DiagnosticBag diagnostics)
    {
        QueryStatement? query = StatementReader.ReadQuery(diagnostics);
        diagnostics.ThrowIfAny();
        return query!;
    }

    private static PlannedQuery Plan(
        QueryStatement query,
        DiagnosticBag diagnostics,
        Func<string, RelationInfo?> tables,
        Func<IEnumerable<string>>? names,
        OptimiserOptions? options,
        StatementEnvironment? environment)
    {
        var catalog = new RelationCatalog(tables, names ?? (() => []))
        {
            Functions = (environment ?? StatementEnvironment.Default).Functions,
        };
        BoundRelation bound = Binder.BindQuery(query, catalog, diagnostics);
        diagnostics.ThrowIfAny();
        return Optimiser.Optimise(LogicalPlanner.Plan(new BoundTable(bound, [])), Knowing(tables, options));
    }

    /// <summary>
    /// The tables, sources and locations that a SELECT reads, sorted; common tables and aliases are none.
    /// </summary>
    /// <exception cref="CtasCompilationException">The SQL could not be parsed.</exception>
    public static IReadOnlyList<string> ReferencedRelations(string sql)
    {
        var diagnostics = new DiagnosticBag(new SourceText(sql));
        QueryStatement? query = StatementReader.ReadQuery(diagnostics);
        diagnostics.ThrowIfAny();
        return [.. TableReferences.Of(query!.Query).Select(reference => reference.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
    }

    private static OptimiserOptions Knowing(Func<string, RelationInfo?> relations, OptimiserOptions? options)
    {
        // What was looked at once is not looked at again.
        Dictionary<string, RelationStatistics?> known = new(StringComparer.OrdinalIgnoreCase);
        return (options ?? OptimiserOptions.Default) with
        {
            Statistics = name => known.TryGetValue(name, out RelationStatistics? statistics)
                ? statistics
                : known[name] = relations(name)?.Statistics,
        };
    }
}
