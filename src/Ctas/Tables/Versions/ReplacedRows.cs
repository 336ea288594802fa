namespace Ctas.Tables.Versions;

/// <summary>What rows of a standard table were before, by the number of the change that replaced them.</summary>
/// <remarks>
/// Blocks in a list that leads forward only. A version holds the block in which the changes after it begin, so the
/// garbage collector frees every row that no version in use can see. One writer, many readers: the writer fills a
/// place before it publishes the row with that stamp.
/// </remarks>
internal sealed class ReplacedRows
{
    private const int MaxBlockRows = 4096;

    private readonly long _first;
    private readonly byte[]?[] _rows;
    private ReplacedRows? _next;

    /// <summary>Begins a list at the change <paramref name="first"/>.</summary>
    public ReplacedRows(long first, int capacity = 64)
    {
        _first = first;
        _rows = new byte[]?[capacity];
    }

    /// <summary>The row that a change replaced; null when there was none.</summary>
    public byte[]? this[long change]
    {
        get
        {
            ReplacedRows block = this;
            while (change - block._first >= block._rows.Length) { block = Volatile.Read(ref block._next)!; }

            return block._rows[change - block._first];
        }
    }

    /// <summary>Notes what the next change replaces, in the last block of the list.</summary>
    /// <returns>The last block, from where to go on.</returns>
    public ReplacedRows Add(long change, byte[]? replaced)
    {
        if (change - _first < _rows.Length)
        {
            _rows[change - _first] = replaced;
            return this;
        }

        var next = new ReplacedRows(change, Math.Min(MaxBlockRows, _rows.Length * 2));
        next._rows[0] = replaced;
        Volatile.Write(ref _next, next);
        return next;
    }
}
