using Ctas.Data;

namespace Ctas.Tables;

/// <summary>An index of a table. Immutable.</summary>
/// <param name="Columns">Names of the columns, the most significant first.</param>
/// <param name="Kind">How it finds rows.</param>
public sealed record TableIndex(IReadOnlyList<string> Columns, IndexKind Kind);
