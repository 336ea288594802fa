using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Versions;

/// <summary>
/// A writer that finds rows by their key, or by all their columns where there is none: then from the first retraction on.
/// </summary>
internal abstract class IndexedTableWriter : TableWriter, IIndexedRows
{
    private ulong[] _hashes = [];

    /// <summary>Goes on from a version, as its only writer.</summary>
    /// <exception cref="InvalidOperationException">Another writer does.</exception>
    private protected IndexedTableWriter(Table version, WriterOptions options)
        : base(Claimed(version), options)
    {
        RowsInNext = version.RowCount;
        Identity = Shape.Schema.HasKey ? Shape.Keys : AllColumns;
    }

    /// <inheritdoc/>
    public sealed override long RowCount => RowsInNext;

    /// <summary>Rows the next version will have.</summary>
    protected long RowsInNext { get; set; }

    /// <summary>Hashes and compares what a row is found by.</summary>
    protected KeyLayout Identity { get; }

    /// <summary>Finds rows; null while none needs to be found.</summary>
    protected TagIndex? Index { get; set; }

    /// <summary>The rows as the writer sees them.</summary>
    protected abstract RowStore Written { get; }

    /// <inheritdoc/>
    public bool TryHash(int row, out uint hash)
    {
        bool isLive = IsLive(row);
        hash = isLive ? KeyIndex.Shorten(Identity.Hash(Written, row)) : 0;
        return isLive;
    }

    /// <summary>True when the writer has a row of that number.</summary>
    protected abstract bool IsLive(int row);

    /// <summary>Numbers of all rows that the writer has.</summary>
    protected abstract IEnumerable<int> LiveNumbers();

    /// <summary>Prepares to look for the rows of a batch, where any of them will be looked for or indexed.</summary>
    protected void Hash(ChangeBatch changes)
    {
        Batch rows = changes.Rows;
        if (changes.Weights is not null) { Index ??= IndexAllRows(); }

        if (Index is null) { return; }

        if (_hashes.Length < rows.RowCount) { _hashes = new ulong[rows.RowCount]; }

        Identity.Hash(rows, 0, rows.RowCount, _hashes);
    }

    /// <summary>The hash of a row of the batch.</summary>
    protected uint HashOf(int row) => KeyIndex.Shorten(_hashes[row]);

    private TagIndex IndexAllRows()
    {
        var index = new TagIndex();
        foreach (int row in LiveNumbers())
        {
            if (TryHash(row, out uint hash)) { index.Add(hash, row, this); }
        }

        return index;
    }

    private static Table Claimed(Table version) => version.Continuation.TryTake() ? version : throw HasWriter(version);
}
