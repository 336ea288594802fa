using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Sinks;

/// <summary>Takes the changes of one table, in order. Used by one writer at a time.</summary>
public interface ISink : IAsyncDisposable
{
    /// <summary>Writes the changes of one version and waits until the other side has all of them.</summary>
    /// <exception cref="SinkException">They could not be written, or not all of them.</exception>
    ValueTask WriteAsync(SinkBatch batch, CancellationToken cancellationToken);

    /// <summary>How far the sources had been read for what was written last, by an earlier process or this one.</summary>
    /// <param name="partitions">The partitions asked for; their offsets do not matter.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Empty before the first batch; null where the sink does not keep positions.</returns>
    /// <exception cref="SinkException">They could not be read.</exception>
    ValueTask<IReadOnlyList<SinkPosition>?> GetPositionsAsync(
        IReadOnlyList<SinkPosition> partitions, CancellationToken cancellationToken);
}

/// <summary>Makes sinks for the locations it knows. Registered with the engine's builder.</summary>
public interface ISinkFactory
{
    /// <summary>True when this factory can make a sink for the location.</summary>
    bool CanCreate(SourceLocation location);

    /// <summary>Mistakes that can be seen without touching the outside world, as full sentences; empty when there are none.</summary>
    IReadOnlyList<string> Validate(SinkDefinition definition);

    /// <summary>Makes the sink; touches nothing outside yet.</summary>
    ISink Create(SinkDefinition definition, SourceServices services);
}

/// <summary>The changes that one publication made to a table. Immutable.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Schema">Its columns and key.</param>
/// <param name="Changes">
/// Retractions (−1) and insertions (+1) of whole rows. Of a table with a key, an update is a retraction directly
/// followed by the insertion.
/// </param>
/// <param name="Positions">How far the sources had been read when the version was made.</param>
public sealed record SinkBatch(
    string Table, Schema Schema, ChangeBatch Changes, IReadOnlyList<SinkPosition> Positions);

/// <summary>How far a partition of a source has been read.</summary>
/// <param name="Source">The topic, or the source's name where it reads none.</param>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Offset">The next offset to read.</param>
public readonly record struct SinkPosition(string Source, int Partition, long Offset);

/// <summary>A sink could not take what it was given.</summary>
public sealed class SinkException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="sink">The sink's name.</param>
    /// <param name="message">What happened, and where.</param>
    /// <param name="isTransient">True when writing the same again may succeed.</param>
    /// <param name="inner">What caused it.</param>
    public SinkException(string sink, string message, bool isTransient, Exception? inner = null)
        : base(message, inner)
    {
        Sink = sink;
        IsTransient = isTransient;
    }

    /// <summary>The sink's name.</summary>
    public string Sink { get; }

    /// <summary>True when writing the same again may succeed.</summary>
    public bool IsTransient { get; }
}
