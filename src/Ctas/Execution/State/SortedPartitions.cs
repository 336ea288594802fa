using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>Rows sorted by partition and, within it, by sort keys; stable. Immutable.</summary>
internal sealed class SortedPartitions
{
    private SortedPartitions(int[] order, int[] partitionOfRow, int[] partitionStarts, PackedSortKeys keys)
    {
        Order = order;
        PartitionOfRow = partitionOfRow;
        PartitionStarts = partitionStarts;
        Keys = keys;
    }

    /// <summary>Row at each position of the sorted order.</summary>
    public int[] Order { get; }

    /// <summary>Number of the partition of each row (not position).</summary>
    public int[] PartitionOfRow { get; }

    /// <summary>First position of each partition, then the number of rows.</summary>
    public int[] PartitionStarts { get; }

    /// <summary>Partition and sort keys of each row (not position).</summary>
    public PackedSortKeys Keys { get; }

    /// <summary>Number of partitions.</summary>
    public int PartitionCount => PartitionStarts.Length - 1;

    /// <summary>Sorts rows.</summary>
    /// <param name="partitionKeys">A column for each partition key; rows with equal ones, NULLs too, are a partition.</param>
    /// <param name="sortKeys">A column for each sort key.</param>
    /// <param name="orderBy">Directions of the sort keys.</param>
    /// <param name="rowCount">Number of rows; there may be no key at all.</param>
    public static SortedPartitions Of(
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

        var partitionStarts = new int[partitions + 1];
        foreach (int partition in partitionOfRow) { partitionStarts[partition + 1]++; }

        for (int partition = 0; partition < partitions; partition++)
        {
            partitionStarts[partition + 1] += partitionStarts[partition];
        }

        return new SortedPartitions(keys.Order(), partitionOfRow, partitionStarts, keys);
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
}
