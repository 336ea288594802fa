using Ctas.Binding;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>Plans single SELECTs against relations whose schemas are known.</summary>
internal static class QueryPlanner
{
    /// <summary>Plans a table's SELECT once its sources have shown their columns.</summary>
    /// <exception cref="CtasCompilationException">Columns are missing or types do not fit; all mistakes at
    /// once.</exception>
    public static PlannedQuery Plan(TablePlan table, QueryContext context)
    {
        var diagnostics = new DiagnosticBag(table.Statement.Source);
        context = context with { Names = () => [.. table.Dependencies, .. table.SourceNames] };
        BoundTable bound = Binder.BindTable(table.Statement, context.Catalog, diagnostics, isLoading: true);
        diagnostics.ThrowIfAny();
        PlannedQuery planned = LogicalPlanner.Plan(bound, table.Statement);
        PlanningDiagnostics.CheckStream(table.Statement, planned.Plan, diagnostics);
        PlanningDiagnostics.CheckMaintainable(table.Statement, planned.Plan, diagnostics);
        diagnostics.ThrowIfAny();
        return Optimiser.Optimise(planned, context.InformedOptimiser() with { IsMaintained = table.Emit != EmitMode.Snapshot });
    }

    /// <summary>Plans a SELECT over loaded tables.</summary>
    /// <param name="sql">One SELECT, with or without a final semicolon.</param>
    /// <param name="context">The loaded tables; sources among them are refused.</param>
    /// <exception cref="CtasCompilationException">The SQL holds mistakes; all of them at once.</exception>
    public static PlannedQuery PlanQuery(string sql, QueryContext context)
    {
        var diagnostics = new DiagnosticBag(new SourceText(sql));
        QueryStatement query = Read(diagnostics);
        CheckEnds(query, diagnostics);
        return Plan(query, diagnostics, context);
    }

    /// <summary>Plans a SELECT, with EMIT CHANGES or without, whose result shall be kept right while tables change.</summary>
    /// <inheritdoc cref="PlanQuery" path="/param"/>
    /// <exception cref="CtasCompilationException">The SQL holds mistakes, or it cannot be kept right.</exception>
    public static PlannedQuery PlanChanges(string sql, QueryContext context)
    {
        var diagnostics = new DiagnosticBag(new SourceText(sql));
        QueryStatement query = Read(diagnostics);
        QueryContext maintained = context with { Optimiser = context.Optimiser with { IsMaintained = true } };
        PlannedQuery planned = Plan(query, diagnostics, maintained);
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

    /// <summary>
    /// The tables, sources and locations that a SELECT reads, sorted; common tables and aliases are none.
    /// </summary>
    /// <exception cref="CtasCompilationException">The SQL could not be parsed.</exception>
    public static IReadOnlyList<string> ReferencedRelations(string sql)
    {
        QueryStatement query = Read(new DiagnosticBag(new SourceText(sql)));
        return [.. TableReferences.Of(query.Query).Select(reference => reference.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
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

    private static PlannedQuery Plan(QueryStatement query, DiagnosticBag diagnostics, QueryContext context)
    {
        BoundRelation bound = Binder.BindQuery(query, context.Catalog, diagnostics);
        diagnostics.ThrowIfAny();
        return Optimiser.Optimise(LogicalPlanner.Plan(new BoundTable(bound, [])), context.InformedOptimiser());
    }
}
