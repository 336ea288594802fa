using Ctas.Data;
using Ctas.Tables.Versions;

namespace Ctas.Tables.Indexes;

/// <summary>The rows of one version by the values of some columns. Immutable; safe for many readers.</summary>
/// <remarks>
/// <code>
/// version 7 ─► root ─► branches ─► leaves of (leading bits or hash, row number)
/// version 8 ─► root'─► copies of the nodes on the way to what changed; the others are those of version 7
/// </code>
/// Rows with NULL in one of the columns are not in it. Sixteen bytes a row at most times; a lookup and a change cost O(log n),
/// building it O(n log n).
/// </remarks>
internal sealed class SecondaryIndex
{
    private readonly IndexOrder _order;
    private readonly IndexNode _root;
    private readonly RowStore _store;

    private SecondaryIndex(IndexDefinition definition, IndexOrder order, IndexNode root, RowStore store)
    {
        Definition = definition;
        _order = order;
        _root = root;
        _store = store;
    }

    /// <summary>What it is over.</summary>
    public IndexDefinition Definition { get; }

    /// <summary>Bytes of all its nodes, those that it shares with other versions too.</summary>
    public long SizeInBytes { get; private init; }

    /// <summary>Indexes the rows of a version.</summary>
    public static SecondaryIndex Build(Table version, IndexDefinition definition)
    {
        RowStore store = version.Store;
        var order = new IndexOrder(version.Schema, definition);
        int[] rows = [.. version.LiveRows().Where(row => order.Has(store, row))];
        ulong[] prefixes = Array.ConvertAll(rows, row => order.EntryOf(store, row).Prefix);
        if (order.IsHash) { SortByHash(prefixes, rows); }
        else { IndexSorting.Sort(store, [.. definition.Columns], prefixes, rows); }

        IndexNode root = IndexNode.Build(prefixes, rows);
        return new SecondaryIndex(definition, order, root, store) { SizeInBytes = root.SizeInBytes };
    }

    /// <summary>The index of the next version.</summary>
    public SecondaryIndex After(Table next, VersionEdits edits)
    {
        List<(int Old, int New)> changed = [];
        foreach ((int old, int @new) in edits.Pairs)
        {
            bool isSame = old == @new && _order.Keys.AreEqual(_store, old, next.Store, @new);
            if (!isSame) { changed.Add((old, @new)); }
        }

        var removing = new IndexEdits(_order, _root, _store);
        foreach ((int old, _) in changed)
        {
            if (old >= 0 && _order.Has(_store, old)) { removing.Remove(_order.EntryOf(_store, old)); }
        }

        IndexNode kept = edits.NumberOf is { } numberOf ? removing.Root.Renumber(numberOf) : removing.Root;
        var inserting = new IndexEdits(_order, kept, next.Store);
        foreach ((_, int @new) in changed)
        {
            if (@new >= 0 && _order.Has(next.Store, @new)) { inserting.Insert(_order.EntryOf(next.Store, @new)); }
        }

        return new SecondaryIndex(Definition, _order, inserting.Root, next.Store)
        {
            SizeInBytes = edits.NumberOf is null
                ? SizeInBytes + removing.GrownBytes + inserting.GrownBytes
                : inserting.Root.SizeInBytes,
        };
    }

    /// <summary>Numbers of the rows that an interval holds; an ordered index gives them in order.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="rows">Gets the numbers.</param>
    /// <param name="maxRows">Where to stop.</param>
    /// <returns>False when there are more.</returns>
    public bool TryFind(in IndexInterval interval, List<int> rows, long maxRows = long.MaxValue) =>
        TryFind(_root, interval, rows, maxRows);

    /// <summary>Numbers of the rows with some values, which a hash index is asked for.</summary>
    /// <inheritdoc cref="TryFind(in IndexInterval, List{int}, long)"/>
    public bool TryFindEqual(ReadOnlySpan<KeyPart> parts, ReadOnlySpan<byte> text, List<int> rows, long maxRows = long.MaxValue)
    {
        int known = rows.Count;
        bool isAll = TryFind(_root, ToInterval(parts, text), rows, maxRows);
        if (!_order.IsHash) { return isAll; }

        int kept = known;
        for (int found = known; found < rows.Count; found++)
        {
            if (_order.Keys.AreEqual(_store, rows[found], parts, text)) { rows[kept++] = rows[found]; }
        }

        rows.RemoveRange(kept, rows.Count - kept);
        return isAll;
    }

    /// <summary>The interval of everything that begins with some values.</summary>
    private IndexInterval ToInterval(ReadOnlySpan<KeyPart> parts, ReadOnlySpan<byte> text)
    {
        IndexBound bound = _order.IsHash
            ? new IndexBound { Prefix = _order.Keys.Hash(parts, text), CountedBits = ulong.MaxValue }
            : IndexBound.Of(parts, _order.Keys.Types[0], text, isPrefix: false);
        return new IndexInterval
        {
            Lower = bound,
            Upper = bound,
            HasLower = true,
            HasUpper = true,
            IncludesLower = true,
            IncludesUpper = true,
        };
    }

    private bool TryFind(IndexNode node, in IndexInterval interval, List<int> rows, long maxRows, bool isFirst = true, bool isLast = true)
    {
        int start = isFirst && interval.HasLower
            ? _order.CountBefore(_store, node, interval.Lower, countsEqual: !interval.IncludesLower)
            : 0;
        int end = isLast && interval.HasUpper
            ? _order.CountBefore(_store, node, interval.Upper, countsEqual: interval.IncludesUpper)
            : node.Count;
        if (node.IsLeaf)
        {
            if (end > start) { rows.AddRange(node.Rows[start..end]); }

            return rows.Count <= maxRows;
        }

        // The child whose first entry comes before the interval may end within it.
        int firstChild = Math.Max(start - 1, 0);
        for (int child = firstChild; child < end; child++)
        {
            if (!TryFind(node.Child(child), interval, rows, maxRows, isFirst && child == firstChild, isLast && child == end - 1)) { return false; }
        }

        return true;
    }

    private static void SortByHash(ulong[] hashes, int[] rows)
    {
        Array.Sort(hashes, rows);
        for (int start = 0, end; start < rows.Length; start = end)
        {
            end = start + 1;
            while (end < rows.Length && hashes[end] == hashes[start]) { end++; }

            if (end - start > 1) { rows.AsSpan(start, end - start).Sort(); }
        }
    }
}
