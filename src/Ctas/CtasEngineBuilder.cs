using Ctas.Data;
using Ctas.Execution;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Sinks;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas;

/// <summary>Configures a <see cref="CtasEngine"/>. Used once, by one thread.</summary>
/// <remarks>
/// <c>Add…</c> appends, <c>Use…</c> sets a collaborator, <c>With…</c> sets a value. Nothing is read or checked before
/// <see cref="Build"/>, which reports all mistakes together.
/// </remarks>
public sealed partial class CtasEngineBuilder
{
    private readonly List<string> _scripts = [];
    private readonly Dictionary<string, string> _properties = new(StringComparer.OrdinalIgnoreCase);
    private SourceCatalog _sources = SourceCatalog.Files;
    private SinkCatalog _sinks = SinkCatalog.Files;
    private CtasEngineOptions _options = new();
    private TimeProvider _timeProvider = TimeProvider.System;
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;
    private TableRegistry? _registry;
    private SnapshotOptions? _snapshots;
    private bool _isBuilt;

    /// <summary>Adds one <c>CREATE TABLE … AS SELECT …</c>; order does not matter.</summary>
    public CtasEngineBuilder AddTable(string sql) => AddScript(sql);

    /// <summary>Adds a script: any number of statements. Order matters for SET and for statements that read tables only.</summary>
    public CtasEngineBuilder AddScript(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        _scripts.Add(sql);
        return this;
    }

    /// <summary>Adds a script from a file; relative paths in it start from the file's folder.</summary>
    /// <exception cref="IOException">The file could not be read.</exception>
    public CtasEngineBuilder AddScriptFile(string path)
    {
        string full = Path.GetFullPath(path);
        _options = _options with { BasePath = Path.GetDirectoryName(full)! };
        return AddScript(File.ReadAllText(full));
    }

    /// <summary>Makes an index on a table of the scripts, as <c>CREATE INDEX ON table (column, …)</c> does.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns, the most significant first; at least one.</param>
    public CtasEngineBuilder AddIndex(string table, params string[] columns) => AddIndex(table, IndexKind.Ordered, columns);

