using Ctas.Execution;
using Ctas.Execution.Analysis;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Tables;
using Microsoft.Extensions.Logging;

namespace Ctas.Loading;

/// <summary>A table of a load and where it stands in the graph. Immutable.</summary>
/// <param name="Plan">The table.</param>
/// <param name="Wave">Number of its wave, from 1.</param>
/// <param name="Priority">Higher starts first within a wave.</param>
/// <param name="Producers">Tables it reads or was told to wait for, of this load or not.</param>
/// <param name="IsLoaded">True when an earlier load has loaded it.</param>
internal sealed record TableToLoad(
    TablePlan Plan, int Wave, int Priority, IReadOnlyList<string> Producers, bool IsLoaded = false)
{
    /// <summary>The columns of each index that is made before the table is published.</summary>
    public IReadOnlyList<NamedIndex> Indexes { get; init; } = [];
}

/// <summary>The tables of a load, in wave order, then by name. Immutable.</summary>
internal sealed record LoadGraph(IReadOnlyList<TableToLoad> Tables)
{
    /// <summary>Number of waves.</summary>
    public int WaveCount => Tables.Count == 0 ? 0 : Tables.Max(table => table.Wave);
}

/// <summary>What a load works with.</summary>
internal sealed record LoadServices(
    TableRegistry Registry,
    SourceCatalog Sources,
    LoadOptions Options,
    TimeProvider TimeProvider,
    ILoggerFactory LoggerFactory)
{
    /// <summary>Where relative paths in SQL start.</summary>
    public string BasePath { get; init; } = ".";

    /// <summary>The clock and the functions that statements use.</summary>
    public StatementEnvironment Statements { get; init; } = new(TimeProvider);

    /// <summary>What the operators of an ad-hoc query may hold.</summary>
    public MemoryLimit QueryMemory { get; init; } = MemoryLimit.None;

    /// <summary>What keeps tables fresh; null where nothing does.</summary>
    public Maintainer? Maintainer { get; init; }

    /// <summary>The groups that the engine is a member of; null where nobody would leave them.</summary>
    public GroupMemberships? Groups { get; init; }

    /// <summary>Where sinks come from.</summary>
    public SinkCatalog Sinks { get; init; } = SinkCatalog.Files;

    /// <summary>How changes are delivered to them.</summary>
    public DeliveryOptions Delivery { get; init; } = new();

    /// <summary>Stored tables; null: every load is a full one.</summary>
    public TableSnapshots? Snapshots { get; init; }

    /// <summary>What scripts have declared; queries cannot read its sources, and say so. Null: nothing.</summary>
    public ScriptPlan? Known { get; init; }

    /// <summary>The same for ad-hoc queries behind a script: what it has set of their memory, and the sources it knows.</summary>
    public LoadServices ForQueries(ScriptPlan known) =>
        WithQueryMemory(known.Settings[LoadProperties.MemoryLimit]) with { Known = known };

    /// <summary>The same with what <c>memory.limit</c> says of ad-hoc queries; itself when it says nothing.</summary>
    /// <param name="bytes">The property's value, as digits; null for none.</param>
    public LoadServices WithQueryMemory(string? bytes) => bytes is null
        ? this
        : this with
        {
            QueryMemory = new MemoryLimit(
                long.Parse(bytes, System.Globalization.CultureInfo.InvariantCulture), $"property {LoadProperties.MemoryLimit}"),
        };

    /// <summary>The table whose load is analysed; null for none.</summary>
    public AnalysedTable? Analysed { get; init; }
}
