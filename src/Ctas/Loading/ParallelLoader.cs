using Ctas.Planning;
using Ctas.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.Loading;

/// <summary>Loads tables in dependency order, so many at a time, into a registry. Safe for concurrent use.</summary>
/// <remarks>
/// The order comes from the SQL itself. A table starts as soon as the data of its producers is there. One that fails
/// never stops its siblings: those that depend on it are skipped, everything else goes on. What was loaded stays.
/// Loading again loads only what is missing.
/// </remarks>
public sealed class ParallelLoader
{
    private readonly LoadServices _services;
    private readonly LoadedTables _loaded = new();

    /// <summary>Makes a loader.</summary>
    /// <param name="registry">Where tables are published; may be shared with other loaders.</param>
    /// <param name="sources">Where records come from.</param>
    /// <param name="options">Limits; none beyond the defaults.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    /// <param name="loggerFactory">Where to log; nowhere by default.</param>
    public ParallelLoader(
        TableRegistry registry,
        SourceCatalog sources,
        LoadOptions? options = null,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(sources);
        options ??= new LoadOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxParallelism, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDegreeOfParallelism, 1);
        _services = new LoadServices(
            registry, sources, options, timeProvider ?? TimeProvider.System, loggerFactory ?? NullLoggerFactory.Instance);
    }

    internal ParallelLoader(LoadServices services) => _services = services;

    /// <summary>Loads the tables.</summary>
    /// <param name="tables">In any order.</param>
    /// <param name="progress">
    /// Told of every change of state, and at intervals; calls never overlap. What it throws is thrown again when the
    /// load has ended.
    /// </param>
    /// <param name="cancellationToken">Stops the load; tables already published stay.</param>
    /// <returns>What became of every table; failed tables do not make this throw.</returns>
    /// <exception cref="Text.CtasCompilationException">A mistake in the SQL, a cycle, a missing table: nothing was read.</exception>
    /// <exception cref="TableRegistrationException">A name is taken, or there would be too many: nothing was read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<LoadResult> LoadAsync(
        IReadOnlyList<TableDefinition> tables,
        IProgress<LoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return LoadAsync(LoadGraphs.Build(tables, _services), progress, cancellationToken);
    }

    /// <summary>Loads the tables of a graph that are not loaded yet.</summary>
    internal async Task<LoadResult> LoadAsync(
        LoadGraph graph, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        graph = Replacements.WithReaders(
            new LoadGraph([.. graph.Tables.Select(table => table with { IsLoaded = IsLoaded(table.Plan) })]), _services);
        _services.Registry.Declare(
        [
            .. from table in graph.Tables
               where !table.IsLoaded
               select new TableDeclaration(
                   table.Plan.Name,
                   table.Plan.Sql,
                   table.Plan.Dependencies,
                   table.Plan.Properties,
                   LoadProperties.Model(table.Plan.Properties),
                   table.Plan.OrReplace)
               {
                   Sink = table.Plan.Sink?.Name,
               },
        ]);
        try
        {
            using var run = new LoadRun(graph, _services, _loaded, progress, cancellationToken);
            return await run.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever broke the load: its tables must not be on their way for ever.
            _services.Registry.EndPending(graph.Tables.Where(table => !table.IsLoaded).Select(table => table.Plan.Name), e);
            throw;
        }
    }

    /// <summary>Counts tables that another loader of the same owner has loaded as loaded by this one.</summary>
    internal void TakeOver(ParallelLoader other) => _loaded.AddAll(other._loaded);

    /// <summary>True for a table that this loader has loaded and nobody has replaced, or that need only exist.</summary>
    private bool IsLoaded(TablePlan plan)
    {
        if (!_services.Registry.TryGetMetadata(plan.Name, out TableMetadata? metadata)
            || metadata.State is not (TableState.Ready or TableState.Live)) { return false; }

        // A live table has gone on since it was loaded.
        return plan.IfNotExists
            || (_loaded.Contains(plan.Name)
                && (metadata.State == TableState.Live || ReferenceEquals(_loaded.Find(plan.Name), _services.Registry[plan.Name])));
    }
}
