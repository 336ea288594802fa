namespace Ctas.Sources;

/// <summary>Ends scans before the end of what there is: where a later reader is known to have been.</summary>
public static class ScanBounds
{
    /// <summary>The ranges to read: up to the given offsets; nothing of a partition that is not named.</summary>
    /// <param name="upTo">The next offset of each partition; null for the whole of <paramref name="partitions"/>.</param>
    /// <param name="definition">The source.</param>
    /// <param name="partitions">Its partitions with all that belongs to the read.</param>
    /// <exception cref="SourceException">The offsets are not those of this source: it was made anew, or records are gone.</exception>
    public static IReadOnlyList<SourcePartition> Apply(
        IReadOnlyList<PartitionOffset>? upTo, SourceDefinition definition, IReadOnlyList<SourcePartition> partitions)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(partitions);
        if (upTo is null) { return partitions; }

        foreach (PartitionOffset offset in upTo.Where(offset => !partitions.Any(partition => partition.Id == offset.Partition)))
        {
            throw new SourceException(
                definition.Name,
                $"source \"{definition.Name}\" has no partition {offset.Partition}, which was read up to offset {offset.Offset}: it was made anew",
                isTransient: false);
        }

        return [.. partitions.Select(partition => Bounded(partition, upTo, definition))];
    }

    /// <summary>The partitions among those that were asked for.</summary>
    /// <param name="wanted">Numbers of the partitions; null for all.</param>
    /// <param name="definition">The source.</param>
    /// <param name="partitions">All partitions of the source.</param>
    /// <exception cref="SourceException">There is no such partition.</exception>
    public static IReadOnlyList<SourcePartition> Only(
        IReadOnlyList<int>? wanted, SourceDefinition definition, IReadOnlyList<SourcePartition> partitions)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(partitions);
        if (wanted is null) { return partitions; }

        int[] unknown = [.. wanted.Except(partitions.Select(partition => partition.Id)).Order()];
        return unknown is [int first, ..]
            ? throw new SourceException(definition.Name, $"source \"{definition.Name}\" has no partition {first}", isTransient: false)
            : [.. partitions.Where(partition => wanted.Contains(partition.Id))];
    }

    private static SourcePartition Bounded(
        SourcePartition partition, IReadOnlyList<PartitionOffset> upTo, SourceDefinition definition)
    {
        (long start, long end) = partition.Range;
        long bound = upTo.FirstOrDefault(offset => offset.Partition == partition.Id, new PartitionOffset(partition.Id, start)).Offset;
        if (bound > end) { throw Gone(definition, partition, bound, $"ends at offset {end}, before offset {bound}, up to which it was read: it was made anew"); }

        // A read that does not start at the first record has nothing before its start that could be gone.
        if (bound < start && definition.Start.Kind == StartKind.Earliest)
        {
            throw Gone(definition, partition, bound, $"starts at offset {start} now, past offset {bound}, from which it was to be read on");
        }

        return partition with { Range = new OffsetRange(Math.Min(start, bound), bound), LogEnd = end };
    }

    private static SourceException Gone(SourceDefinition definition, SourcePartition partition, long bound, string what) =>
        new(definition.Name, $"{partition.Name} {what}", isTransient: false) { Partition = partition.Name, Offset = bound };
}
