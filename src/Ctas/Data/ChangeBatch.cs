namespace Ctas.Data;

/// <summary>A batch of changes: rows, which of them count, and with what weight. Immutable.</summary>
/// <remarks>A snapshot load is one large change in which every weight is +1; it carries no weights at all.</remarks>
/// <param name="Rows">The columns.</param>
/// <param name="Selection">The rows that count; null means every row.</param>
/// <param name="Weights">
/// Weight per row of <paramref name="Rows"/> (+1 inserts, −1 retracts); null means all +1. An update is a retraction
/// followed by an insertion.
/// </param>
public sealed record ChangeBatch(Batch Rows, RowSelection? Selection = null, int[]? Weights = null)
{
    /// <summary>Number of changes.</summary>
    public int Count => Selection?.Length ?? Rows.RowCount;

    /// <summary>True when every change inserts.</summary>
    public bool IsInsertOnly => Weights is null;

    /// <summary>The same changes without a selection: the rows that do not count are gone.</summary>
    public ChangeBatch Densify()
    {
        if (Selection is not { } selected) { return this; }

        ReadOnlySpan<int> selection = selected.Span;

        int[]? weights = Weights is null ? null : new int[selection.Length];
        for (int change = 0; weights is not null && change < weights.Length; change++)
        {
            weights[change] = Weights![selection[change]];
        }

        return new ChangeBatch(Rows.Gather(selection), Selection: null, weights);
    }
}
