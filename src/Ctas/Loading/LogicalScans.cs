using Ctas.Planning;

namespace Ctas.Loading;

/// <summary>Finds what a plan reads.</summary>
internal static class LogicalScans
{
    /// <summary>Every scan of the plan, as often as it stands there.</summary>
    public static IEnumerable<LogicalScan> Of(LogicalPlan plan) =>
        plan is LogicalScan scan ? [scan] : plan.Children.SelectMany(Of);
}
