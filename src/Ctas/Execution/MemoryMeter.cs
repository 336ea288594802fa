namespace Ctas.Execution;

/// <summary>Counts the bytes that the states of one execution hold. Single-threaded.</summary>
internal sealed class MemoryMeter(long limitBytes)
{
    /// <summary>Bytes held now.</summary>
    public long Bytes { get; private set; }

    /// <summary>Notes that a state has grown (or, negative, shrunk).</summary>
    /// <exception cref="ExecutionException">The limit is exceeded.</exception>
    public void Charge(long bytes)
    {
        Bytes += bytes;
        if (Bytes > limitBytes) { throw ExecutionErrors.MemoryExceeded(limitBytes); }
    }
}
