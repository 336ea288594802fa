namespace Ctas.Tables;

/// <summary>What a load in flight holds of the memory of a registry. Safe for many threads.</summary>
/// <remarks>Disposing it gives everything back; so does the publication of the table that was loaded.</remarks>
internal sealed class MemoryReservation : IDisposable
{
    private readonly TableRegistry _registry;

    /// <summary>Holds nothing yet.</summary>
    public MemoryReservation(TableRegistry registry) => _registry = registry;

    /// <summary>Bytes held; changed by the registry only, under its lock.</summary>
    public long Bytes { get; set; }

    /// <summary>Holds so many bytes from now on, instead of those before.</summary>
    /// <param name="bytes">How many in all.</param>
    /// <returns>
    /// Null when that is granted. Else why it is not: then it holds nothing any more, as its load has failed.
    /// </returns>
    public string? Hold(long bytes) => _registry.Hold(this, bytes);

    /// <inheritdoc/>
    public void Dispose() => _registry.Hold(this, 0);
}
