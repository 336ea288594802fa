using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>What the rows of an operator's state look like.</summary>
/// <param name="Types">Types of the columns.</param>
/// <param name="Key">Ordinals of columns that tell rows apart at any moment; none where none are known.</param>
internal readonly record struct RowShape(DataType[] Types, IReadOnlyList<int> Key)
{
    /// <summary>The shape of the rows that a plan gives.</summary>
    public static RowShape Of(LogicalPlan plan) =>
        new([.. plan.Schema.Fields.Select(field => field.Type)], IsKeyed(plan) ? plan.Schema.Key : OrdinalList.Empty);

    // A tick takes rows away before it puts others in their place: a key has one row, and meanwhile a few.
    private static bool IsKeyed(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => !scan.IsSource || scan.Kind == ChangeKind.Upsert,
        LogicalFilter filter => IsKeyed(filter.Input),
        LogicalProject project => IsKeyed(project.Input),
        _ => UniqueKeys.AreGivenBy(plan),
    };
}
