using Ctas.Data;
using Ctas.Loading;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas;

/// <summary>Describes load graphs for people.</summary>
internal static class LoadPlans
{
    /// <summary>The graph as waves of tables with their keys, change kinds and plans.</summary>
    public static LoadPlan Describe(LoadGraph graph) => new(
    [
        .. from table in graph.Tables
           group table by table.Wave into wave
           orderby wave.Key
           let common = CommonParts.Of(wave.Where(table => table.Plan.Emit == EmitMode.Snapshot)
               .ToDictionary(table => table.Plan.Name, table => table.Plan.Preview!.Plan))
           select new PlannedWave(wave.Key, [.. wave.Select(table => Describe(table, common))]),
    ]);

    private static PlannedTable Describe(TableToLoad table, CommonParts common)
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
            ExplainText.Render(common.Marked(table.Plan.Name, preview.Plan)));
    }
}
