using System.Diagnostics;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;
using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>Decides once, when a load starts, which offsets [start, end) of each partition belong to it.</summary>
internal static class CapturedRanges
{
    private static readonly Dictionary<int, long> NoOffsets = [];

    /// <summary>Captures every partition of the topic.</summary>
    /// <exception cref="KafkaFaultException">The brokers did not answer, or not well.</exception>
    /// <exception cref="SourceException">An explicit offset does not exist.</exception>
    public static IReadOnlyList<SourcePartition> Capture(
        ITopicConsumer consumer, SourceDefinition definition, string topic)
    {
        IReadOnlyList<int> ids = consumer.GetPartitions();

        // Under read_committed the end is the last stable offset: what open transactions wrote is not waited for.
        IReadOnlyList<long> ends = consumer.QueryOffsets(ids, Offset.End.Value);
        IReadOnlyList<long> earliest = consumer.QueryOffsets(ids, Offset.Beginning.Value);
        IReadOnlyList<long> starts = definition.Start.Kind switch
        {
            StartKind.Earliest or StartKind.Offsets => earliest,
            StartKind.Latest => ends,
            // Numbers below zero mean other places.
            StartKind.Timestamp =>
                consumer.QueryOffsets(ids, Math.Max(0, definition.Start.Timestamp.ToUnixTimeMilliseconds())),
            _ => throw new UnreachableException($"No rule for {definition.Start.Kind}."),
        };

        IReadOnlyDictionary<int, long> explicitOffsets =
            definition.Start is { Kind: StartKind.Offsets, Offsets: { } offsets } ? offsets : NoOffsets;
        if (explicitOffsets.Keys.Except(ids).ToArray() is [int unknown, ..])
        {
            throw new SourceException(
                definition.Name, ScanMessages.NoSuchPartition(topic, unknown), isTransient: false);
        }

        var partitions = new SourcePartition[ids.Count];
        for (int i = 0; i < partitions.Length; i++)
        {
            string name = $"{topic}[{ids[i]}]";
            long start = explicitOffsets.TryGetValue(ids[i], out long wanted)
                ? Existing(wanted, earliest[i], ends[i], definition, name)
                : starts[i];

            // No record is as late as the time asked for, or retention removed all that was there.
            if (start < 0 || start > ends[i]) { start = ends[i]; }

            partitions[i] = new SourcePartition(name, ids[i], new OffsetRange(start, ends[i]));
        }

        return partitions;
    }

    /// <summary>Captures every partition from where a bookmark says, and what the offsets belong to.</summary>
    /// <exception cref="KafkaFaultException">The brokers did not answer, or not well.</exception>
    /// <exception cref="BookmarkException">The records behind the bookmark are gone, or the topic is another.</exception>
    public static IReadOnlyList<SourcePartition> Continue(
        ITopicConsumer consumer, SourceDefinition definition, string topic, ScanBookmark bookmark, out string? identity)
    {
        IReadOnlyList<SourcePartition> whole =
            Capture(consumer, definition with { Start = StartPosition.Earliest }, topic);
        identity = Identity(consumer, topic);
        if (WhyUncertain(identity, bookmark.Identity) is { } reason) { throw new BookmarkException($"topic \"{topic}\" {reason}"); }

        IReadOnlyList<SourcePartition> rest = ScanBookmarks.Apply(bookmark, identity, whole);

        // Where a read starts anywhere but at the first record, only a full one finds the start of a partition.
        bool isWhole = definition.Start.Kind == StartKind.Earliest;
        return rest.FirstOrDefault(partition => !bookmark.Positions.ContainsKey(partition.Id)) is { } added && !isWhole
            ? throw new BookmarkException($"{added.Name} was added, and the read does not start at the earliest record")
            : rest;
    }

    /// <summary>
    /// What the offsets of a topic belong to: another topic of that name, made after the first was deleted, is told apart by
    /// its id. Null where the cluster has no name.
    /// </summary>
    /// <exception cref="KafkaFaultException">The brokers did not answer, or not well.</exception>
    public static string? Identity(ITopicConsumer consumer, string topic)
    {
        if (consumer.GetClusterId() is not { } cluster) { return null; }

        return consumer.GetTopicId() is { } id ? $"kafka://{cluster}/{topic}#{id}" : $"kafka://{cluster}/{topic}";
    }

    /// <summary>True when an identity tells the topic's id.</summary>
    public static bool HasTopicId(string? identity) => identity?.Contains('#', StringComparison.Ordinal) == true;

    /// <summary>True when two identities are of different topics, as far as both tell the topic's id.</summary>
    public static bool AreDifferent(string left, string right) => HasTopicId(left) && HasTopicId(right) && left != right;

    /// <summary>Why offsets of a topic of this cluster and name need not be those of now; null where they are, and elsewhere.</summary>
    private static string? WhyUncertain(string? identity, string stored)
    {
        if (identity is null || identity == stored || NameOf(identity) != NameOf(stored)) { return null; }

        return AreDifferent(identity, stored) ? "was made anew: it has another id"
            : identity == NameOf(identity) ? "may have been made anew: the brokers did not tell its id"
            : "may have been made anew: its id was not stored";
    }

    private static string NameOf(string identity) => identity.Split('#')[0];

    private static long Existing(long wanted, long earliest, long end, SourceDefinition definition, string name)
    {
        if (wanted >= earliest && wanted <= end) { return wanted; }

        string message = wanted < earliest
            ? ScanMessages.StartIsGone(name, wanted, earliest)
            : ScanMessages.StartIsBeyondEnd(name, wanted, end);
        throw new SourceException(definition.Name, message, isTransient: false) { Partition = name, Offset = wanted };
    }
}
