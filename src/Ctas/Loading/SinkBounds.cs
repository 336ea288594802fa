using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>Up to where the sources of a load are read, so that its sinks can go on from what they have. Immutable.</summary>
/// <remarks>
/// Tables of a load move together: a source is read up to the least that any of the sinks behind it has. A sink that has
/// more gets some changes again. One that must not is loaded for itself, up to what it has, with all tables behind it; if
/// one of them is behind another sink too, which stands elsewhere, the two cannot both go on, and its table fails.
/// </remarks>
internal sealed class SinkBounds
{
    private readonly Dictionary<string, IReadOnlyList<PartitionOffset>> _shared = [];
    private readonly Dictionary<TableToLoad, SinkStart> _own = [];
    private readonly Func<TableToLoad, string, string?> _placeOf;

    /// <summary>Finds the bounds.</summary>
    /// <param name="starts">The sinks of the load.</param>
    /// <param name="placeOf">The place of a source that a table follows, as positions name it; null for any other source.</param>
    public SinkBounds(IEnumerable<SinkStart> starts, Func<TableToLoad, string, string?> placeOf)
    {
        _placeOf = placeOf;
        SinkStart[] placed = [.. starts.Where(start => start.Failure is null && start.Positions.Count > 0)];
        foreach (string place in placed.SelectMany(PlacesOf).Distinct())
        {
            _shared[place] = Least([.. placed.Where(start => PlacesOf(start).Contains(place)).Select(start => start.Of(place))]);
        }

        foreach (SinkStart start in placed.Where(start => start.IsExactlyOnce && !IsShared(start)))
        {
            SinkStart? rival = placed.FirstOrDefault(other => other != start && other.Behind.Overlaps(start.Behind) && !IsEqual(other, start));
            if (rival is null)
            {
                foreach (TableToLoad table in start.Behind) { _own[table] = start; }
            }
            else { Conflicts[start.Table] = rival; }
        }
    }

    /// <summary>No bounds.</summary>
    public static SinkBounds None { get; } = new([], (_, source) => source);

    /// <summary>Tables whose sinks cannot go on, each with the sink that stands in the way.</summary>
    public Dictionary<TableToLoad, SinkStart> Conflicts { get; } = [];

    /// <summary>Up to where a table reads a source; null for as far as it goes.</summary>
    public IReadOnlyList<PartitionOffset>? Of(TableToLoad table, string source)
    {
        if (_placeOf(table, source) is not { } place) { return null; }

        return _own.TryGetValue(table, out SinkStart? own) ? own.Of(place) : _shared.GetValueOrDefault(place);
    }

    private static PartitionOffset[] Least(IReadOnlyList<PartitionOffset>[] positions) =>
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

    private bool IsShared(SinkStart start) => PlacesOf(start).All(place => _shared[place].SequenceEqual(start.Of(place)));

    private bool IsEqual(SinkStart left, SinkStart right) =>
        PlacesOf(left).Intersect(PlacesOf(right)).All(place => left.Of(place).SequenceEqual(right.Of(place)));
}
