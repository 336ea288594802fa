namespace Ctas.Planning.Rewrites;

/// <summary>An order in which relations are joined. Immutable.</summary>
/// <param name="Relations">A bit for each relation.</param>
/// <param name="Rows">Rows of the result, estimated.</param>
/// <param name="Cost">Rows that are made and built on the way.</param>
/// <param name="Left">What is probed; null for one relation.</param>
/// <param name="Right">What is built; null for one relation.</param>
internal sealed record JoinTree(ulong Relations, double Rows, double Cost, JoinTree? Left, JoinTree? Right)
{
    /// <summary>True for the tree of all relations.</summary>
    public bool IsRoot { get; init; }
}
