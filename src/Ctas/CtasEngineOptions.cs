using Ctas.Loading;
using Ctas.Maintenance;

namespace Ctas;

/// <summary>Settings of an engine. Immutable.</summary>
public sealed record CtasEngineOptions
{
    /// <summary>Limits of a load.</summary>
    public LoadOptions Load { get; init; } = new();

    /// <summary>How tables are kept fresh.</summary>
    public MaintenanceOptions Maintenance { get; init; } = new();

    /// <summary>How changes are delivered to sinks.</summary>
    public DeliveryOptions Delivery { get; init; } = new();

    /// <summary>Most tables the engine's registry takes. Default: no limit. Not used with a registry of your own.</summary>
    public int? MaxTables { get; init; }

    /// <summary>
    /// Most bytes all tables of the registry and the loads in flight may hold together: a load that would exceed it fails, the
    /// others go on. Default: no limit. Not used with a registry of your own.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Most bytes the operators of one query over loaded tables may hold, its result not counted. Default: no limit.</summary>
    public long? QueryMemoryBytes { get; init; }

    /// <summary>Folder that relative paths in SQL start from. Default: the current directory.</summary>
    public string BasePath { get; init; } = ".";
}
