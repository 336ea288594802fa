using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>Up to where the sources of a load are read, so that its sinks can go on from what they have. Immutable.</summary>
/// <remarks>
/// Tables of a load move together: a source is read up to the least that any of the sinks behind it has. A sink that has
/// more gets some changes again. One that must not is loaded apart, up to what it has, with all tables behind it. Where
/// several sinks show a table together, these are loaded up to the least that one of them has; sources then go on to where
/// the next one is, and from there on it takes changes too. Sinks that were killed stand in such an order; where two have each
/// come further than the other, or several in a circle, they cannot all go on, and tables fail.
/// </remarks>
internal sealed class SinkBounds
{
    private readonly Dictionary<string, IReadOnlyList<PartitionOffset>> _shared = [];
    private readonly Dictionary<TableToLoad, IReadOnlyDictionary<string, IReadOnlyList<PartitionOffset>>> _own = [];
    private readonly Func<TableToLoad, string, string?> _placeOf;

    /// <summary>Finds the bounds.</summary>
    /// <param name="starts">The sinks of the load.</param>
    /// <param name="placeOf">The place of a source that a table follows, as positions name it; null for any other source.</param>
    public SinkBounds(IEnumerable<SinkStart> starts, Func<TableToLoad, string, string?> placeOf)
    {
        _placeOf = placeOf;
        SinkStart[] placed = [.. starts.Where(start => start.Failure is null && start.Positions.Count > 0)];
        _shared = LeastOf(placed);
        foreach (SinkStart[] tied in Tied([.. placed]))
        {
            if (tied.Any(start => start.IsExactlyOnce && !IsAt(start, _shared))) { Bound(tied); }
        }
    }

    /// <summary>No bounds.</summary>
    public static SinkBounds None { get; } = new([], (_, source) => source);

    /// <summary>Tables whose sinks cannot go on, each with the sink that stands in the way.</summary>
    public Dictionary<TableToLoad, SinkStart> Conflicts { get; } = [];

    /// <summary>The sinks that have more than their tables are loaded up to, each behind those that have less.</summary>
    public List<SinkStart> Ahead { get; } = [];

    /// <summary>Up to where a table reads a source; null for as far as it goes.</summary>
    public IReadOnlyList<PartitionOffset>? Of(TableToLoad table, string source)
    {
        if (_placeOf(table, source) is not { } place) { return null; }

        return _own.TryGetValue(table, out IReadOnlyDictionary<string, IReadOnlyList<PartitionOffset>>? own)
            ? own[place]
            : _shared.GetValueOrDefault(place);
    }

    /// <summary>
    /// Sinks, each behind those that have less; null where there is no such order: two have each come further than the other, or
    /// more of them that each share a table with the next do so in a circle.
    /// </summary>
    public List<SinkStart>? InOrder(IEnumerable<SinkStart> starts)
    {
        List<SinkStart> left = [.. starts];
        var ordered = new List<SinkStart>(left.Count);
        while (left.Count > 0)
        {
            if (left.Find(start => left.TrueForAll(other => IsUpTo(start, other))) is not { } next) { return null; }

            left.Remove(next);
            ordered.Add(next);
        }

        return ordered;
    }

    /// <summary>Sinks that show a table together, also by way of others.</summary>
    private static IEnumerable<SinkStart[]> Tied(List<SinkStart> starts)
    {
        while (starts.Count > 0)
        {
            List<SinkStart> tied = [starts[0]];
            for (int member = 0; member < tied.Count; member++)
            {
                tied.AddRange(starts.Where(start => !tied.Contains(start) && start.Behind.Overlaps(tied[member].Behind)));
            }

            starts.RemoveAll(tied.Contains);
            yield return [.. tied];
        }
    }

    /// <summary>Sets apart what sinks show that must not get a change again.</summary>
    private void Bound(SinkStart[] tied)
    {
        List<SinkStart> exact = [.. tied.Where(start => start.IsExactlyOnce)];
        if (InOrder(exact) is not { } ordered)
        {
            foreach (SinkStart start in exact.Where(start => !IsAt(start, _shared)))
            {
                Conflicts[start.Table] = RivalOf(start, exact) ?? exact.First(other => other != start);
            }

            return;
        }

        Dictionary<string, IReadOnlyList<PartitionOffset>> least = LeastOf(tied);
        foreach (TableToLoad table in tied.SelectMany(start => start.Behind)) { _own[table] = least; }

        Ahead.AddRange(ordered.Where(start => !IsAt(start, least)));
    }

    private Dictionary<string, IReadOnlyList<PartitionOffset>> LeastOf(SinkStart[] starts) => starts.SelectMany(PlacesOf).Distinct()
        .ToDictionary(
            place => place,
            place => Least([.. starts.Where(start => PlacesOf(start).Contains(place)).Select(start => start.Of(place))]));

    /// <summary>A sink that has come further than this one somewhere, and less far elsewhere.</summary>
    private SinkStart? RivalOf(SinkStart start, List<SinkStart> others) =>
        others.Find(other => !IsUpTo(start, other) && !IsUpTo(other, start));

    /// <summary>True when a sink has no more of what both show than the other.</summary>
    private bool IsUpTo(SinkStart start, SinkStart other) => PlacesOf(start).Intersect(PlacesOf(other)).All(place =>
    {
        Dictionary<int, long> offsets = other.Of(place).ToDictionary(offset => offset.Partition, offset => offset.Offset);
        return start.Of(place).All(offset => offset.Offset <= offsets.GetValueOrDefault(offset.Partition));
    });

    private bool IsAt(SinkStart start, Dictionary<string, IReadOnlyList<PartitionOffset>> positions) =>
        PlacesOf(start).All(place => positions[place].SequenceEqual(start.Of(place)));

    private static IReadOnlyList<PartitionOffset> Least(IReadOnlyList<PartitionOffset>[] positions) =>
    [
        // What one of them has not read at all is not read for any.
        .. from offset in positions.SelectMany(offsets => offsets)
           group offset.Offset by offset.Partition into partition
           where partition.Count() == positions.Length
           orderby partition.Key
           select new PartitionOffset(partition.Key, partition.Min()),
    ];

    private HashSet<string> PlacesOf(SinkStart start) =>
        [.. start.Behind.SelectMany(table => table.Plan.SourceNames.Select(source => _placeOf(table, source))).OfType<string>()];
}
