using Ctas.Data;

namespace Ctas.Execution;

/// <summary>Rows of a plan, kept to be read several times. Immutable.</summary>
/// <param name="Batches">The rows.</param>
/// <param name="SizeInBytes">Bytes they take.</param>
/// <param name="Statistics">What was done to get them.</param>
internal sealed record KeptRows(IReadOnlyList<Batch> Batches, long SizeInBytes, ExecutionStatistics Statistics);
