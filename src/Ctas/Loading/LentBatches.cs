using Ctas.Planning;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Which tables need nothing of a batch any more once they have taken it, so that its memory serves the next one.</summary>
internal static class LentBatches
{
    /// <summary>True when a table copies the rows of its one source and nothing else does anything with them.</summary>
    /// <remarks>
    /// A compact table encodes what it is given; a standard one may keep whole batches, and operators keep columns: joins
    /// their build side, expressions what they pass on.
    /// </remarks>
    public static bool AreTakenBy(TablePlan table) =>
        table is { Emit: EmitMode.Snapshot, Unoptimised: { } query }
        && LoadProperties.Model(table.Properties) == TableModel.Compact
        && PicksColumns(query.Plan);

    private static bool PicksColumns(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => scan is { IsSource: true, IsOpen: false },
        LogicalProject project => project.Expressions.All(expression => expression is ColumnReference) && PicksColumns(project.Input),
        _ => false,
    };
}
