using Ctas.Planning;

namespace Ctas.Loading;

/// <summary>Makes load graphs of plans and of table definitions.</summary>
internal static class LoadGraphs
{
    /// <summary>The graph of a script's tables.</summary>
    public static LoadGraph Build(ScriptPlan script, Func<string, int>? priorityOf = null) => new(
    [
        .. from table in script.Tables
           let wave = script.Graph.WaveOf(table.Name)
           orderby wave, table.Name
           select new TableToLoad(table, wave, priorityOf?.Invoke(table.Name) ?? 0, table.Dependencies)
           {
               Indexes = script.IndexesOf(table.Name),
           },
    ]);

    /// <summary>The graph of table definitions; their SQL is planned as one script.</summary>
    /// <exception cref="Text.CtasCompilationException">There are mistakes; all of them at once.</exception>
    public static LoadGraph Build(IReadOnlyList<TableDefinition> definitions, LoadServices services)
    {
        ScriptPlan script = LoadPlanning.Plan([.. definitions.Select(TableDefinitionSql.Of)], services);

        // Explicit dependencies come on top of those that the SQL shows, so the waves are found anew.
        Dictionary<string, TableDefinition> byName =
            definitions.ToDictionary(definition => definition.Name, StringComparer.OrdinalIgnoreCase);
        GraphTable[] nodes = [.. script.Tables.Select(table => new GraphTable(
            table.Name,
            [.. table.Dependencies.Union(byName[table.Name].DependsOn, StringComparer.OrdinalIgnoreCase)]))];
        DependencyGraph graph = DependencyGraph.Create(nodes, name => services.Registry.TryGetMetadata(name, out _));
        Dictionary<string, GraphTable> nodeOf = nodes.ToDictionary(node => node.Name, StringComparer.OrdinalIgnoreCase);
        return new LoadGraph(
        [
            .. from table in script.Tables
               let wave = graph.WaveOf(table.Name)
               orderby wave, table.Name
               select new TableToLoad(table, wave, byName[table.Name].Priority, nodeOf[table.Name].Dependencies),
        ]);
    }
}
