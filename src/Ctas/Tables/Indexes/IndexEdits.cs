using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>Makes the index of the next version: copies the nodes on the way to what changes, each once. Single-threaded.</summary>
/// <remarks>
/// Entries are removed while all that are there belong to the version before, and inserted when all do to the next: either
/// way <paramref name="rows"/> has the values of every entry. Cost O(log n) for each.
/// </remarks>
internal sealed class IndexEdits(IndexOrder order, IndexNode root, RowStore rows)
{
    private const int Few = IndexNode.Capacity / 4;
    private const int EnoughTogether = IndexNode.Capacity * 3 / 4;

    /// <summary>The tree as it is now.</summary>
    public IndexNode Root { get; private set; } = root;

    /// <summary>By how much the nodes have grown in bytes.</summary>
    public long GrownBytes { get; private set; }

    /// <summary>Adds an entry.</summary>
    public void Insert(IndexEntry entry)
    {
        Root = Own(Root);
        if (Insert(Root, entry) is { } upper) { Root = Made(IndexNode.Branch(this, [Root, upper])); }
    }

    /// <summary>Takes an entry out, which is there.</summary>
    public void Remove(IndexEntry entry)
    {
        Root = Own(Root);
        Remove(Root, entry);
        while (!Root.IsLeaf && Root.Count == 1)
        {
            Drop(Root);
            Root = Root.Child(0);
        }
    }

    private IndexNode? Insert(IndexNode node, IndexEntry entry)
    {
        int place = order.CountBefore(rows, node, entry);
        if (node.IsLeaf) { node.Insert(place, entry); }
        else
        {
            int below = Math.Max(place - 1, 0);
            IndexNode child = Own(node.Child(below));
            IndexNode? upper = Insert(child, entry);
            node.Set(below, child);
            if (upper is not null) { node.Insert(below + 1, upper); }
        }

        return node.Count < IndexNode.Capacity ? null : Made(node.Split());
    }

    private void Remove(IndexNode node, IndexEntry entry)
    {
        int place = order.CountBefore(rows, node, entry);
        if (node.IsLeaf)
        {
            if (place == node.Count || node[place] != entry) { throw new UnreachableException("A row is not in an index of its table."); }

            node.RemoveAt(place);
            return;
        }

        // The first entry of a child is in that child.
        int below = place < node.Count && node[place] == entry ? place : place - 1;
        IndexNode child = Own(node.Child(below));
        Remove(child, entry);
        if (child.Count > 0)
        {
            node.Set(below, child);
            if (child.Count < Few) { Join(node, below == 0 ? 0 : below - 1); }

            return;
        }

        node.RemoveAt(below);
        Drop(child);
    }

    /// <summary>Makes one of a child and the next when both are small.</summary>
    private void Join(IndexNode node, int place)
    {
        if (place + 1 >= node.Count) { return; }

        IndexNode next = node.Child(place + 1);
        if (node.Child(place).Count + next.Count > EnoughTogether) { return; }

        IndexNode joined = Own(node.Child(place));
        joined.Append(next, 0);
        node.Set(place, joined);
        node.RemoveAt(place + 1);
        Drop(next);
    }

    private IndexNode Own(IndexNode node)
    {
        IndexNode owned = node.For(this);
        GrownBytes += owned.OwnBytes - node.OwnBytes;
        return owned;
    }

    private IndexNode Made(IndexNode node)
    {
        GrownBytes += node.OwnBytes;
        return node;
    }

    private void Drop(IndexNode node) => GrownBytes -= node.OwnBytes;
}
