using System.Collections.Immutable;

namespace Ctas.Tables;

/// <summary>One moment of a registry and the promise of the next. Immutable but for that promise.</summary>
/// <param name="Snapshot">The tables.</param>
internal sealed record RegistryState(RegistrySnapshot Snapshot)
{
    /// <summary>The moment before anything is registered.</summary>
    public static RegistryState Empty => new(new RegistrySnapshot(
        ImmutableDictionary.Create<string, RegistryEntry>(StringComparer.OrdinalIgnoreCase), version: 0));

    /// <summary>Completes when this moment is over.</summary>
    public TaskCompletionSource Changed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
