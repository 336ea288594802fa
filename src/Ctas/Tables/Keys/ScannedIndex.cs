using Ctas.Data;

namespace Ctas.Tables.Keys;

/// <summary>Indexes rows that pass batch by batch and have different keys, numbered as they come. Single-threaded.</summary>
/// <param name="keys">The key columns.</param>
/// <param name="rows">How many rows there will be.</param>
internal sealed class ScannedIndex(KeyLayout keys, int rows)
{
    private readonly KeyHashes _hashing = new(keys);
    private readonly uint[] _hashes = new uint[rows];
    private int _count;

    /// <summary>Takes the keys of the next rows.</summary>
    public void Add(Batch batch)
    {
        _hashing.HashShort(batch, 0, batch.RowCount, _hashes.AsSpan(_count));
        _count += batch.RowCount;
    }

    /// <summary>The index of all rows.</summary>
    public TagIndex Complete() => TagIndex.Of(_hashes.AsMemory(0, _count), rows: default);
}
