namespace Ctas.Cli.Plans;

/// <summary>Words for the traits of planned tables.</summary>
internal static class PlanText
{
    /// <summary><c>key (id), upsert, compact</c>; without a key, or with one that only the data tells, it is left out.</summary>
    public static string Traits(PlannedTable table)
    {
        string traits = $"{table.ChangeKind}, {table.Model}";
        return table.Key.Count > 0 ? $"key ({string.Join(", ", table.Key)}), {traits}" : traits;
    }
}
