namespace Ctas.Data;

/// <summary>What an index is over. Immutable.</summary>
/// <param name="Columns">Ordinals of the columns, the most significant first.</param>
/// <param name="Kind">How it finds rows.</param>
internal sealed record IndexDefinition(OrdinalList Columns, IndexKind Kind)
{
    /// <summary>True when it finds rows by the values of these columns.</summary>
    /// <param name="columns">The columns, in the order of the search.</param>
    /// <param name="isEquality">True when each is compared with one value, false when the last has bounds.</param>
    public bool Serves(ReadOnlySpan<int> columns, bool isEquality)
    {
        if (columns.Length > Columns.Count || (Kind == IndexKind.Hash && !(isEquality && columns.Length == Columns.Count)))
        {
            return false;
        }

        for (int place = 0; place < columns.Length; place++)
        {
            if (columns[place] != Columns[place]) { return false; }
        }

        return true;
    }
}
