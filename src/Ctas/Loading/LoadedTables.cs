using System.Collections.Concurrent;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>The tables that a loader has loaded, as they were then. Keeps none of them alive. Safe for concurrent use.</summary>
internal sealed class LoadedTables
{
    private readonly ConcurrentDictionary<string, WeakReference<ITable>> _tables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a table in the place of one of the same name.</summary>
    public void Add(ITable table) => _tables[table.Name] = new WeakReference<ITable>(table);

    /// <summary>Adds those of another loader.</summary>
    public void AddAll(LoadedTables other)
    {
        foreach ((string name, WeakReference<ITable> table) in other._tables) { _tables[name] = table; }
    }

    /// <summary>True when one of that name was ever loaded.</summary>
    public bool Contains(string name) => _tables.ContainsKey(name);

    /// <summary>The table; null when there is none, or nobody has it any more.</summary>
    public ITable? Find(string name) =>
        _tables.TryGetValue(name, out WeakReference<ITable>? held) && held.TryGetTarget(out ITable? table) ? table : null;
}
