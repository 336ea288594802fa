using System.Runtime.CompilerServices;
using Ctas.Planning;
using Ctas.Tables;
using Ctas.Tables.Snapshots;
using Microsoft.Extensions.Logging;

namespace Ctas.Loading;

/// <summary>The stored snapshots of an engine's tables. Safe for concurrent use, one writer a table.</summary>
internal sealed class TableSnapshots
{
    /// <summary>Why a table that is kept fresh is not stored.</summary>
    public const string IsFollowed = "it is kept fresh by EMIT CHANGES";

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

    /// <summary>Decides by the properties and by the header of what is stored.</summary>
    public StoredDecision Decide(TablePlan plan)
    {
        UnifiedLoading unified = LoadProperties.Unified(plan.Properties);
        if (unified == UnifiedLoading.Off) { return new StoredDecision(null, "loading.unified is 'false'"); }

        if (plan.Emit != EmitMode.Snapshot) { return new StoredDecision(null, IsFollowed, unified == UnifiedLoading.On); }

        ClearOnce();
        try
        {
            using SnapshotFile? file = _store.Open(plan.Name);
            if (file is null) { return new StoredDecision(null, "no snapshot is stored"); }

            return file.Header.Definition == DefinitionOf(plan)
                ? new StoredDecision(file.Header)
                : new StoredDecision(
                    null, "the stored snapshot is of another definition", unified == UnifiedLoading.On);
        }
        catch (Exception e) when (e is SnapshotFormatException or IOException or UnauthorizedAccessException)
        {
            return new StoredDecision(null, $"the stored snapshot cannot be used: {e.Message}", IsWarning: true);
        }
    }

    /// <summary>The rows of a snapshot that was decided for.</summary>
    /// <exception cref="NotContinuedException">The file is damaged, or another one by now.</exception>
    public IReadOnlyList<Data.Batch> ReadRows(
        SnapshotHeader decided, int maxDegreeOfParallelism, CancellationToken cancellationToken) =>
        Read(decided, file => file.ReadRows(maxDegreeOfParallelism, cancellationToken));

    /// <summary>The table of a snapshot that was decided for and holds segments.</summary>
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
            CreatedAt = _time.GetUtcNow(),
            WhyNotContinued = contents.WhyNotContinued,
            Sources = contents.Sources,
            Inputs = contents.Inputs,
        };
        try
        {
            long started = _time.GetTimestamp();
            long bytes = _store.Write(header, table, cancellationToken);
            Remember(table, contents with { IsStored = true });
            LoadLog.TableStored(_logger, table.Name, table.RowCount, bytes, _time.GetElapsedTime(started));
            return new SavedSnapshot(table.Name, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException(table.Name, e.Message.TrimEnd('.'), isTransient: true, e);
        }
    }

    private void ClearOnce()
    {
        if (Interlocked.Exchange(ref _isCleared, 1) != 0) { return; }

        int removed = _store.RemoveUnfinished();
        if (removed > 0) { LoadLog.UnfinishedRemoved(_logger, removed); }
    }
}
