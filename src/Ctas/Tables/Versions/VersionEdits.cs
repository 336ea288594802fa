namespace Ctas.Tables.Versions;

/// <summary>How the rows of a version differ from those of the version before, by number. Immutable.</summary>
/// <param name="Pairs">
/// A pair for each row that changed or has another number: its number before and after; −1 is no row. A number can be
/// given up by one row and taken by another.
/// </param>
/// <param name="NumberOf">
/// The number of every other row, when all are counted anew; the order of the rows stays. Null: they keep their numbers.
/// </param>
internal sealed record VersionEdits(IReadOnlyList<(int Old, int New)> Pairs, Func<int, int>? NumberOf = null);
