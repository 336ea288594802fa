using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>Rows sorted by partition and, within it, by the sort keys. Immutable.</summary>
/// <remarks>
/// <code>
/// position   0 1 2 3 4 5 6     a place in the sorted order; Order tells which row stands there
/// partition  ├─────┤ ├───┤     PartitionStarts 0 4 7
/// peers      ├─┤ │ │ │ ├─┤     PeerStarts 0 2 3 4 5 7: rows of a partition whose sort keys are equal
/// </code>
/// </remarks>
internal sealed class SortedRows
{
    private readonly SortedPartitions _sorted;

    private SortedRows(SortedPartitions sorted, int[] peerStarts)
    {
        _sorted = sorted;
        PeerStarts = peerStarts;
    }

    /// <summary>Row at each position.</summary>
    public int[] Order => _sorted.Order;

    /// <summary>Number of the partition of each row (not position).</summary>
    public int[] PartitionOfRow => _sorted.PartitionOfRow;

    /// <summary>First position of each partition, then the number of rows.</summary>
    public int[] PartitionStarts => _sorted.PartitionStarts;

    /// <summary>First position of each group of peers, then the number of rows.</summary>
    public int[] PeerStarts { get; }

    /// <summary>Number of rows.</summary>
    public int Count => Order.Length;

    /// <summary>Number of partitions.</summary>
    public int PartitionCount => _sorted.PartitionCount;

    /// <summary>Sorts rows, as <see cref="SortedPartitions.Of"/> does.</summary>
    public static SortedRows Of(
        ReadOnlySpan<Column> partitionKeys, ReadOnlySpan<Column> sortKeys, IReadOnlyList<SortKey> orderBy, int rowCount)
    {
        SortedPartitions sorted = SortedPartitions.Of(partitionKeys, sortKeys, orderBy, rowCount);

        // The partition is the first part of the key, so peers never lie in two.
        int[] peers = PeersOf(sorted.Order, sorted.Keys);
        sorted.Keys.Release();
        return new SortedRows(sorted, peers);
    }

    private static int[] PeersOf(int[] order, PackedSortKeys keys)
    {
        var starts = new List<int>();
        for (int position = 0; position < order.Length; position++)
        {
            if (position == 0 || !keys.AreEqual(order[position - 1], order[position])) { starts.Add(position); }
        }

        starts.Add(order.Length);
        return [.. starts];
    }
}
