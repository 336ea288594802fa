using System.Collections.Immutable;

namespace Ctas.Tables;

public sealed partial class TableRegistry
{
    /// <summary>
    /// Says of loaded tables that they have failed: they are fresh no longer, or their sinks have not got their rows. They stay
    /// readable.
    /// </summary>
    internal void MarkStale(IReadOnlyList<(string Name, Exception Failure)> tables) => Change(entries =>
    {
        DateTimeOffset now = _time.GetUtcNow();
        ImmutableDictionary<string, RegistryEntry>.Builder next = entries.ToBuilder();
        foreach ((string name, Exception failure) in tables)
        {
            if (next.TryGetValue(name, out RegistryEntry? entry) && entry.Metadata.State is TableState.Live or TableState.Ready)
            {
                next[name] = entry with
                {
                    Metadata = entry.Metadata with { State = TableState.Failed, Failure = failure, UpdatedAt = now },
                };
            }
        }

        return next.ToImmutable();
    });
}
