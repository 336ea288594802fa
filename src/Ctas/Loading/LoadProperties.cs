using System.Globalization;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>A statement's properties, checked by the planner, as the settings they stand for.</summary>
internal static class LoadProperties
{
    public static TableModel Model(PropertySet properties) =>
        properties["table_model"] == "compact" ? TableModel.Compact : TableModel.Standard;

    public static RowErrorPolicy RowErrors(PropertySet properties) =>
        properties["on_error"] is null or "fail" ? RowErrorPolicy.Fail : RowErrorPolicy.Skip;

    /// <summary>Whether a stored snapshot is continued.</summary>
    public static UnifiedLoading Unified(PropertySet properties) => properties["loading.unified"] switch
    {
        "false" => UnifiedLoading.Off,
        "true" => UnifiedLoading.On,
        _ => UnifiedLoading.Auto,
    };

    /// <summary>The property of what a statement may hold.</summary>
    public const string MemoryLimit = "memory.limit";

    /// <summary>Most bytes the statement may hold; null when it does not say.</summary>
    public static long? MemoryBytes(PropertySet properties) => properties[MemoryLimit] is { } text
        ? long.Parse(text, CultureInfo.InvariantCulture)
        : null;

    /// <summary>What a thing that tables share may hold: as much as the table that may hold most; null: no limit.</summary>
    public static long? LargestMemoryBudget(IEnumerable<TablePlan> tables, LoadOptions options)
    {
        long?[] budgets = [.. tables.Select(table => MemoryBytes(table.Properties) ?? options.TableMemoryBytes)];
        return Array.TrueForAll(budgets, budget => budget is not null) ? budgets.Max() : null;
    }

    /// <summary>The table's own time limit, null when it has none.</summary>
    public static TimeSpan? Timeout(PropertySet properties) => properties["loading.timeout"] is { } text
        ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
        : null;
}
