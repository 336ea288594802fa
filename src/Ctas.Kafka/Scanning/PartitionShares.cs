using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>Shares the partitions of a scan out among readers.</summary>
internal static class PartitionShares
{
    /// <summary>More readers than this make a topic's brokers the bottleneck.</summary>
    public const int MaxReaders = 4;

    /// <summary>Offsets that are worth a connection of their own.</summary>
    public const long MinOffsets = 1 << 16;

    /// <summary>
    /// Readers that a scan is worth: a reader decodes on one thread while the client's fetches and unpacks on another, so two
    /// threads carry one.
    /// </summary>
    /// <param name="definition">The source.</param>
    /// <param name="request">The threads that there are, and the columns.</param>
    /// <returns>1 where the columns, the mode or a limit depend on the order in which records come, and for batches of a fixed size.</returns>
    public static int ReadersFor(SourceDefinition definition, ScanRequest request) =>
        definition.Mode is ReadMode.Append or ReadMode.Changelog && request.IsOfAnyOrder(definition)
            ? Math.Clamp(request.MaxDegreeOfParallelism / 2, 1, MaxReaders)
            : 1;

    /// <summary>Deals the partitions out, the longest first, each to the reader that has least.</summary>
    /// <param name="partitions">The partitions with their captured ranges.</param>
    /// <param name="readers">Readers at most.</param>
    /// <param name="minOffsets">Offsets that a reader more has to take over.</param>
    /// <returns>Ordinals of the partitions, ascending, for each reader; no reader is without one.</returns>
    public static IReadOnlyList<IReadOnlyList<int>> Deal(
        IReadOnlyList<SourcePartition> partitions, int readers, long minOffsets = MinOffsets)
    {
        long total = partitions.Sum(partition => partition.Range.Length);
        int count = (int)Math.Clamp(total / Math.Max(1, minOffsets), 1, Math.Max(1, Math.Min(readers, partitions.Count)));
        var shares = new PriorityQueue<List<int>, (long Length, int Reader)>();
        for (int reader = 0; reader < count; reader++) { shares.Enqueue([], (0, reader)); }

        foreach (int ordinal in Enumerable.Range(0, partitions.Count).OrderByDescending(ordinal => partitions[ordinal].Range.Length))
        {
            shares.TryDequeue(out List<int>? share, out (long Length, int Reader) load);
            share!.Add(ordinal);

            // At least 1: empty partitions are spread as well.
            shares.Enqueue(share, (load.Length + Math.Max(1, partitions[ordinal].Range.Length), load.Reader));
        }

        return [.. shares.UnorderedItems.OrderBy(item => item.Priority.Reader).Select(item => (int[])[.. item.Element.Order()])];
    }
}
