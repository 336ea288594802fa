using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Sinks;

/// <summary>Takes the changes of one table, in order. Used by one writer at a time.</summary>
/// <remarks>
/// What is written counts from <see cref="CommitAsync"/> on. When a call fails with a transient error, everything since
/// the last commit is written again, to the same sink: an exactly-once sink shows none of it meanwhile, others may. A call
/// that was cancelled has done all of its work, a part, or nothing; the engine closes the sink then. What the other side has
/// not got by the end of that must not come any more: the next sink of the table may be ahead of it.
/// </remarks>
public interface ISink : IAsyncDisposable
{
    /// <summary>
    /// What the last commit could not do although every record arrived: above all, keep the positions, so that a later process
    /// begins at older ones. Null when all is well. May be read by any thread.
    /// </summary>
    string? Warning => null;

    /// <summary>
    /// What holds up the call that is under way, in one line; null, the default, when all is well and when there is none. May be
    /// read by any thread.
    /// </summary>
    string? Fault => null;

    /// <summary>
    /// How far the sources had been read for what was committed last, by an earlier process or this one. A sink that
    /// shows each change once ends what an earlier process left open, and lets that write no more.
    /// </summary>
    /// <param name="sources">The sources asked for, as <see cref="SinkPosition.Source"/> names them.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns><see cref="SinkProgress.None"/> before anything was written, and always where the sink keeps no positions.</returns>
    /// <exception cref="SinkException">It could not be read.</exception>
    ValueTask<SinkProgress> GetProgressAsync(IReadOnlyCollection<string> sources, CancellationToken cancellationToken);

    /// <summary>
    /// Says that the rows of the table at these positions are about to be written. A later process that finds them not
    /// committed writes the rows as of then, and what followed: a row that is gone by now may be among those that are there.
    /// </summary>
    /// <remarks>Does nothing in a sink that shows rows only with their commit.</remarks>
    /// <exception cref="SinkException">The positions could not be kept.</exception>
    ValueTask BeginAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken);

    /// <summary>Writes changes; they need not have arrived when this returns.</summary>
    /// <returns>How much they came to.</returns>
    /// <exception cref="SinkException">They could not be written, or not all of them.</exception>
    ValueTask<SinkWritten> WriteAsync(SinkBatch batch, CancellationToken cancellationToken);

    /// <summary>Waits until the other side has everything that was written, and keeps the positions with it.</summary>
    /// <param name="positions">How far the sources had been read for it; empty when they are not to be kept.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="SinkException">
    /// Not all of it is there. An exactly-once sink whose outcome is not known does not call the error transient.
    /// </exception>
    ValueTask CommitAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken);
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

/// <summary>What one publication did to a table. Immutable.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Schema">Its columns and key.</param>
/// <param name="Changes">
/// Retractions (−1) and insertions (+1) of whole rows. A key whose row was replaced is retracted and inserted, the
/// retraction first, with anything between the two.
/// </param>
public sealed record SinkBatch(string Table, Schema Schema, IReadOnlyList<ChangeBatch> Changes)
{
    /// <summary>
    /// True for rows that the table holds when writing begins: with those of the batches before, up to the next commit,
    /// they are all of it, and take the place of whatever the sink held where it can replace that.
    /// </summary>
    public bool IsSnapshot { get; init; }
}

/// <summary>How far a sink is. Immutable.</summary>
/// <param name="Positions">How far the sources had been read for what it has, or was about to get; empty for a sink that has nothing.</param>
/// <param name="HasRows">True when it has all of that; false when it may have a part.</param>
public sealed record SinkProgress(IReadOnlyList<SinkPosition> Positions, bool HasRows)
{
    /// <summary>Nothing was written, or nothing is known of it.</summary>
    public static SinkProgress None { get; } = new([], HasRows: false);
}

/// <summary>What a batch came to.</summary>
/// <param name="Records">Records, or lines.</param>
/// <param name="Bytes">Bytes of keys and values.</param>
public readonly record struct SinkWritten(long Records, long Bytes);

/// <summary>How far a partition of a source has been read.</summary>
/// <param name="Source">The topic, or the source's name where it reads none.</param>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Offset">The next offset to read.</param>
public readonly record struct SinkPosition(string Source, int Partition, long Offset);
