using System.Collections.Immutable;

namespace Ctas.Tables;

public sealed partial class TableRegistry
{
    /// <summary>Says of live tables that they are fresh no longer; their last versions stay readable.</summary>
    internal void MarkStale(IReadOnlyList<(string Name, Exception Failure)> tables) => Change(entries =>
    {
        DateTimeOffset now = _time.GetUtcNow();
        ImmutableDictionary<string, RegistryEntry>.Builder next = entries.ToBuilder();
        foreach ((string name, Exception failure) in tables)
        {
            if (next.TryGetValue(name, out RegistryEntry? entry) && entry.Metadata.State == TableState.Live)
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
