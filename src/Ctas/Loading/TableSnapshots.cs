using System.Globalization;
using System.Runtime.CompilerServices;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tables.Snapshots;
using Microsoft.Extensions.Logging;

namespace Ctas.Loading;

/// <summary>The stored snapshots of an engine's tables. Safe for concurrent use, one writer a table.</summary>
internal sealed partial class TableSnapshots
{
    /// <summary>Why a table that is kept fresh is not stored itself.</summary>
    public const string IsFollowed = "it is kept fresh by EMIT CHANGES, and what it follows cannot be stored";

    private readonly SnapshotOptions _options;
    private readonly SnapshotStore _store;
    private readonly SourceCatalog _sources;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConditionalWeakTable<ITable, LoadedContents> _contents = [];
    private int _isCleared;

    public TableSnapshots(SnapshotOptions options, SourceCatalog sources, TimeProvider time, ILoggerFactory loggerFactory)
    {
        _options = options;
        _store = new SnapshotStore(options.Folder, options.Files);
        _sources = sources;
        _time = time;
        _logger = loggerFactory.CreateLogger<ParallelLoader>();
    }

    /// <summary>True when loads store what they have changed.</summary>
    public bool SavesAfterLoad => _options.SavesAfterLoad;

    /// <summary>The digest of a table's definition.</summary>
    public string DefinitionOf(TablePlan plan) => DefinitionDigest.Of(
        plan,
        plan.SourceNames.Select(name => (name, _sources.DefinitionOf(name, plan))),
        _options.Generation);

    /// <summary>The digest of what a read of a source gives.</summary>
    public string DefinitionOf(SourceDefinition source, ScanRequest request) =>
        DefinitionDigest.Of(source, request, _options.Generation);

    /// <summary>Decides by the properties and by the header of what is stored.</summary>
    public StoredDecision Decide(TablePlan plan)
    {
        UnifiedLoading unified = LoadProperties.Unified(plan.Properties);
        if (unified == UnifiedLoading.Off) { return new StoredDecision(null, "loading.unified is 'false'"); }

        return Find(plan.Name, DefinitionOf(plan), unified == UnifiedLoading.On);
    }

    /// <summary>Decides by the header of what is stored of live tables that hang together.</summary>
    public StoredDecision DecideLive(IReadOnlyList<TablePlan> plans)
    {
        bool isOn = plans.Any(plan => LoadProperties.Unified(plan.Properties) == UnifiedLoading.On);
        string definition = DefinitionOf(plans.Select(plan => (plan.Name, DefinitionOf(plan))));
        return Decide(() => _store.OpenBundle(TiedTables.NameOf(plans.Select(plan => plan.Name))), file => file.Header, definition, isOn);
    }

    /// <summary>The file of live tables that was decided for.</summary>
    /// <exception cref="NotContinuedException">It is another one by now.</exception>
    /// <exception cref="SnapshotFormatException">It is damaged.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public SnapshotBundle OpenLive(SnapshotHeader decided)
    {
        SnapshotBundle? file = _store.OpenBundle(decided.Table);
        if (file is not null && file.Header.Stamp == decided.Stamp) { return file; }

        file?.Dispose();
        throw new NotContinuedException("the stored snapshot was replaced meanwhile");
    }

    /// <summary>The digest of live tables that hang together, of those of their own.</summary>
    public static string DefinitionOf(IEnumerable<(string Name, string Definition)> tables) => DefinitionDigest.Of(tables);

    /// <summary>Decides by the header of what is stored under a name.</summary>
    /// <param name="name">The name of a table, or <see cref="FollowedSource.NameOf"/> a source.</param>
    /// <param name="definition">The digest that it must have.</param>
    /// <param name="isOn">True when another definition is a warning.</param>
    public StoredDecision Find(string name, string definition, bool isOn) =>
        Decide(() => _store.Open(name), file => file.Header, definition, isOn);

