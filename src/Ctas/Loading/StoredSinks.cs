using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>Where the sinks of live tables stand against what is stored of these. Immutable.</summary>
/// <remarks>
/// <code>
/// stored ──► silently on to what a sink has ──► from there its changes go into the sink
/// </code>
/// Tables are stored only when their sinks have what they show, so that whatever is killed whenever leaves a sink there or
/// further. One that has less all the same has lost its positions, or kept none: then nothing tells the changes in between,
/// and the tables are read in full.
/// </remarks>
/// <param name="bounds">Orders sinks.</param>
/// <param name="placeOf">The place of a source that a table follows, as positions name it; null for any other source.</param>
internal sealed class StoredSinks(SinkBounds bounds, Func<TableToLoad, string, string?> placeOf)
{
    /// <summary>Why tables cannot go on from what is stored of them into their sinks; null where they can.</summary>
    public string? WhyNot(IReadOnlyList<SinkStart> starts, IReadOnlyList<StoredSource> stored)
    {
        SinkStart[] placed = [.. starts.Where(start => start.Positions.Count > 0)];
        if (Array.Find(placed, start => !HasAll(start, stored)) is { } behind)
        {
            return $"sink \"{behind.Writer.Name}\" of table \"{behind.Table.Plan.Name}\" has less than what is stored";
        }

        return bounds.InOrder(placed.Where(start => start.IsExactlyOnce)) is null
            ? "of their sinks, two have each come further than the other"
            : null;
    }

    /// <summary>The sinks that have more than what is stored, each behind those that have less.</summary>
    /// <remarks>Where there is no such order, sinks that may get changes again do, and are not among them.</remarks>
    public IReadOnlyList<SinkStart> Ahead(IReadOnlyList<SinkStart> starts, IReadOnlyList<StoredSource> stored)
    {
        SinkStart[] ahead = [.. starts.Where(start => start.Positions.Count > 0 && HasMore(start, stored))];
        return bounds.InOrder(ahead) ?? bounds.InOrder(ahead.Where(start => start.IsExactlyOnce)) ?? [];
    }

    private bool HasAll(SinkStart start, IReadOnlyList<StoredSource> stored) => Pairs(start, stored).All(pair =>
        pair.Stored.Position <= pair.Stored.Start || pair.Sink >= pair.Stored.Position);

    private bool HasMore(SinkStart start, IReadOnlyList<StoredSource> stored)
    {
        ILookup<string, StoredPartition> partitions = PartitionsOf(start, stored);
        return start.Positions.Any(position =>
            partitions[position.Source].FirstOrDefault(partition => partition.Id == position.Partition) is not { } partition
            || position.Offset > partition.Position);
    }

    /// <summary>Each stored partition behind a sink, and where the sink is in it; -1 where it has nothing of it.</summary>
    private IEnumerable<(StoredPartition Stored, long Sink)> Pairs(SinkStart start, IReadOnlyList<StoredSource> stored) =>
        from place in PartitionsOf(start, stored)
        let offsets = start.Of(place.Key).ToDictionary(offset => offset.Partition, offset => offset.Offset)
        from partition in place
        select (partition, offsets.GetValueOrDefault(partition.Id, -1));

    private ILookup<string, StoredPartition> PartitionsOf(SinkStart start, IReadOnlyList<StoredSource> stored) =>
        (from place in start.Behind.SelectMany(table => table.Plan.SourceNames.Select(source => (Source: source, Place: placeOf(table, source)))).Distinct()
         where place.Place is not null
         from source in stored
         where string.Equals(source.Name, place.Source, StringComparison.OrdinalIgnoreCase)
         from partition in source.Partitions
         select (place.Place, partition)).ToLookup(pair => pair.Place, pair => pair.partition);
}
