using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Ctas.Text;

namespace Ctas.Tables;

/// <summary>All tables of a registry at one moment. Immutable: what is published later does not show in it.</summary>
public sealed class RegistrySnapshot
{
    private readonly ImmutableDictionary<string, RegistryEntry> _entries;

    internal RegistrySnapshot(ImmutableDictionary<string, RegistryEntry> entries, long version)
    {
        _entries = entries;
        Version = version;
    }

    /// <summary>Number of the moment; grows with every change of the registry.</summary>
    public long Version { get; }

    /// <summary>All tables that are known, with or without data, sorted by name.</summary>
    public IReadOnlyList<TableMetadata> Tables => [.. _entries.Values
        .OrderBy(entry => entry.Metadata.Name, StringComparer.OrdinalIgnoreCase)
        .Select(Describe)];

    internal ImmutableDictionary<string, RegistryEntry> Entries => _entries;

    /// <summary>The table of that name, ignoring case.</summary>
    /// <exception cref="TableNotFoundException">There is none.</exception>
    /// <exception cref="TableNotReadyException">It has no data yet, or will not get any.</exception>
    public ITable this[string name] =>
        TryGet(name, out ITable? table) ? table : throw new TableNotFoundException(name, ClosestNames(name));

    /// <summary>The table of that name, ignoring case.</summary>
    /// <returns>False when no table of that name is known.</returns>
    /// <exception cref="TableNotReadyException">It is known but has no data: that is never a silent miss.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out ITable? table)
    {
        table = null;
        if (!_entries.TryGetValue(name, out RegistryEntry? entry)) { return false; }

        table = entry.Table ?? throw new TableNotReadyException(entry.Metadata);
        return true;
    }

    /// <summary>What is known of a table, with or without data.</summary>
    /// <returns>False when no table of that name is known.</returns>
    public bool TryGetMetadata(string name, [NotNullWhen(true)] out TableMetadata? metadata)
    {
        metadata = _entries.TryGetValue(name, out RegistryEntry? entry) ? Describe(entry) : null;
        return metadata is not null;
    }

    /// <summary>The same moment with other data of tables that it knows.</summary>
    internal RegistrySnapshot With(IEnumerable<TablePublication> tables)
    {
        var entries = _entries.ToBuilder();
        foreach (TablePublication publication in tables)
        {
            ITable table = publication.Table;
            if (!entries.TryGetValue(table.Name, out RegistryEntry? entry)) { continue; }

            TableMetadata metadata = entry.Metadata with
            {
                State = publication.IsLive ? TableState.Live : TableState.Ready,
                Schema = table.Schema,
                IsAppendOnly = publication.IsAppendOnly,
            };
            entries[table.Name] = entry with { Metadata = metadata, Table = table, Live = null };
        }

        return new RegistrySnapshot(entries.ToImmutable(), Version);
    }

    internal IReadOnlyList<string> DependentsOf(string name) => [.. _entries.Values
        .Where(entry => entry.DependsOn(name))
        .Select(entry => entry.Metadata.Name)
        .Order(StringComparer.OrdinalIgnoreCase)];

    internal IReadOnlyList<string> ClosestNames(string name)
    {
        const int maxNames = 3;
        var closest = new List<string>();
        var candidates = _entries.Values.Select(entry => entry.Metadata.Name).ToList();
        while (closest.Count < maxNames && ClosestName.Find(name, candidates) is { } found)
        {
            closest.Add(found);
            _ = candidates.Remove(found);
        }

        return closest;
    }

    private TableMetadata Describe(RegistryEntry entry) => entry.Metadata with
    {
        Dependents = DependentsOf(entry.Metadata.Name),
        RowCount = entry.Table?.RowCount ?? 0,
        SizeInBytes = entry.Table?.Memory.Total ?? 0,
        Indexes = entry.Table is Table version ? version.DescribeIndexes() : [],
        Version = entry.Table?.Version ?? 0,
    };
}

/// <summary>One name in the registry: what is known, and the data when there is any. Immutable.</summary>
/// <param name="Metadata">What is known; dependents and sizes are added when it is shown.</param>
/// <param name="Table">The data; null before Ready.</param>
/// <param name="Pending">The declaration that is being loaded; null when none is.</param>
/// <param name="Live">Reads the newest version of a table that is kept fresh; null for any other.</param>
internal sealed record RegistryEntry(
    TableMetadata Metadata, ITable? Table, TableDeclaration? Pending, LiveTable? Live = null)
{
    /// <summary>Bytes the data keeps alive, measured when the entry was made.</summary>
    public long SizeInBytes { get; } = Table?.Memory.Total ?? 0;

    /// <summary>True when the entry takes one of the places that MaxTables allows.</summary>
    public bool TakesPlace => Table is not null || TableStates.IsPending(Metadata.State);

    /// <summary>True when this table, loaded or being loaded, reads the other.</summary>
    public bool DependsOn(string name) => TakesPlace
        && (Metadata.Dependencies.Contains(name, StringComparer.OrdinalIgnoreCase)
            || (Pending?.Dependencies.Contains(name, StringComparer.OrdinalIgnoreCase) ?? false));
}
