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
    private SortedRows(int[] order, int[] partitionOfRow, int[] partitionStarts, int[] peerStarts)
    {
        Order = order;
        PartitionOfRow = partitionOfRow;
        PartitionStarts = partitionStarts;
        PeerStarts = peerStarts;
    }

    /// <summary>Row at each position.</summary>
    public int[] Order { get; }

    /// <summary>Number of the partition of each row (not position).</summary>
    public int[] PartitionOfRow { get; }

    /// <summary>First position of each partition, then the number of rows.</summary>
    public int[] PartitionStarts { get; }

    /// <summary>First position of each group of peers, then the number of rows.</summary>
    public int[] PeerStarts { get; }

    /// <summary>Number of rows.</summary>
    public int Count => Order.Length;

    /// <summary>Number of partitions.</summary>
    public int PartitionCount => PartitionStarts.Length - 1;

    /// <summary>Sorts rows.</summary>
    /// <param name="partitionKeys">A column for each partition key.</param>
    /// <param name="sortKeys">A column for each sort key.</param>
    /// <param name="orderBy">Directions of the sort keys.</param>
    /// <param name="rowCount">Number of rows; there may be no key at all.</param>
    public static SortedRows Of(
        ReadOnlySpan<Column> partitionKeys, ReadOnlySpan<Column> sortKeys, IReadOnlyList<SortKey> orderBy, int rowCount)
    {
        var partitionOfRow = new int[rowCount];
        int partitions = Number(partitionKeys, partitionOfRow);
        var keys = new PackedSortKeys(rowCount);
        keys.AddNumbers(partitionOfRow, partitions);
        for (int key = 0; key < sortKeys.Length; key++)
        {
            keys.Add(sortKeys[key], orderBy[key].IsDescending, orderBy[key].NullsFirst);
        }

        int[] order = keys.Order();
        var partitionStarts = new int[partitions + 1];
        foreach (int partition in partitionOfRow) { partitionStarts[partition + 1]++; }

        for (int partition = 0; partition < partitions; partition++)
        {
            partitionStarts[partition + 1] += partitionStarts[partition];
        }

        // The partition is the first part of the key, so peers never lie in two.
        return new SortedRows(order, partitionOfRow, partitionStarts, PeersOf(order, keys));
    }

    private static int Number(ReadOnlySpan<Column> partitionKeys, int[] partitionOfRow)
    {
        if (partitionOfRow.Length == 0) { return 0; }

        if (partitionKeys.IsEmpty) { return 1; }

        var types = new DataType[partitionKeys.Length];
        for (int key = 0; key < types.Length; key++) { types[key] = partitionKeys[key].Type; }

        KeyNumbers numbers = KeyNumbers.Create(types);
        numbers.FindOrAdd(partitionKeys, partitionOfRow);
        return numbers.Count;
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
