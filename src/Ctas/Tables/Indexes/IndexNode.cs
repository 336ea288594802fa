namespace Ctas.Tables.Indexes;

/// <summary>A place in an index.</summary>
/// <param name="Prefix">Leading bits of the row's values, or their hash.</param>
/// <param name="Row">The number of the row.</param>
internal readonly record struct IndexEntry(ulong Prefix, int Row);

/// <summary>A node of the tree of an index: a leaf holds entries, a branch the first entry of each child.</summary>
/// <remarks>
/// Versions share nodes. A node belongs to the edits that made it, which may change it until its version is published;
/// for later ones it is immutable, and they change a copy.
/// </remarks>
internal sealed class IndexNode
{
    /// <summary>Entries that a node has room for; one more than it keeps.</summary>
    public const int Capacity = 128;

    private const int HeaderBytes = 112;

    private readonly IndexEdits? _owner;
    private readonly ulong[] _prefixes;
    private readonly int[] _rows;
    private readonly IndexNode[]? _children;

    private IndexNode(IndexEdits? owner, ulong[] prefixes, int[] rows, IndexNode[]? children)
    {
        _owner = owner;
        _prefixes = prefixes;
        _rows = rows;
        _children = children;
    }

    /// <summary>Entries in it.</summary>
    public int Count { get; private set; }

    /// <summary>True when it has no children.</summary>
    public bool IsLeaf => _children is null;

    /// <summary>Bytes of the node alone.</summary>
    public long OwnBytes => HeaderBytes
        + (_prefixes.Length * (sizeof(ulong) + sizeof(int)))
        + ((_children?.Length ?? 0) * (long)IntPtr.Size);

    /// <summary>Bytes of the node and everything below it.</summary>
    public long SizeInBytes
    {
        get
        {
            long bytes = OwnBytes;
            for (int child = 0; !IsLeaf && child < Count; child++) { bytes += _children![child].SizeInBytes; }

            return bytes;
        }
    }

    /// <summary>An entry of a leaf, or the first one of a child.</summary>
    public IndexEntry this[int place] => new(_prefixes[place], _rows[place]);

    /// <summary>The leading bits of all entries.</summary>
    public ReadOnlySpan<ulong> Prefixes => _prefixes.AsSpan(0, Count);

    /// <summary>The row numbers of all entries.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>A child of a branch.</summary>
    public IndexNode Child(int place) => _children![place];

    /// <summary>The tree of entries that are in order.</summary>
    public static IndexNode Build(ReadOnlySpan<ulong> prefixes, ReadOnlySpan<int> rows)
    {
        var level = new List<IndexNode>();
        for (int start = 0; start == 0 || start < rows.Length; start += Capacity - 1)
        {
            int count = Math.Min(Capacity - 1, rows.Length - start);
            level.Add(new IndexNode(null, prefixes.Slice(start, count).ToArray(), rows.Slice(start, count).ToArray(), null)
            {
                Count = count,
            });
        }

        while (level.Count > 1) { level = [.. level.Chunk(Capacity - 1).Select(children => Branch(null, children))]; }

        return level[0];
    }

    /// <summary>A branch over children in order.</summary>
    public static IndexNode Branch(IndexEdits? owner, IndexNode[] children)
    {
        int room = owner is null ? children.Length : Capacity;
        var branch = new IndexNode(owner, new ulong[room], new int[room], new IndexNode[room]) { Count = children.Length };
        children.CopyTo(branch._children!, 0);
        for (int child = 0; child < children.Length; child++) { branch.ShowFirst(child); }

        return branch;
    }

    /// <summary>The node for some edits to change: itself when it is theirs, else a copy with room.</summary>
    public IndexNode For(IndexEdits owner)
    {
        if (_owner == owner) { return this; }

        var copy = new IndexNode(owner, new ulong[Capacity], new int[Capacity], IsLeaf ? null : new IndexNode[Capacity]);
        copy.Append(this, 0);
        return copy;
    }

    /// <summary>The same tree over other row numbers that are in the same order.</summary>
    public IndexNode Renumber(Func<int, int> numberOf)
    {
        IndexNode[]? children = _children is null ? null : Array.ConvertAll(_children[..Count], child => child.Renumber(numberOf));
        int[] rows = Array.ConvertAll(_rows[..Count], row => numberOf(row));
        return new IndexNode(null, _prefixes[..Count], rows, children) { Count = Count };
    }

    /// <summary>Puts a child in the place of another.</summary>
    public void Set(int place, IndexNode child)
    {
        _children![place] = child;
        ShowFirst(place);
    }

    /// <summary>Puts an entry before the one at a place.</summary>
    public void Insert(int place, IndexEntry entry)
    {
        Shift(place, place + 1);
        (_prefixes[place], _rows[place]) = (entry.Prefix, entry.Row);
    }

    /// <summary>Puts a child before the one at a place.</summary>
    public void Insert(int place, IndexNode child)
    {
        Shift(place, place + 1);
        Set(place, child);
    }

    /// <summary>Takes an entry or a child out.</summary>
    public void RemoveAt(int place)
    {
        Shift(place + 1, place);
        if (!IsLeaf) { _children![Count] = null!; }
    }

    /// <summary>Moves the upper half into a node of its own.</summary>
    public IndexNode Split()
    {
        int kept = Count / 2;
        var upper = new IndexNode(_owner, new ulong[Capacity], new int[Capacity], IsLeaf ? null : new IndexNode[Capacity]);
        upper.Append(this, kept);
        if (!IsLeaf) { Array.Clear(_children!, kept, Count - kept); }

        Count = kept;
        return upper;
    }

    /// <summary>Takes over the entries of a node behind this one, from a place on; there is room.</summary>
    public void Append(IndexNode other, int start)
    {
        int count = other.Count - start;
        other._prefixes.AsSpan(start, count).CopyTo(_prefixes.AsSpan(Count));
        other._rows.AsSpan(start, count).CopyTo(_rows.AsSpan(Count));
        if (!IsLeaf) { other._children.AsSpan(start, count).CopyTo(_children.AsSpan(Count)); }

        Count += count;
    }

    private void ShowFirst(int place)
    {
        IndexNode child = _children![place];
        (_prefixes[place], _rows[place]) = (child._prefixes[0], child._rows[0]);
    }

    private void Shift(int from, int to)
    {
        int count = Count - from;
        _prefixes.AsSpan(from, count).CopyTo(_prefixes.AsSpan(to));
        _rows.AsSpan(from, count).CopyTo(_rows.AsSpan(to));
        if (!IsLeaf) { _children.AsSpan(from, count).CopyTo(_children.AsSpan(to)); }

        Count += to - from;
    }
}
