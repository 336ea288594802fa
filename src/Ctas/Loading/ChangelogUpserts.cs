using Ctas.Data;
using Ctas.Planning;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>
/// Which tables need no compaction of their changelog beforehand: those that hold its rows under its own key. Their
/// builder replaces and deletes by key while the topic is read, so that nothing is stored twice.
/// </summary>
internal static class ChangelogUpserts
{
    /// <summary>True when the versions of a key may be applied to the table one after the other.</summary>
    /// <remarks>
    /// The SELECT passes columns through and nothing else: what it computed of a version that a later one replaces could
    /// fail, and a version that it filtered out would have to delete the one before.
    /// </remarks>
    public static bool ArePossible(TablePlan table, SourceDefinition source)
    {
        SourceColumn[] keys = [.. (source.Columns ?? []).Where(column => column.Role == SourceColumnRole.Key)];
        bool isKeyed = source is { Mode: ReadMode.Changelog, NullKey: not NullKeyPolicy.Append }
            && keys is [{ Type.Kind: DataTypeKind.Varchar or DataTypeKind.Int or DataTypeKind.BigInt }];
        return isKeyed
            && table is { Emit: EmitMode.Snapshot, Unoptimised: { Schema.Key: [var key] } query }
            && NameOfColumn(query.Plan, key) is { } name
            && string.Equals(name, keys[0].Name, StringComparison.OrdinalIgnoreCase);
    }

    // The source's name of a column of the plan; null where the plan does more than to pick columns.
    private static string? NameOfColumn(LogicalPlan plan, int ordinal)
    {
        while (plan is LogicalProject project && project.Expressions.All(expression => expression is ColumnReference))
        {
            ordinal = ((ColumnReference)project.Expressions[ordinal]).Ordinal;
            plan = project.Input;
        }

        return plan is LogicalScan { IsSource: true, IsOpen: false } scan ? scan.Schema.Fields[ordinal].Name : null;
    }
}
