using System.Globalization;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Sources;
using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>
/// Which tables of a load share one read of a source: those of one wave that read it in the same way, and of all waves
/// where one of them will be kept fresh.
/// </summary>
/// <remarks>Made before the load starts; each scan is opened by the first of its tables. Safe for concurrent use.</remarks>
internal sealed class ScanGroups
{
    private readonly Dictionary<(int Wave, string Identity), Group> _groups = [];
    private readonly HashSet<string> _followed = [];
    private readonly LoadServices _services;
    private readonly HashSet<string> _behindEventTime;
    private readonly Func<TablePlan, string, StoredSource?> _stored;
    private readonly SinkBounds _bounds;

    /// <summary>Finds the groups; touches no source.</summary>
    /// <param name="tables">Tables that will be loaded.</param>
    /// <param name="services">Where sources come from.</param>
    /// <param name="stored">How far a table's snapshot holds a source; null for a read from the start.</param>
    /// <param name="bounds">Up to where sources are read.</param>
    public ScanGroups(
        IEnumerable<TableToLoad> tables,
        LoadServices services,
        Func<TablePlan, string, StoredSource?> stored,
        SinkBounds bounds)
    {
        _bounds = bounds;
        _services = services;
        _stored = stored;
        TableToLoad[] all = [.. tables];

        // Which records are late depends on the times of those before them, also of those that a later version replaced.
        _behindEventTime = Behind(new Stack<TableToLoad>(all.Where(GoesByEventTime)), all);
        foreach (TableToLoad table in all.Where(table => table.Plan.Emit != EmitMode.Snapshot))
        {
            // Tables that go on together start from the same end of what they read.
            _followed.UnionWith(table.Plan.SourceNames.Select(source => IdentityOf(table, source)));
        }

        foreach (TableToLoad table in all)
        {
            foreach (string source in table.Plan.SourceNames)
            {
                (int, string) key = KeyOf(table, source);
                if (!_groups.TryGetValue(key, out Group? group))
                {
                    _groups[key] = group = new Group(source, stored(table.Plan, source), bounds.Of(table, source));
                }

                group.Tables.Add(table.Plan);
            }
        }
    }

    /// <summary>Where what is followed may be stored; null: nowhere.</summary>
    public TableSnapshots? Snapshots { get; init; }

    /// <summary>The scans of a table by source name, none opened yet. The table releases each once.</summary>
    /// <exception cref="SourceException">A source could not be made; nothing needs to be released.</exception>
    public IReadOnlyDictionary<string, ScanSubscription> Subscribe(TableToLoad table)
    {
        var scans = new Dictionary<string, ScanSubscription>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (string source in table.Plan.SourceNames)
            {
                Group group = _groups[KeyOf(table, source)];
                lock (group)
                {
                    group.Scan ??= Make(group);
                    scans.Add(source, new ScanSubscription(group.Scan));
                }
            }
        }
        catch
        {
            // The other tables of those scans must not wait for this one.
            Leave(table);
            throw;
        }

