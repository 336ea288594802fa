namespace Ctas.Maintenance;

/// <summary>What one operator of a live table keeps in memory, so that a change costs what it changes. Immutable.</summary>
/// <param name="Operator">The operator, as EXPLAIN shows it; <c>changelog</c> and a name for the rows of a source by key.</param>
/// <param name="Bytes">The bytes it keeps.</param>
public sealed record OperatorState(string Operator, long Bytes);