    /// <summary>Makes an index of a kind, as <c>CREATE INDEX ON table USING HASH (column, …)</c> does.</summary>
    /// <param name="table">The table.</param>
    /// <param name="kind">How it finds rows.</param>
    /// <param name="columns">Its columns, the most significant first; at least one.</param>
    public CtasEngineBuilder AddIndex(string table, IndexKind kind, params string[] columns)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        ArgumentNullException.ThrowIfNull(columns);
        string method = kind == IndexKind.Hash ? "HASH" : "BTREE";
        return AddScript($"CREATE INDEX ON {Quoted(table)} USING {method} ({string.Join(", ", columns.Select(Quoted))})");
    }

    /// <summary>Gives a source a name that SQL can use.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public CtasEngineBuilder UseSource(string name, ISource source)
    {
        _sources = _sources.With(name, source);
        return this;
    }

    /// <summary>Adds a factory for source locations in SQL; the latest that can make a source makes it.</summary>
    public CtasEngineBuilder UseSourceFactory(ISourceFactory factory)
    {
        _sources = _sources.With(factory);
        return this;
    }

    /// <summary>Declares a sink, as <c>CREATE SINK name WITH (…)</c> does.</summary>
    /// <param name="name">The name that INTO uses.</param>
    /// <param name="properties">Its properties, as in SQL: <c>topic</c> or <c>path</c>, and what else it needs.</param>
    public CtasEngineBuilder AddSink(string name, IReadOnlyDictionary<string, string> properties)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(properties);
        IEnumerable<string> texts = properties.Select(property => $"{Text(property.Key)} = {Text(property.Value)}");
        return AddScript($"CREATE SINK {Quoted(name)} WITH ({string.Join(", ", texts)})");
    }

    /// <summary>Adds a factory for places in SQL; the latest that can make a sink makes it.</summary>
    public CtasEngineBuilder UseSinkFactory(ISinkFactory factory)
    {
        _sinks = _sinks.With(factory);
        return this;
    }

    /// <summary>Publishes tables to a registry of your own, which other engines may share. Default: one of its own.</summary>
    public CtasEngineBuilder UseRegistry(TableRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        return this;
    }

    /// <summary>
    /// Stores loaded tables in a folder and starts from there the next time, so that only records since then are read.
    /// </summary>
    /// <remarks><c>loading.unified</c> decides for each table; see the documentation of snapshots.</remarks>
    public CtasEngineBuilder UseSnapshots(string folder) => UseSnapshots(new SnapshotOptions(folder));

    /// <inheritdoc cref="UseSnapshots(string)"/>
    public CtasEngineBuilder UseSnapshots(SnapshotOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Folder);
        _snapshots = options;
        return this;
    }

    /// <summary>The only clock the engine uses. Default: the system's.</summary>
    public CtasEngineBuilder UseTimeProvider(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
        return this;
    }

    /// <summary>Where the engine logs. Default: nowhere.</summary>
    public CtasEngineBuilder UseLogging(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _loggerFactory = loggerFactory;
        return this;
    }

    /// <summary>Sets all options at once.</summary>
    public CtasEngineBuilder WithOptions(CtasEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        return this;
    }

    /// <summary>Tables that load at the same time, at least 1. Default: the number of processors, at least 2.</summary>
    public CtasEngineBuilder WithMaxParallelism(int tables) => WithLoad(load => load with { MaxParallelism = tables });

    /// <summary>Threads that one query may use, at least 1. Default: the number of processors.</summary>
    public CtasEngineBuilder WithMaxDegreeOfParallelism(int threads) =>
        WithLoad(load => load with { MaxDegreeOfParallelism = threads });

    /// <summary>Longest run of one table, queueing not counted. Default: none.</summary>
    public CtasEngineBuilder WithTableTimeout(TimeSpan timeout) => WithLoad(load => load with { TableTimeout = timeout });

    /// <summary>Longest run of a whole load. Default: none.</summary>
    public CtasEngineBuilder WithTotalTimeout(TimeSpan timeout) => WithLoad(load => load with { TotalTimeout = timeout });

    /// <summary>Stops a load at its first failure. Default: everything that can be loaded is.</summary>
    public CtasEngineBuilder WithFailFast(bool failFast = true) => WithLoad(load => load with { FailFast = failFast });

    /// <summary>A default property, as if every statement had it in WITH. Checked by <see cref="Build"/>.</summary>
    /// <param name="name">As in SQL, or <c>kafka.…</c> for the client.</param>
    /// <param name="value">As in SQL.</param>
    public CtasEngineBuilder WithProperty(string name, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        _properties[name] = value;
        return this;
    }

    /// <summary>Parses, binds and orders every statement; nothing outside the process is touched.</summary>
    /// <exception cref="CtasCompilationException">There are mistakes; it holds all of them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    /// <exception cref="InvalidOperationException">The builder has been used.</exception>
    public CtasEngine Build()
    {
        if (_isBuilt) { throw new InvalidOperationException("This builder has built its engine; make a new one."); }

        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Load.MaxParallelism, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Load.MaxDegreeOfParallelism, 1);
        TableRegistry registry = _registry ?? new TableRegistry(
            new TableRegistryOptions { MaxTables = _options.MaxTables, MemoryBudget = _options.MemoryBytes }, _timeProvider);
        var services = new LoadServices(registry, _sources, _options.Load, _timeProvider, _loggerFactory)
        {
            BasePath = _options.BasePath,
            Sinks = _sinks,
            Delivery = _options.Delivery,
            Maintainer = new Maintainer(registry, _options.Maintenance, _timeProvider, _loggerFactory),
            Groups = new GroupMemberships(registry, _loggerFactory),
            Snapshots = _snapshots is { } snapshots
                ? new TableSnapshots(snapshots, _sources, _timeProvider, _loggerFactory)
                : null,
            QueryMemory = _options.QueryMemoryBytes is { } bytes
                ? new MemoryLimit(bytes, $"{nameof(CtasEngineOptions)}.{nameof(CtasEngineOptions.QueryMemoryBytes)}")
                : MemoryLimit.None,
            Statements = new StatementEnvironment(_timeProvider)
            {
                HostFunctions = _functions,
                HostAggregates = _aggregates,
            },
        };
        var engine = new CtasEngine(services, [.. _properties.Select(property => LoadPlanning.SetStatement(property.Key, property.Value)), .. _scripts]);
        _isBuilt = true;
        return engine;
    }

    private static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private CtasEngineBuilder WithLoad(Func<LoadOptions, LoadOptions> change)
    {
        _options = _options with { Load = change(_options.Load) };
        return this;
    }
}
