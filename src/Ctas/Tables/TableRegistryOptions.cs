namespace Ctas.Tables;

/// <summary>Limits of a registry. Immutable.</summary>
public sealed record TableRegistryOptions
{
    /// <summary>
    /// Most tables that may be declared, loading or loaded at a time; null, the default, is no limit. Tables whose load
    /// ended without data do not count.
    /// </summary>
    public int? MaxTables { get; init; }

    /// <summary>
    /// Most bytes all loaded tables and the loads in flight (staged records, operator state, growing tables) may hold
    /// together; null, the default, is no limit. A load that would exceed it fails, the others go on.
    /// </summary>
    public long? MemoryBudget { get; init; }
}
