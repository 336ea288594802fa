namespace Ctas.Tables.Keys;

/// <summary>The rows behind a <see cref="TagIndex"/>, which keeps no hashes of its own.</summary>
internal interface IIndexedRows
{
    /// <summary>The hash of the key of a row as the writer sees it; false when the row is dead.</summary>
    bool TryHash(int row, out uint hash);
}
