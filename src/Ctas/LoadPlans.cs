using Ctas.Data;
using Ctas.Loading;
using Ctas.Planning;

namespace Ctas;

/// <summary>Describes load graphs for people.</summary>
internal static class LoadPlans
{
    /// <summary>The graph as waves of tables with their keys, change kinds and plans.</summary>
    public static LoadPlan Describe(LoadGraph graph) => new(
    [
        .. from table in graph.Tables
           group Describe(table) by table.Wave into wave
           orderby wave.Key
           select new PlannedWave(wave.Key, [.. wave]),
    ]);

    private static PlannedTable Describe(TableToLoad table)
    {
        PlannedQuery preview = table.Plan.Preview!;
        Schema schema = preview.Schema;
        return new PlannedTable(
            table.Plan.Name,
            table.Wave,
            table.Plan.Dependencies,
            table.Plan.SourceNames,
            [.. schema.Fields.Select(field => $"{field.Name} {field.Type}")],
            [.. schema.Key.Select(ordinal => schema.Fields[ordinal].Name)],
            ExplainText.Describe(preview.Plan.Kind),
            LoadProperties.Model(table.Plan.Properties).ToString().ToLowerInvariant(),
            ExplainText.Render(preview.Plan));
    }
}