        return scans;
    }

    /// <summary>The scans by source of live tables that go on from where they were stored, each for all of them; they read nothing.</summary>
    /// <param name="tables">The tables; each releases once every scan of a source that it reads.</param>
    /// <param name="stored">The sources as they were stored.</param>
    /// <exception cref="SourceException">A source could not be made; nothing needs to be released.</exception>
    public IReadOnlyDictionary<string, SharedScan> At(IReadOnlyList<TableToLoad> tables, IReadOnlyList<StoredScan> stored) =>
        stored.ToDictionary(
            scan => scan.Source.Name,
            scan =>
            {
                var group = new Group(scan.Source.Name, scan.Source, scan.Positions);
                group.Tables.AddRange(tables.Select(table => table.Plan)
                    .Where(plan => plan.SourceNames.Contains(group.Source, StringComparer.OrdinalIgnoreCase)));
                return Make(group, scan);
            },
            StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The scans of a table from their start, for itself: its snapshot did not fit after all. Released as any other.
    /// </summary>
    /// <exception cref="SourceException">A source could not be made; nothing needs to be released.</exception>
    public IReadOnlyDictionary<string, ScanSubscription> SubscribeInFull(TableToLoad table) =>
        table.Plan.SourceNames.ToDictionary(
            source => source,
            source => new ScanSubscription(Make(new Group(source, null, _bounds.Of(table, source)) { Tables = { table.Plan } })),
            StringComparer.OrdinalIgnoreCase);

    /// <summary>Says that a table will not subscribe.</summary>
    public void Leave(TableToLoad table)
    {
        foreach (Group group in table.Plan.SourceNames.Select(source => _groups[KeyOf(table, source)]))
        {
            lock (group)
            {
                // Nobody waits for it: a scan that nobody is left to read stops by itself.
                if (group.Scan is { } scan) { _ = scan.ReleaseAsync(hasBegun: false).AsTask(); }
                else { group.Tables.Remove(table.Plan); }
            }
        }
    }

    /// <summary>A scan belongs to a wave; that of a source that is followed afterwards, to all of them.</summary>
    private (int Wave, string Identity) KeyOf(TableToLoad table, string source)
    {
        string identity = IdentityOf(table, source);
        int wave = _followed.Contains(identity) ? 0 : table.Wave;
        if (_bounds.Of(table, source) is { } bound) { identity = $"{identity}\n{string.Join(',', bound)}"; }

        return (wave, _stored(table.Plan, source) is { } stored ? $"{identity}\n{Place(stored)}" : identity);
    }

    /// <summary>Equal for tables that read a source in the same way.</summary>
    public static string IdentityOf(TableToLoad table, string source) =>
        SourceDefinitions.Identity(source, DeclarationOf(table.Plan, source), table.Plan.Properties);

    private static string Place(StoredSource stored) => string.Join(
        ',', stored.Partitions.Select(partition => string.Create(
            CultureInfo.InvariantCulture, $"{partition.Id}:{partition.Position}")).Append($"{stored.Schema}"));

    private static PlannedSource? DeclarationOf(TablePlan table, string source) => table.Sources.FirstOrDefault(
        declared => string.Equals(declared.Name, source, StringComparison.OrdinalIgnoreCase));

    private SharedScan Make(Group group, StoredScan? stored = null)
    {
        TablePlan first = group.Tables[0];
        ISource source = _services.Sources.Open(
            group.Source,
            DeclarationOf(first, group.Source),
            first.Properties,
            new SourceServices(_services.TimeProvider, _services.LoggerFactory));
        LogicalScan[] scans = [.. group.Tables.SelectMany(table => ScansOf(table, group.Source))];

        // What is read twice by one statement, or has columns yet to be found, must be there whole before it is used.
        SourceDefinition definition = source.Definition;
        bool isReadOnce = group.Tables.TrueForAll(table => ScansOf(table, group.Source).Count() == 1);
        // What a group may take away again must not be handed on before.
        bool isStreamed = isReadOnce && definition.Group is null && (definition is { Columns: not null, Mode: ReadMode.Append }
            || (group.Stored is null && group.Tables.TrueForAll(table => ChangelogUpserts.ArePossible(table, definition))));
        ScanRequest request = Request(scans, definition) with
        {
            MaxDegreeOfParallelism = _services.Options.MaxDegreeOfParallelism,
            KeepsKeysTogether = !isStreamed,
            GivesBatchesBack = isStreamed && group.Tables is [var only] && LentBatches.AreTakenBy(only),
            Bookmark = BookmarkOf(group.Stored),
            UpTo = group.UpTo,
        };
        return new SharedScan(
            source,
            request,
            !isStreamed,
            group.Tables.Count,
            LoadProperties.LargestMemoryBudget(group.Tables, _services.Options))
        {
            Held = _services.Registry.Reserve(),
            Time = _services.TimeProvider,
            Stored = stored,
            KnownSchema = group.Stored?.Schema,
            Member = definition.Group is null ? null : MemberOf(source),
            WhyNotFollowed = WhyNotFollowed(group.Tables, definition),
            Followed = isStreamed ? null : FollowedBy(group.Tables, definition, request),
        };
    }

    private static bool GoesByEventTime(TableToLoad table) => table.Plan.Emit != EmitMode.Snapshot
        && PlanTree.All(table.Plan.Unoptimised!.Plan).Any(node => node is LogicalTimeWindow or LogicalJoin { Within: not null });

    /// <summary>The names of tables and of those of the load that they read, also by way of others.</summary>
    private static HashSet<string> Behind(Stack<TableToLoad> readers, TableToLoad[] all)
    {
        var behind = new HashSet<string>(readers.Select(table => table.Plan.Name), StringComparer.OrdinalIgnoreCase);
        while (readers.TryPop(out TableToLoad? reader))
        {
            foreach (TableToLoad producer in all.Where(table => reader.Producers.Contains(table.Plan.Name, StringComparer.OrdinalIgnoreCase)))
            {
                if (behind.Add(producer.Plan.Name)) { readers.Push(producer); }
            }
        }

        return behind;
    }

    private IGroupMember MemberOf(ISource source) => _services.Groups?.MemberOf(source) ?? throw new SourceException(
        source.Definition.Name,
        $"source \"{source.Definition.Name}\" cannot be shared out: loading.group needs an engine, which leaves the group when it is disposed",
        isTransient: false);

    /// <summary>What is stored of a source that live tables read; null where nothing may be.</summary>
    private FollowedSource? FollowedBy(IReadOnlyList<TablePlan> tables, SourceDefinition definition, ScanRequest request)
    {
        UnifiedLoading[] unified = [.. tables.Select(table => LoadProperties.Unified(table.Properties))];
        return Snapshots is { } snapshots
            && !tables.Any(table => _behindEventTime.Contains(table.Name))
            && definition is { Mode: not ReadMode.Append, Group: null }
            && tables.Any(table => table.Emit != EmitMode.Snapshot)
            && !unified.Contains(UnifiedLoading.Off)
            ? new FollowedSource(definition, request, snapshots, unified.Contains(UnifiedLoading.On))
            : null;
    }

    private string WhyNotFollowed(IReadOnlyList<TablePlan> tables, SourceDefinition definition) =>
        tables.Any(table => _behindEventTime.Contains(table.Name)) ? "goes into windows: it is stored with the tables only"
        : definition.Mode == ReadMode.Append ? "is a stream: it is stored with the tables only"
        : "is no changelog that can be stored";

    private static ScanBookmark? BookmarkOf(StoredSource? stored) => stored is null
        ? null
        : new ScanBookmark(
            stored.Identity, stored.Partitions.ToDictionary(partition => partition.Id, partition => partition.Position));

    private static IEnumerable<LogicalScan> ScansOf(TablePlan table, string source) =>
        LogicalScans.Of(table.Unoptimised!.Plan).Where(scan =>
            scan.IsSource && string.Equals(scan.Relation, source, StringComparison.OrdinalIgnoreCase));

    /// <summary>The columns that any of the scans reads: what nobody reads is not decoded.</summary>
    private static ScanRequest Request(IReadOnlyList<LogicalScan> scans, SourceDefinition definition)
    {
        var names = new HashSet<string>(
            scans.SelectMany(scan => scan.Schema.Fields).Select(field => field.Name), StringComparer.OrdinalIgnoreCase);
        if (definition.Columns is not { } declared)
        {
            return new ScanRequest(
                Columns: null,
                [.. SourceSchemas.PseudoColumns.Where(column => names.Contains(column.Name)).Select(column => column.Role)]);
        }

        bool readsAll = scans.Any(scan => scan.IsOpen);
        return new ScanRequest(
        [
            .. declared.Where(column => readsAll || column.Role == SourceColumnRole.Key || names.Contains(column.Name)),
            .. SourceSchemas.PseudoColumns.Where(column => names.Contains(column.Name)),
        ]);
    }

    private sealed class Group(string source, StoredSource? stored, IReadOnlyList<PartitionOffset>? upTo)
    {
        public string Source { get; } = source;

        public IReadOnlyList<PartitionOffset>? UpTo { get; } = upTo;

        public StoredSource? Stored { get; } = stored;

        public List<TablePlan> Tables { get; } = [];

        public SharedScan? Scan { get; set; }
    }
}
