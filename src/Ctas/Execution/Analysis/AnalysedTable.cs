namespace Ctas.Execution.Analysis;

/// <summary>A table whose load is analysed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Profile">Where to note what the operators do.</param>
internal sealed record AnalysedTable(string Name, PlanProfile Profile)
{
    /// <summary>The profile for a table of that name; null when it is another.</summary>
    public PlanProfile? ProfileOf(string name) =>
        string.Equals(name, Name, StringComparison.OrdinalIgnoreCase) ? Profile : null;
}