    private StoredDecision Decide<T>(Func<T?> open, Func<T, SnapshotHeader> headerOf, string definition, bool isOn)
        where T : class, IDisposable
    {
        try
        {
            ClearOnce();
            using T? file = open();
            if (file is null) { return new StoredDecision(null, "no snapshot is stored"); }

            return headerOf(file).Definition == definition
                ? new StoredDecision(headerOf(file))
                : new StoredDecision(null, "the stored snapshot is of another definition", isOn);
        }
        catch (Exception e) when (e is SnapshotFormatException or IOException or UnauthorizedAccessException)
        {
            return new StoredDecision(null, $"the stored snapshot cannot be used: {e.Message}", IsWarning: true);
        }
    }

    /// <summary>Why the records since a changelog was stored may not tell all keys that were deleted; null where they do.</summary>
    /// <param name="changelog">The changelog as it was stored.</param>
    /// <param name="tombstoneRetention">For how long it keeps tombstones, as its brokers say; null: as the options say.</param>
    public string? WhyTooOld(StoredSource changelog, TimeSpan? tombstoneRetention) =>
        _time.GetUtcNow() - changelog.ReadAt <= (tombstoneRetention ?? _options.MaxAge)
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"there are new records, and compaction may have removed tombstones since {changelog.ReadAt:u}, longer ago than {(tombstoneRetention is { } kept ? $"delete.retention.ms of the topic, {kept:g}" : "SnapshotOptions.MaxAge")}");

    /// <summary>The rows of a snapshot that was decided for.</summary>
    /// <exception cref="NotContinuedException">The file is damaged, or another one by now.</exception>
    public IReadOnlyList<Data.Batch> ReadRows(
        SnapshotHeader decided, int maxDegreeOfParallelism, CancellationToken cancellationToken) =>
        Read(decided, file => file.ReadRows(maxDegreeOfParallelism, cancellationToken));

    /// <summary>The table of a snapshot that was decided for.</summary>
    /// <exception cref="NotContinuedException">The file is damaged, or another one by now.</exception>
    public ITable ReadTable(
        SnapshotHeader decided, string name, int maxDegreeOfParallelism, CancellationToken cancellationToken) =>
        Read(decided, file => file.ReadTable(name, maxDegreeOfParallelism, cancellationToken));

    private T Read<T>(SnapshotHeader decided, Func<SnapshotFile, T> read)
    {
        try
        {
            using SnapshotFile? file = _store.Open(decided.Table);
            if (file is null || file.Header.Stamp != decided.Stamp)
            {
                throw new NotContinuedException("the stored snapshot was replaced meanwhile");
            }

            return read(file);
        }
        catch (Exception e) when (e is SnapshotFormatException or IOException or UnauthorizedAccessException)
        {
            throw new NotContinuedException($"the stored snapshot cannot be used: {e.Message}", isDamage: true);
        }
    }

    /// <summary>Remembers what a table was made of.</summary>
    public void Remember(ITable table, LoadedContents contents) => _contents.AddOrUpdate(table, contents);

    /// <summary>What a table was made of; null for one that no load of this engine has made.</summary>
    public LoadedContents? ContentsOf(ITable table) => _contents.TryGetValue(table, out LoadedContents? known) ? known : null;

    /// <summary>True when a table can be stored and is not.</summary>
    public bool IsToBeSaved(ITable table) => ContentsOf(table) is { IsStored: false, WhyNotStored: "" };

    /// <summary>Stores a table, or all that can be, and the sources that live tables follow.</summary>
    /// <param name="table">The table; null for all.</param>
    /// <param name="registry">Where tables are.</param>
    /// <param name="sources">The sources behind the table, or all of them, as far as they can be stored.</param>
    /// <param name="live">The live tables that hang together with the table, or all of them, as far as they can be stored.</param>
    /// <param name="cancellationToken">Stops between groups of rows.</param>
    /// <exception cref="SnapshotException">One could not be stored; what was stored of it before still is.</exception>
    public IReadOnlyList<SavedSnapshot> Save(
        string? table,
        TableRegistry registry,
        IReadOnlyList<CapturedSource> sources,
        IReadOnlyList<CapturedTables> live,
        CancellationToken cancellationToken)
    {
        ITable[] tables = table is null
            ? [
                .. registry.Snapshot().Entries.Values.Select(entry => entry.Table).OfType<ITable>()
                    .Where(loaded => ContentsOf(loaded) is { WhyNotStored: "" })
                    .OrderBy(loaded => loaded.Name, StringComparer.OrdinalIgnoreCase),
            ]
            : sources.Count + live.Count > 0 ? [] : [registry.Snapshot()[table]];
        return
        [
            .. tables.Select(loaded => Save(loaded, cancellationToken)),
            .. sources.Select(source => Save(source, cancellationToken)),
            .. live.Select(tables => Save(tables, cancellationToken)),
        ];
    }

    /// <summary>Stores live tables that hang together, as they were at one moment.</summary>
    /// <exception cref="SnapshotException">They could not be stored; what was stored before still is.</exception>
    public SavedSnapshot Save(CapturedTables tables, CancellationToken cancellationToken)
    {
        SnapshotHeader header = tables.Parts[0].Header with { CreatedAt = _time.GetUtcNow() };
        long rows = tables.Parts.Sum(part => part.Header.RowCount);
        string names = string.Join(", ", tables.TableNames);
        return new SavedSnapshot(names, Write(
            names, rows, () => _store.Write([SnapshotPart.Of(header), .. tables.Parts.Skip(1)], cancellationToken)));
    }

    /// <summary>Stores a table.</summary>
    /// <exception cref="SnapshotException">It could not be stored; what was stored before still is.</exception>
    public SavedSnapshot Save(ITable table, CancellationToken cancellationToken)
    {
        LoadedContents contents = ContentsOf(table)
            ?? throw new SnapshotException(table.Name, "it was not loaded from SQL by this engine", isTransient: false);
        if (contents.WhyNotStored.Length > 0)
        {
            throw new SnapshotException(table.Name, contents.WhyNotStored, isTransient: false);
        }

        var header = new SnapshotHeader(table.Name, contents.Definition, table.Schema, table.RowCount, contents.Stamp)
        {
            WhyNotContinued = contents.WhyNotContinued,
            Sources = contents.Sources,
            Inputs = contents.Inputs,
        };
        long bytes = Write(table.Name, header, table, cancellationToken);
        Remember(table, contents with { IsStored = true });
        return new SavedSnapshot(table.Name, bytes);
    }

    /// <summary>Stores what a followed source held at one moment.</summary>
    /// <exception cref="SnapshotException">It could not be stored; what was stored before still is.</exception>
    public SavedSnapshot Save(CapturedSource source, CancellationToken cancellationToken) => new(
        source.Header.Sources[0].Name,
        Write(source.Header.Sources[0].Name, source.Header, source.Rows, cancellationToken));

    private long Write(string name, SnapshotHeader header, ITable rows, CancellationToken cancellationToken) => Write(
        name, header.RowCount, () => _store.Write(header with { CreatedAt = _time.GetUtcNow() }, rows, cancellationToken));

    private long Write(string name, long rowCount, Func<long> write)
    {
        try
        {
            long started = _time.GetTimestamp();
            long bytes = write();
            LoadLog.TableStored(_logger, name, rowCount, bytes, _time.GetElapsedTime(started));
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException(name, e.Message.TrimEnd('.'), isTransient: true, e);
        }
    }

    private void ClearOnce()
    {
        if (Interlocked.Exchange(ref _isCleared, 1) != 0) { return; }

        int removed = _store.RemoveUnfinished();
        if (removed > 0) { LoadLog.UnfinishedRemoved(_logger, removed); }
    }
}
